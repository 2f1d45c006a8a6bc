"""An expression's text -> its tree, with the precedence of its database's operators."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql import nodes
from kit_django.schema.sql.cursor import Beyond
from kit_django.schema.sql.nodes import Node
from kit_django.schema.sql.primaries import Primaries
from kit_django.schema.sql.tokens import Token

_DEEPEST = 60
_OPERATOR_CHARACTERS = set("-+*/<>=~!@#%^&|`?")
_SPELLINGS = {"!=": "<>", "==": "=", "RLIKE": "REGEXP", "MOD": "%"}
_PATTERNS = {"LIKE", "ILIKE", "GLOB", "MATCH", "REGEXP", "RLIKE", "SIMILAR"}
_NEGATED = _PATTERNS | {"IN", "BETWEEN", "NULL"}


class Reading(NamedTuple):
    """The tree, and the tokens that name its columns."""

    tree: Node
    named: tuple[Token, ...]


@lru_cache(maxsize=2048)
def read(sql: str, dialect: Dialect) -> Reading | None:
    """The expression, or None where it is more than this reader knows."""
    try:
        parser = _Parser(sql, dialect)
        tree = parser.expression()
        parser.expect_end()
    except (Beyond, RecursionError):
        return None
    return Reading(tree, tuple(parser.named)) if nodes.depth(tree) <= 2 * _DEEPEST else None


def parse(sql: str, dialect: Dialect) -> Node | None:
    """The tree of an expression, or None where it is more than this reader knows."""
    reading = read(sql, dialect)
    return reading.tree if reading else None


class _Levels(NamedTuple):
    of: Mapping[str, int]
    comparing: frozenset[int]


@cache
def _levels(dialect: Dialect) -> _Levels:
    levels = enumerate(dialect.reading.operators)
    of = {operator: level for level, operators in levels for operator in operators.split()}
    comparing = {of[operator] for operator in ("=", "<", "IS", "IN")}
    return _Levels(of, frozenset(comparing))


class _Parser(Primaries):
    """Operators, and what they join."""

    def __init__(self, sql: str, dialect: Dialect) -> None:
        levels, self.comparing = _levels(dialect)
        super().__init__(sql, dialect, levels)
        self._nesting = 0

    def expression(self, level: int = 0) -> Node:
        """One whose operators are at least as tight as the level.

        Comparisons in a row, which databases read in different ways, are beyond this reader.
        """
        self._nesting += 1
        if self._nesting > _DEEPEST:
            raise Beyond
        node, compared = self._operand(level), -1
        while (found := self._level()) >= level:
            if found == compared:
                raise Beyond
            compared = found if found in self.comparing else -1
            node = self._operation(node, found)
        self._nesting -= 1
        return node

    def _level(self) -> int:
        """The level of the operator that is next, or -1 where none is."""
        word = self.word()
        if word == "NOT":
            return self.levels["IN"] if self.word(1) in _NEGATED else -1
        if word in self.levels:
            return self.levels[word]
        return self.levels.get("own", -1) if self._at_own_operator() else -1

    def _at_own_operator(self) -> bool:
        return bool(word := self.word()) and set(word) <= _OPERATOR_CHARACTERS

    # Operators

    def _operation(self, left: Node, level: int) -> Node:
        word = self.take().text.upper()
        if level in (self.levels["OR"], self.levels["AND"]):
            return self._logical(left, level)
        if word == "NOT":
            return nodes.Negation(self._predicate(self.take().text.upper(), left, level))
        return self._predicate(word, left, level)

    def _logical(self, left: Node, level: int) -> Node:
        word = "OR" if level == self.levels["OR"] else "AND"
        operands = [left, self.expression(level + 1)]
        while self._level() == level:
            self.take()
            operands.append(self.expression(level + 1))
        return nodes.Logical(word, tuple(_flattened(word, operands)))

    def _predicate(self, word: str, left: Node, level: int) -> Node:
        match word:
            case "IN":
                return nodes.In(left, self._list())
            case "BETWEEN":
                return self._between(left, level)
            case "IS":
                return self._is(left, level)
            case "ISNULL" | "NOTNULL" | "NULL":  # behind NOT
                return nodes.IsNull(left, negated=word == "NOTNULL")
            case "COLLATE":
                return nodes.Collation(left, self._qualified())
            case "AT":
                self.expect("TIME", "ZONE")
                return nodes.Operation("AT TIME ZONE", left, self.expression(level + 1))
            case _ if word in _PATTERNS:
                return self._pattern(word, left, level)
        return self._binary(_SPELLINGS.get(word, word), left, level)

    def _binary(self, operator: str, left: Node, level: int) -> Node:
        if operator in ("SOUNDS", "MEMBER"):
            raise Beyond
        if self.word() in ("ANY", "SOME", "ALL") and self.word(1) == "(":
            quantifier = "ALL" if self.take().text.upper() == "ALL" else "ANY"
            (right,) = self._list(1)
            return nodes.Quantified(operator, quantifier, left, right)
        return nodes.Operation(operator, left, self.expression(level + 1))

    def _pattern(self, word: str, left: Node, level: int) -> Node:
        if word == "SIMILAR":
            self.expect("TO")
        pattern = self.expression(level + 1)
        if self.accept("ESCAPE"):
            pattern = nodes.Operation("ESCAPE", pattern, self.expression(level + 1))
        return nodes.Operation(_SPELLINGS.get(word, word), left, pattern)

    def _between(self, left: Node, level: int) -> Node:
        low = self.expression(level + 1)
        self.expect("AND")
        return nodes.Between(left, low, self.expression(level + 1))

    def _is(self, left: Node, level: int) -> Node:
        negated = self.accept("NOT")
        if self.accept("DISTINCT", "FROM"):
            right = self.expression(level + 1)
            found: Node = nodes.Operation("IS DISTINCT FROM", left, right)
            return nodes.Negation(found) if negated else found
        if self.dialect.reading.is_compares:
            return _compared(left, self.expression(level + 1), negated)
        if self.accept("NULL"):
            return nodes.IsNull(left, negated)
        if self.word() in ("TRUE", "FALSE", "UNKNOWN"):
            return nodes.Is(left, self.take().text.upper(), negated)
        raise Beyond

    # Operands

    def _operand(self, level: int) -> Node:
        if self.accept("NOT"):
            if level > self.levels["NOT"]:
                raise Beyond
            return nodes.Negation(self.expression(self.levels["NOT"]))
        if self._at_own_operator():
            return self._signed(self.take().text)
        if self.dialect.reading.intervals and self.accept("BINARY"):
            return nodes.Cast(self.expression(self.levels["-x"]), "char charset binary")
        return self._followed(self._primary())

    def _signed(self, sign: str) -> Node:
        tightest = self.levels["-x"]
        if sign not in ("+", "-"):
            tightest = self.levels.get("own", tightest) + 1
        operand = self.expression(tightest)
        if sign == "!" and self.dialect.reading.intervals:
            return nodes.Negation(operand)
        is_number = isinstance(operand, nodes.Literal) and type(operand.value) in (int, Decimal)
        if sign == "-" and is_number:
            return nodes.Literal(-operand.value)  # type: ignore[union-attr,operator]
        return nodes.Sign(sign, operand)

    def _followed(self, node: Node) -> Node:
        """The operand with the casts and subscripts behind it."""
        while self.dialect.reading.casts:
            if self.accept("::"):
                node = nodes.Cast(node, self.type_name())
            elif self.accept("["):
                node = nodes.Element(node, self._index())
            else:
                break
        return node

    def _index(self) -> tuple[Node | None, ...]:
        bounds: list[Node | None] = []
        while True:
            bounds.append(None if self.word() in (":", "]") else self.expression())
            if self.accept("]"):
                return tuple(bounds)
            self.expect(":")


def _compared(left: Node, right: Node, negated: bool) -> Node:
    """``a IS b``, where ``IS NULL + 1`` says no more of NULL than of any other value."""
    match right:
        case nodes.Literal(None):
            return nodes.IsNull(left, negated)
        case nodes.Literal(bool(value)):
            return nodes.Is(left, str(value).upper(), negated)
    found = nodes.Operation("IS", left, right)
    return nodes.Negation(found) if negated else found


def _flattened(word: str, operands: list[Node]) -> list[Node]:
    """AND and OR mean the same however those of one kind are grouped."""
    found: list[Node] = []
    for each in operands:
        is_same = isinstance(each, nodes.Logical) and each.operator == word
        found += each.operands if is_same else [each]  # type: ignore[union-attr]
    return found
