"""What a text means, as a value that is equal for two texts that mean the same.

Quotes and case of names, blanks and parentheses that group nothing else do not count, nor do the
casts that PostgreSQL adds by itself; grouping does. What cannot be read is compared word for word.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import replace
from decimal import Decimal

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.types import SqlType
from kit_django.schema.sql import nodes
from kit_django.schema.sql.expressions import parse
from kit_django.schema.sql.nodes import Node
from kit_django.schema.sql.parentheses import bare
from kit_django.schema.sql.tokens import Token, tokenize

_TEXTS = {"text", "character varying", "varchar", "bpchar", "character"}
_NUMBERS = {
    *("smallint", "integer", "bigint", "int", "int2", "int4", "int8"),
    *("numeric", "decimal", "real", "double precision", "float4", "float8"),
}
_COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}
_PATTERNS = {"~~": "LIKE", "~~*": "ILIKE", "!~~": "LIKE", "!~~*": "ILIKE"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_NOW = {"NOW", "TRANSACTION_TIMESTAMP", "CURRENT_TIMESTAMP"}


def same(one: str, other: str, dialect: Dialect) -> bool:
    """Whether two expressions mean the same."""
    return one == other or meaning(one, dialect) == meaning(other, dialect)


def meaning(sql: str, dialect: Dialect) -> Hashable:
    """A value that is equal for expressions that mean the same."""
    tree = plainest(sql, dialect)
    return _words(bare(sql, dialect), dialect) if tree is None else tree


def plainest(sql: str, dialect: Dialect) -> Node | None:
    """The tree in the one form that all texts with its meaning have; None for what cannot be read."""
    tree = parse(sql, dialect)
    return None if tree is None else _Meaning(dialect).of(tree)


def meaning_of_default(sql: str, dialect: Dialect) -> Hashable:
    """The same for a default, whose type is its column's whatever it is cast to."""
    tree = parse(sql, dialect)
    if tree is None:
        return _words(bare(sql, dialect), dialect)
    if isinstance(tree, nodes.Cast) and isinstance(tree.operand, nodes.Literal):
        tree = tree.operand
    found = _Meaning(dialect).of(tree)
    if isinstance(found, nodes.Literal):
        return _number(found)
    if isinstance(found, nodes.Function) and found.name in _NOW and not found.arguments:
        return nodes.Function("CURRENT_TIMESTAMP")
    return found


def meaning_of_statement(sql: str, dialect: Dialect) -> Hashable:
    """The same for a statement: its words, and what stands in parentheses as expressions.

    What is behind WHERE is one expression.
    """
    tokens = tokenize(sql, dialect)
    return tuple(_clauses(sql, tokens, dialect))


def _clauses(sql: str, tokens: tuple[Token, ...], dialect: Dialect) -> Iterator[Hashable]:
    depth, start = 0, 0
    for place, token in enumerate(tokens):
        if depth == 0 and token.is_word("WHERE") and place + 1 < len(tokens):
            yield "where"
            yield meaning(sql[token.end :], dialect)
            return
        if depth == 0 and token.nesting == 0:
            yield _word(token, dialect)
        if token.nesting == 1 and depth == 0:
            start = token.end
        depth += token.nesting
        at_comma = depth == 1 and token.is_symbol(",")
        if at_comma or (depth == 0 and token.nesting == -1):
            yield "," if at_comma else ")"
            yield meaning(sql[start : token.start], dialect)
            start = token.end


def _words(sql: str, dialect: Dialect) -> Hashable:
    return tuple(_word(token, dialect) for token in tokenize(sql, dialect))


def _word(token: Token, dialect: Dialect) -> str:
    if token.is_name:
        return dialect.folded(token.name, quoted=token.kind == "quoted")
    return token.text


