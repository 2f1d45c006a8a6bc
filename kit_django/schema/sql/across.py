"""Whether two databases say the same, each in its own words.

More is left out than within one database: all casts, and which of several names a function has. What
cannot be read in one of the dialects is the same as nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache
from typing import Any

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql import nodes
from kit_django.schema.sql.nodes import Node
from kit_django.schema.sql.same import plainest

_NOW = nodes.Function("CURRENT_TIMESTAMP")
_NOWS = {
    *("NOW", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CLOCK_TIMESTAMP"),
    *("STATEMENT_TIMESTAMP", "TRANSACTION_TIMESTAMP"),
}
_NAMES = {
    "CEILING": "CEIL",
    "CHARACTER_LENGTH": "LENGTH",
    "CHAR_LENGTH": "LENGTH",
    "LCASE": "LOWER",
    "MID": "SUBSTR",
    "POW": "POWER",
    "SUBSTRING": "SUBSTR",
    "UCASE": "UPPER",
}


def same_in_any(sql: str, dialects: Iterable[Dialect], other: str, dialect: Dialect) -> bool:
    """Whether ``sql``, read as one of ``dialects``, says what ``other`` says in ``dialect``."""
    wanted = _neutral(other, dialect)
    return wanted is not None and any(_neutral(sql, each) == wanted for each in dialects)


def is_now(sql: str, dialect: Dialect) -> bool:
    """Whether it is the time now, of whatever beginning and with however many digits."""
    return _neutral(sql, dialect) == _NOW


@cache
def _neutral(sql: str, dialect: Dialect) -> Node | None:
    tree = plainest(sql, dialect)
    return None if tree is None else _of(tree)


def _of(node: Node) -> Node:
    match node:
        case nodes.Cast(operand):
            return _of(operand)
        case nodes.Literal(value):
            return nodes.Literal(_number(value))
        case nodes.Function(name, arguments, words):
            return _function(name, tuple(map(_of, arguments)), words)
        case nodes.Operation("||"):
            return nodes.Function("CONCAT", tuple(map(_of, _joined(node))))
    return replace(node, **{each.name: _within(getattr(node, each.name)) for each in fields(node)})


def _within(value: Any) -> Any:
    """What a field of a node holds: nodes, tuples of them, or words."""
    if isinstance(value, tuple):
        return tuple(map(_within, value))
    return _of(value) if isinstance(value, Node) else value


def _function(name: str, arguments: tuple[Node, ...], words: tuple[str, ...]) -> Node:
    texts = {each.value for each in arguments if isinstance(each, nodes.Literal)}
    if name in _NOWS or (name == "STRFTIME" and texts & {"now", "NOW"}):
        return _NOW
    return nodes.Function(_NAMES.get(name, name), arguments, words)


def _joined(node: Node) -> Iterator[Node]:
    while isinstance(node, nodes.Cast):
        node = node.operand
    match node:
        case nodes.Operation("||", left, right):
            yield from _joined(left)
            yield from _joined(right)
        case _:
            yield node


def _number(value: Any) -> Any:
    """A boolean is a number on some databases, and a number in quotes is one on others."""
    if not isinstance(value, str):
        return value
    try:
        found = Decimal(value)
    except ArithmeticError:
        return value
    return found if found.is_finite() else value
