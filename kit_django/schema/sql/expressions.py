"""An expression's text -> its tree, with the precedence of its database's operators."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql import nodes
from kit_django.schema.sql.cursor import Beyond, Cursor
from kit_django.schema.sql.literals import number_value, string_value
from kit_django.schema.sql.nodes import Node
from kit_django.schema.sql.tokens import Token

_DEEPEST = 60
_SPELLINGS = {"!=": "<>", "==": "=", "RLIKE": "REGEXP"}
_PATTERNS = {"LIKE", "ILIKE", "GLOB", "MATCH", "REGEXP", "RLIKE", "SIMILAR"}
_NEGATED = _PATTERNS | {"IN", "BETWEEN", "NULL"}
_CONSTANTS = {"NULL": None, "TRUE": True, "FALSE": False}
_MOMENTS = {
    *("CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME"),
    *("CURRENT_USER", "SESSION_USER", "CURRENT_ROLE"),
}
_TYPED = {"DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL"}
_TAKE_UNIT = {"TIMESTAMPADD", "TIMESTAMPDIFF"}
RESERVED = {
    *("SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "IS", "AS", "ON", "CASE", "WHEN"),
    *("THEN", "ELSE", "END", "EXISTS", "BETWEEN", "LIKE", "ORDER", "GROUP", "BY", "HAVING"),
    *("DISTINCT", "ALL", "ANY", "SOME", "WITH", "USING", "COLLATE", "DEFAULT", "UNION"),
}


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


class _Parser(Cursor):
    """``named`` collects the tokens that are columns."""

    def __init__(self, sql: str, dialect: Dialect) -> None:
        super().__init__(sql, dialect)
        self.levels, self.comparing = _levels(dialect)
        self.named: list[Token] = []
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
        token = self.token
        if token is None or token.kind not in ("word", "symbol"):
            return -1
        word = token.text.upper()
        if word == "NOT":
            word = self.word(1)
            return self.levels["IN"] if word in _NEGATED else -1
        if word in self.levels and word not in ("NOT", "-X", "OWN"):
            return self.levels[word]
        return self.levels.get("own", -1) if _is_own_operator(token) else -1

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
        if self.accept("NULL"):
            return nodes.IsNull(left, negated)
        if self.word() in ("TRUE", "FALSE", "UNKNOWN"):
            return nodes.Is(left, self.take().text.upper(), negated)
        if self.accept("DISTINCT", "FROM"):
            found: Node = nodes.Operation("IS DISTINCT FROM", left, self.expression(level + 1))
        elif self.dialect.reading.is_compares:
            found = nodes.Operation("IS", left, self.expression(level + 1))
        else:
            raise Beyond
        return nodes.Negation(found) if negated else found

    # Operands

    def _operand(self, level: int) -> Node:
        token = self.token
        if token is None:
            raise Beyond
        if token.is_word("NOT"):
            if level > self.levels["NOT"]:
                raise Beyond
            self.take()
            return nodes.Negation(self.expression(self.levels["NOT"]))
        if _is_own_operator(token):
            return self._signed(self.take().text)
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

    def _primary(self) -> Node:
        token = self.take()
        if token.is_symbol("("):
            return self._parenthesized()
        if token.kind == "string":
            return self._string(token)
        if token.kind == "number":
            return number_value(token.text)
        if token.kind == "word":
            return self._word(token)
        if token.kind == "quoted":
            return self._name(token)
        raise Beyond

    def _parenthesized(self) -> Node:
        inner = self._items(")")
        if not inner:
            raise Beyond
        node = inner[0] if len(inner) == 1 else nodes.Items("ROW", inner)
        while self.accept("."):
            node = nodes.Part(node, self._folded(self.take_name()))
        return node

    def _string(self, token: Token) -> Node:
        value = string_value(token.text, self.dialect)
        if value is None:
            raise Beyond
        return value

    def _word(self, token: Token) -> Node:
        word, following = token.text.upper(), self.word()
        if word in _CONSTANTS:
            return nodes.Literal(_CONSTANTS[word])
        if word in _MOMENTS and following != "(":
            return nodes.Function(word)
        if word == "CASE":
            return self._case()
        if word == "ARRAY" and following == "[":
            return self._array()
        if word in ("ROW", "CAST", "EXTRACT") and following == "(":
            return {"ROW": self._row, "CAST": self._cast, "EXTRACT": self._extract}[word]()
        if word in RESERVED:
            raise Beyond
        if self.token and self.token.kind == "string":
            return self._typed(word)
        if word == "INTERVAL" and self.dialect.reading.intervals:
            operand = self.expression()
            return nodes.Function(word, (operand,), (self.take_name().text.upper(),))
        return self._name(token)

    def _typed(self, word: str) -> Node:
        """``DATE '2020-01-01'``, and ``INTERVAL '1' DAY``."""
        reading = self.dialect.reading
        if not (reading.casts or (reading.intervals and word in _TYPED)):
            raise Beyond
        value = self._string(self.take())
        if word == "INTERVAL" and reading.intervals:
            return nodes.Function(word, (value,), (self.take_name().text.upper(),))
        fields = self.interval_fields() if word == "INTERVAL" else []
        return nodes.Cast(value, " ".join([word, *fields]).lower())

    def _name(self, token: Token) -> Node:
        names = [token]
        while self.accept("."):
            names.append(self.take_name())
        may_be_called = token.kind == "word" or self.dialect.reading.quoted_functions
        if self.word() == "(" and may_be_called:
            return self._function(names)
        self.named.append(names[-1])
        *tables, name = map(self._folded, names)
        return nodes.Column(name, ".".join(tables))

    def _folded(self, token: Token) -> str:
        return self.dialect.folded(token.name, quoted=token.kind == "quoted")

    def _qualified(self) -> str:
        names = [self._folded(self.take_name())]
        while self.accept("."):
            names.append(self._folded(self.take_name()))
        return ".".join(names)

    # Functions and what is written like them

    def _function(self, names: list[Token]) -> Node:
        folded = ".".join(map(self._folded, names))
        name = folded.upper() if folded == folded.lower() else folded
        self.expect("(")
        words: list[str] = []
        if name in _TAKE_UNIT and self.dialect.reading.intervals:
            words.append(self.take_name().text.upper())
            self.expect(",")
        if name == "TRIM" and self.word() in ("BOTH", "LEADING", "TRAILING"):
            words.append(self.take().text.upper())
            words += ["FROM"] if self.accept("FROM") else []
        arguments = self._arguments(name, words)
        return nodes.Function(name, arguments, tuple(words))

    def _arguments(self, name: str, words: list[str]) -> tuple[Node, ...]:
        """Up to the closing parenthesis; the words between them are added to ``words``."""
        arguments: list[Node] = []
        level = self.levels["IN"] + 1 if name == "POSITION" else 0
        if self.accept(")"):
            return ()
        while True:
            arguments.append(self.expression(level))
            if self.accept(")"):
                return tuple(arguments)
            if self.word() in ("FROM", "FOR", "PLACING", "IN"):
                words.append(self.take().text.upper())
            elif self.accept("USING"):
                words += ["USING", self.take_name().text.upper()]
                self.expect(")")
                return tuple(arguments)
            else:
                self.expect(",")

    def _extract(self) -> Node:
        self.expect("(")
        unit = self.take().name.upper()
        self.expect("FROM")
        operand = self.expression()
        self.expect(")")
        return nodes.Function("EXTRACT", (operand,), (unit,))

    def _cast(self) -> Node:
        self.expect("(")
        operand = self.expression()
        self.expect("AS")
        type_ = self.type_name() if self.dialect.reading.casts else self.until_closed()
        self.expect(")")
        return nodes.Cast(operand, type_)

    def _case(self) -> Node:
        operand = None if self.word() == "WHEN" else self.expression()
        whens: list[tuple[Node, Node]] = []
        while self.accept("WHEN"):
            condition = self.expression()
            self.expect("THEN")
            whens.append((condition, self.expression()))
        otherwise = self.expression() if self.accept("ELSE") else None
        self.expect("END")
        return nodes.Case(operand, tuple(whens), otherwise)

    def _row(self) -> Node:
        return nodes.Items("ROW", self._list())

    def _array(self) -> Node:
        self.expect("[")
        if self.word() != "[":
            return nodes.Items("ARRAY", self._items("]"))
        items = [self._array()]
        while self.accept(","):
            items.append(self._array())
        self.expect("]")
        return nodes.Items("ARRAY", tuple(items))

    def _list(self, length: int | None = None) -> tuple[Node, ...]:
        self.expect("(")
        found = self._items(")")
        if length is not None and len(found) != length:
            raise Beyond
        return found

    def _items(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        if self.accept(end):
            return ()
        while True:
            items.append(self.expression())
            if self.accept(end):
                return tuple(items)
            self.expect(",")


def _flattened(word: str, operands: list[Node]) -> list[Node]:
    """AND and OR mean the same however those of one kind are grouped."""
    found: list[Node] = []
    for each in operands:
        is_same = isinstance(each, nodes.Logical) and each.operator == word
        found += each.operands if is_same else [each]  # type: ignore[union-attr]
    return found


def _is_own_operator(token: Token) -> bool:
    return token.kind == "symbol" and set(token.text) <= set("-+*/<>=~!@#%^&|`?")
