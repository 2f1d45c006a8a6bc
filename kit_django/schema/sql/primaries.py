"""What stands between operators: names, values, functions, and whatever is in parentheses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql import nodes
from kit_django.schema.sql.cursor import Beyond, Cursor
from kit_django.schema.sql.literals import number_value, string_value
from kit_django.schema.sql.nodes import Node
from kit_django.schema.sql.tokens import Token

_CONSTANTS = {"NULL": None, "TRUE": True, "FALSE": False}
_MOMENTS = {
    *("CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME"),
    *("CURRENT_USER", "SESSION_USER", "CURRENT_ROLE"),
}
_TYPED = {"DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL"}
_TAKE_UNIT = {"TIMESTAMPADD", "TIMESTAMPDIFF"}
_TYPES = {
    "TIME": ("WITH", "WITHOUT"),
    "TIMESTAMP": ("WITH", "WITHOUT"),
    "DOUBLE": ("PRECISION",),
}
"""Types of several words, of which the second tells them from a column."""
RESERVED = {
    *("SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "IS", "AS", "ON", "CASE", "WHEN"),
    *("THEN", "ELSE", "END", "EXISTS", "BETWEEN", "LIKE", "ORDER", "GROUP", "BY", "HAVING"),
    *("DISTINCT", "ALL", "ANY", "SOME", "WITH", "USING", "COLLATE", "DEFAULT", "UNION"),
}


class Primaries(Cursor, ABC):
    """``levels`` has how tight each operator is, ``named`` collects the tokens that are columns."""

    def __init__(self, sql: str, dialect: Dialect, levels: Mapping[str, int]) -> None:
        super().__init__(sql, dialect)
        self.levels = levels
        self.named: list[Token] = []

    @abstractmethod
    def expression(self, level: int = 0) -> Node:
        """One whose operators are at least as tight as the level."""

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
        if word in _TYPES and following in _TYPES[word] and self.dialect.reading.casts:
            self.position -= 1
            type_ = self.type_name()
            return nodes.Cast(self._string(self.take()), type_)
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
        if name == "CONVERT" and self.dialect.reading.intervals:
            return self._converted()
        words: list[str] = []
        if name in _TAKE_UNIT and self.dialect.reading.intervals:
            words.append(self.take_name().text.upper())
            self.expect(",")
        if name == "TRIM" and self.word() in ("BOTH", "LEADING", "TRAILING"):
            words.append(self.take().text.upper())
            words += ["FROM"] if self.accept("FROM") else []
        arguments = self._arguments(name, words)
        return nodes.Function(name, arguments, tuple(words))

    def _converted(self) -> Node:
        """MySQL's ``CONVERT(x, type)`` is a cast by another name."""
        operand = self.expression()
        if self.accept("USING"):
            found: Node = nodes.Function(
                "CONVERT", (operand,), ("USING", self.take_name().text.upper())
            )
        else:
            self.expect(",")
            found = nodes.Cast(operand, self.until_closed())
        self.expect(")")
        return found

    def _arguments(self, name: str, words: list[str]) -> tuple[Node, ...]:
        """Up to the closing parenthesis; the words between them are added to ``words``."""
        arguments: list[Node] = []
        level = self.levels["IN"] + 1 if name == "POSITION" else 0
        if self.accept(")"):
            return ()
        while True:
            words += ["VARIADIC"] if self.accept("VARIADIC") else []
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
