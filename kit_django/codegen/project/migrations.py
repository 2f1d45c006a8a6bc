"""What the project's migrations say of columns, as far as it can be read without running them.

A database may have one type for what a migration told apart: on SQLite a decimal has no digits, and
a duration is a ``bigint`` where there is no type for it. What was said is in the files.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db import models

from kit_django.codegen.specs import TableKey
from kit_django.exceptions import KitError
from kit_django.operations.builders.single import SingleColumn, methods
from kit_django.runner.files import migration_folders, scan

# Where the method takes a field, and at which place behind the column's name.
TAKES_FIELD = {"column": 0, "generated": 1}
Block = tuple[str, str]
"""A variable, and the table that it stands for."""


@dataclass(frozen=True, slots=True)
class SaidColumn:
    """``field`` is None where only the database knows the type; ``indexed`` is whether the column
    was to have an index of its own."""

    field: models.Field[Any, Any] | None = None
    indexed: bool = False


@dataclass
class SaidByMigrations:
    """The last word on each column. The files are read when the first is asked for."""

    _found: dict[str, dict[str, SaidColumn]] = field(default_factory=dict)

    def column(self, table: TableKey, name: str) -> SaidColumn | None:
        """None where no migration says anything of it in plain words, or does so on a condition."""
        return self._tables.get(".".join(filter(None, table)), {}).get(name)

    @cached_property
    def _tables(self) -> dict[str, dict[str, SaidColumn]]:
        files, _ = scan(migration_folders())
        for file in files:
            with suppress(SyntaxError, ValueError, KitError):
                for up in _ups(ast.parse(file.read())):
                    _Reader(self._found).read(up.body)
        return self._found


def _ups(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and each.name == "up":
                    yield each


@dataclass
class _Reader:
    tables: dict[str, dict[str, SaidColumn]]

    def read(self, body: list[ast.stmt], blocks: tuple[Block, ...] = (), sure: bool = True) -> None:
        """``sure`` is whether the statements are run whatever happens."""
        for node in body:
            match node:
                case ast.With(items, inner):
                    self.read(inner, (*blocks, *filter(None, map(self._opened, items))), sure)
                case ast.Expr(ast.Call() as call):
                    self._call(call, dict(blocks), sure)
                case ast.If() | ast.For() | ast.While():
                    self.read([*node.body, *node.orelse], blocks, False)
                case ast.Try():
                    self.read([*node.body, *node.orelse, *node.finalbody], blocks, False)

    def _opened(self, item: ast.withitem) -> Block | None:
        match item:
            case ast.withitem(
                ast.Call(ast.Attribute(attr=("create_table" | "alter_table") as method)) as call,
                ast.Name(variable),
            ) if table := _text(call, 0):
                if method == "create_table":
                    self.tables.setdefault(table, {})
                return variable, table
        return None

    def _call(self, call: ast.Call, blocks: dict[str, str], sure: bool) -> None:
        variable, calls = _chain(call)
        (method, first), *others = calls
        if variable in blocks:
            columns = self.tables.setdefault(blocks[variable], {})
            if method == "change":
                _change(columns, _text(first, 0), others, sure)
            else:
                _say(columns, method, first, sure)
            return
        self._of_schema(method, first)

    def _of_schema(self, method: str, call: ast.Call) -> None:
        table, other = _text(call, 0), _text(call, 1)
        if method == "rename_table" and table in self.tables and other:
            self.tables[other] = self.tables.pop(table)
        elif method == "drop_table":
            self.tables.pop(table, None)
        elif method == "create_index":
            _index(self.tables.setdefault(table, {}), _names(call, 1))


def _say(columns: dict[str, SaidColumn], method: str, call: ast.Call, sure: bool) -> None:
    name = _text(call, 0)
    if method == "rename" and name in columns:
        columns[_text(call, 1)] = columns.pop(name)
    elif method == "drop":
        columns.pop(name, None)
    elif method == "index":
        _index(columns, _names(call, 0))
    elif name and _is_column(method):
        _put(columns, name, _said(method, name, call.args[1:], call.keywords) if sure else None)


def _put(columns: dict[str, SaidColumn], name: str, said: SaidColumn | None) -> None:
    if said is None:
        columns.pop(name, None)
    else:
        columns[name] = said


def _change(
    columns: dict[str, SaidColumn], name: str, calls: list[tuple[str, ast.Call]], sure: bool
) -> None:
    """``table.change(name).string(...)``: an index stays as it was unless something is said of it."""
    for method, call in calls[:1]:
        if _is_column(method):
            said = _said(method, name, call.args, call.keywords) if sure else None
            before = columns.get(name)
            if said is not None and before is not None:
                said = replace(said, indexed=said.indexed or before.indexed)
            _put(columns, name, said)


def _index(columns: dict[str, SaidColumn], names: list[str]) -> None:
    if len(names) == 1 and names[0] in columns:
        columns[names[0]] = replace(columns[names[0]], indexed=True)


def _is_column(method: str) -> bool:
    return method in TAKES_FIELD or method in methods()


def _said(
    method: str, name: str, args: list[ast.expr], keywords: list[ast.keyword]
) -> SaidColumn | None:
    """What a column method says; None where it is in words that have to be run."""
    named = {each.arg: each.value for each in keywords if each.arg}
    if method in TAKES_FIELD:
        place = TAKES_FIELD[method]
        given = args[place] if len(args) > place else named.get("field")
        return SaidColumn(_field(given))
    try:
        column = getattr(SingleColumn(), method)
        said = column(name, *map(ast.literal_eval, args), **_literals(named))
    except (KitError, TypeError, ValueError):
        return None
    return SaidColumn(said.field, bool(said.modifiers.get("index")))


def _field(node: ast.expr | None) -> models.Field[Any, Any] | None:
    """``models.DecimalField(...)``, with those of its keywords that are plain values."""
    match node:
        case ast.Call(ast.Attribute(attr=name) | ast.Name(name), args=[], keywords=keywords):
            made = getattr(models, name, None)
            if isinstance(made, type) and issubclass(made, models.Field):
                named = {each.arg: each.value for each in keywords if each.arg}
                with suppress(TypeError, ValueError):
                    return made(**_literals(named))
    return None


def _literals(keywords: dict[str, ast.expr]) -> dict[str, Any]:
    found = {}
    for name, value in keywords.items():
        with suppress(ValueError):
            found[name] = ast.literal_eval(value)
    return found


def _chain(call: ast.Call) -> tuple[str, list[tuple[str, ast.Call]]]:
    """``table.change("x").text().was.text()`` -> the variable, and the calls in their order."""
    found: list[tuple[str, ast.Call]] = []
    node: ast.expr = call
    while True:
        match node:
            case ast.Call(ast.Attribute(inner, attr=method)):
                found.append((method, node))
                node = inner
            case ast.Attribute(inner):
                node = inner
            case ast.Name(variable) if found:
                return variable, found[::-1]
            case _:
                return "", [("", call)]


def _text(call: ast.Call, place: int) -> str:
    """An argument that is a plain text; the empty text where there is none."""
    match call.args[place : place + 1]:
        case [ast.Constant(str() as text)]:
            return text
    return ""


def _names(call: ast.Call, place: int) -> list[str]:
    """A name, or a list of names."""
    with suppress(ValueError, IndexError):
        names = ast.literal_eval(call.args[place])
        return [names] if isinstance(names, str) else [str(each) for each in names]
    return []