class _Meaning:
    """Rebuilds a tree so that there is one form for each of the things it may say."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.casts = dialect.reading.casts

    def of(self, node: Node) -> Node:
        match node:
            case nodes.Cast(operand, type_):
                return self._cast(self.of(operand), type_)
            case nodes.Operation(operator, left, right):
                return self._operation(operator, left, right)
            case nodes.Logical(operator, operands):
                return _joined(operator, tuple(map(self.of, operands)))
            case nodes.Negation(operand):
                return _negated(self.of(operand))
            case nodes.In(operand, values):
                return self._in(operand, values)
            case nodes.Between(operand, low, high):
                return self._between(operand, low, high)
            case nodes.Quantified():
                return self._quantified(node)
            case nodes.Function(name, arguments, words):
                return nodes.Function(name.removeprefix("PG_CATALOG."), self._all(arguments), words)
            case nodes.Items(kind, items):
                return nodes.Items(kind, self._all(items))
            case nodes.Case(operand, whens, otherwise):
                pairs = tuple((self.of(when), self.of(then)) for when, then in whens)
                return nodes.Case(self._maybe(operand), pairs, self._maybe(otherwise))
            case nodes.Element(operand, index):
                return nodes.Element(self.of(operand), tuple(map(self._maybe, index)))
            case nodes.Column() | nodes.Literal() | nodes.Coded():
                return node
            case _:
                return replace(node, operand=self.of(node.operand))

    def _all(self, found: tuple[Node, ...]) -> tuple[Node, ...]:
        return tuple(map(self.of, found))

    def _maybe(self, node: Node | None) -> Node | None:
        return None if node is None else self.of(node)

    def _cast(self, operand: Node, type_: str) -> Node:
        """Casts to text are PostgreSQL's own; SQLite is told decimals as ``CAST('0' AS NUMERIC)``."""
        if not self.casts:
            is_number = type_ in ("numeric", "real") and isinstance(operand, nodes.Literal)
            return _number(operand) if is_number else nodes.Cast(operand, type_)
        type_ = type_.removeprefix("pg_catalog.")
        if type_.removesuffix("[]") in _TEXTS:
            return operand
        if type_ == "integer" and _is_below_zero(operand):
            return _number(operand)
        found = self.dialect.types.reported(SqlType.parse(type_))
        return nodes.Cast(
            operand, f"{found.name}{found.arguments or ''}{'[]' * bool(found.dimensions)}"
        )

    def _operation(self, operator: str, left: Node, right: Node) -> Node:
        found = nodes.Operation(operator, self.of(left), self.of(right))
        if operator in _COMPARISONS:
            return nodes.Operation(operator, self._value(found.left), self._value(found.right))
        if self.casts and operator in _PATTERNS:
            pattern = replace(found, operator=_PATTERNS[operator])
            return nodes.Negation(pattern) if operator.startswith("!") else pattern
        return found

    def _value(self, node: Node) -> Node:
        """What is compared: a number in quotes, or cast to a number's type, is that number."""
        if self.casts and not isinstance(node, nodes.Cast):
            return node
        if isinstance(node, nodes.Cast):
            found = self._value(node.operand)
            is_number = node.type in _NUMBERS and isinstance(found, nodes.Literal)
            return _number(found) if is_number else node
        return _number(node)

    def _in(self, operand: Node, values: tuple[Node, ...]) -> Node:
        found = tuple(self._value(self.of(each)) for each in values)
        if len(found) == 1:
            return nodes.Operation("=", self._value(self.of(operand)), found[0])
        return nodes.In(self.of(operand), found)

    def _between(self, operand: Node, low: Node, high: Node) -> Node:
        """PostgreSQL keeps it as two comparisons."""
        bounds = (
            self._operation(">=", operand, low),
            self._operation("<=", operand, high),
        )
        return _joined("AND", bounds)

    def _quantified(self, node: nodes.Quantified) -> Node:
        listed = as_list(node)
        if listed is not None:
            return self.of(listed)
        return replace(node, left=self.of(node.left), right=self.of(node.right))


def as_list(node: nodes.Quantified) -> nodes.In | nodes.Negation | None:
    """IN, or NOT IN, where that is what PostgreSQL was told."""
    array = node.right
    while isinstance(array, nodes.Cast):
        array = array.operand
    if not isinstance(array, nodes.Items) or array.kind != "ARRAY":
        return None
    found = nodes.In(node.left, array.items)
    match node.operator, node.quantifier:
        case "=", "ANY":
            return found
        case "<>", "ALL":
            return nodes.Negation(found)
    return None


def _joined(operator: str, operands: tuple[Node, ...]) -> Node:
    found: list[Node] = []
    for each in operands:
        is_same = isinstance(each, nodes.Logical) and each.operator == operator
        found += each.operands if is_same else [each]  # type: ignore[union-attr]
    return nodes.Logical(operator, tuple(found))


def _negated(operand: Node) -> Node:
    """Django has no ``<>``: it says ``NOT (a = b)``."""
    if isinstance(operand, nodes.Operation) and operand.operator == "=":
        return replace(operand, operator="<>")
    return nodes.Negation(operand)


def _is_below_zero(node: Node) -> bool:
    """As PostgreSQL writes it: in quotes."""
    found = _number(node)
    is_number = isinstance(found, nodes.Literal) and isinstance(found.value, Decimal)
    return is_number and found.value < 0  # type: ignore[union-attr,operator]


def _number(node: Node) -> Node:
    """A number that is written as a text."""
    is_text = isinstance(node, nodes.Literal) and isinstance(node.value, str)
    if is_text and _NUMBER.fullmatch(str(node.value)):  # type: ignore[union-attr]
        return nodes.Literal(Decimal(str(node.value)))  # type: ignore[union-attr]
    return node
