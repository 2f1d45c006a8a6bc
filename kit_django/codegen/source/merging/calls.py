"""A call with one argument set, taken away, or changed."""

from __future__ import annotations

import ast
from typing import Any

import libcst as cst

from kit_django.codegen.source.merging.places import NotFound
from kit_django.codegen.source.merging.rows import call_of_row, row_of_call

# What a keyword says where it is not there, for a field class that has it of itself.
WITHOUT = {
    "null": "False",
    "unique": "False",
    "db_comment": "None",
    "db_collation": "None",
    "db_index": "False",
}


def set_argument(call: cst.Call, name: str, position: int | None, value: str) -> cst.Call:
    """The call with an argument set, where it stands or as a new keyword.

    ``position`` is where it may stand without its name. An argument that says the same already is
    left as it is. Raises NotFound where it may be among ``**keywords``.
    """
    row, found = row_of_call(call), find_argument(call, name, position)
    if found is not None:
        if says_the_same(call.args[found].value, value):
            return call
        changed = call.args[found].with_changes(value=cst.parse_expression(value))
        return call_of_row(call, row.replaced(found, changed))
    if any(argument.star == "**" for argument in call.args):
        raise NotFound(f"{name} may be among the keywords that it takes from elsewhere")
    plain = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    new = cst.Arg(cst.parse_expression(value), keyword=cst.Name(name), equal=plain)
    return call_of_row(call, row.appended(new))


def remove_argument(call: cst.Call, name: str, position: int | None = None) -> cst.Call:
    """The call without an argument; where the field class says it of itself, with its opposite.

    Raises NotFound.
    """
    found = find_argument(call, name, position)
    if found is not None:
        return call_of_row(call, row_of_call(call).removed(found))
    if name not in WITHOUT:
        raise NotFound(f"{name} is not among its keywords")
    return set_argument(call, name, position, WITHOUT[name])


def without_first(call: cst.Call) -> cst.Call:
    """The call without its first argument, if that has no name."""
    has_first = bool(call.args) and call.args[0].keyword is None and not call.args[0].star
    return call_of_row(call, row_of_call(call).removed(0)) if has_first else call


def with_first_named(call: cst.Call, name: str) -> cst.Call:
    """The call with its first argument, if that has no name, as a keyword behind the others."""
    shorter = without_first(call)
    if shorter is call:
        return call
    return set_argument(shorter, name, None, cst.Module([]).code_for_node(call.args[0].value))


def find_argument(call: cst.Call, name: str, position: int | None = None) -> int | None:
    for number, argument in enumerate(call.args):
        if argument.keyword is not None and argument.keyword.value == name:
            return number
        if argument.keyword is None and number == position and not argument.star:
            return number
    return None


def change_class(call: cst.Call, name: str) -> cst.Call:
    return call.with_changes(func=cst.parse_expression(name))


def string_argument(call: Any, name: str) -> str | None:
    """What a keyword is set to, where that is a plain string."""
    found = find_argument(call, name) if isinstance(call, cst.Call) else None
    value = None if found is None else call.args[found].value
    if isinstance(value, cst.SimpleString | cst.ConcatenatedString):
        return str(value.evaluated_value)
    return None


def says_the_same(node: cst.BaseExpression, text: str) -> bool:
    """Whether the two are the same but for quotes, blanks, and a tuple in place of a list."""
    one, other = _parsed(cst.Module([]).code_for_node(node)), _parsed(text)
    return one is not None and one == other


def _parsed(text: str) -> str | None:
    try:
        tree = ast.parse(f"({text})", mode="eval").body
    except SyntaxError:
        return None
    if isinstance(tree, ast.Tuple):
        tree = ast.List(tree.elts, tree.ctx)
    return ast.dump(tree)
