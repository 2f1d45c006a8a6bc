"""Whether two texts mean something else for certain: databases word what they are told anew.

Only comparisons of columns with values are judged. Whatever else there is may be one and the same in
other words.
"""

from __future__ import annotations

from decimal import Decimal

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql import nodes
from kit_django.schema.sql.nodes import Node
from kit_django.schema.sql.same import meaning_of_default, plainest

_COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}


def differing(one: str | None, other: str | None, dialect: Dialect) -> bool:
    """Of two conditions, of which there may be none."""
    if one is None or other is None:
        return one != other
    trees = plainest(one, dialect), plainest(other, dialect)
    return all(map(_is_plain, trees)) and trees[0] != trees[1]


def differing_defaults(one: str, other: str, dialect: Dialect, *, texts_count: bool) -> bool:
    """Of two defaults of one column, which are values: numbers, and texts where they are no times."""
    found = meaning_of_default(one, dialect), meaning_of_default(other, dialect)
    values = [each.value for each in found if isinstance(each, nodes.Literal)]
    are_numbers = all(_is_of(each, (int, Decimal)) for each in values)
    are_texts = texts_count and all(_is_of(each, (str,)) for each in values)
    return len(values) == 2 and (are_numbers or are_texts) and values[0] != values[1]


def _is_plain(node: Node | None) -> bool:
    match node:
        case nodes.Logical(_, operands):
            return all(map(_is_plain, operands))
        case nodes.Operation(operator, left, right):
            return operator in _COMPARISONS and _is_value(left) and _is_value(right)
        case nodes.In(operand, values):
            return isinstance(operand, nodes.Column) and all(map(_is_value, values))
        case nodes.IsNull(operand):
            return isinstance(operand, nodes.Column)
    return False


def _is_value(node: Node) -> bool:
    if isinstance(node, nodes.Literal):
        return _is_of(node.value, (str, int, Decimal))
    return isinstance(node, nodes.Column)


def _is_of(value: object, kinds: tuple[type, ...]) -> bool:
    """Booleans are numbers to some databases, and are left aside."""
    return isinstance(value, kinds) and not isinstance(value, bool)
