"""A database's SQL expression, parsed as far as Django could say the same.

``parse`` gives a small tree, or None for whatever it does not know; it never takes one thing for
another. Casts that PostgreSQL adds by itself are seen through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Column:
    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    arguments: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Cast:
    operand: Node
    type: str


@dataclass(frozen=True, slots=True)
class Operation:
    """``operator`` is one of ``= <> < <= > >= + - * / % ||``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logical:
    """``operator`` is AND or OR."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    operand: Node


@dataclass(frozen=True, slots=True)
class In:
    operand: Node
    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between:
    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class IsNull:
    operand: Node
    negated: bool = False


Node: TypeAlias = (
    Column | Literal | Function | Cast | Operation | Logical | Negation | In | Between | IsNull
)

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<string>(?:[eEnN]|_[a-z0-9]+)?'(?:[^'\\]|''|\\.)*')
    | (?P<quoted>"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[[^\]]+\])
    | (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<word>[^\W\d]\w*)
    | (?P<operator>::|<>|!=|<=|>=|\|\||[-+*/%=<>(),\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_KEYWORDS = {"AND", "OR", "NOT", "IN", "IS", "NULL", "BETWEEN", "LIKE", "CASE", "CAST", "EXISTS"}
_TYPE_WORDS = {"VARYING", "PRECISION", "WITH", "WITHOUT", "TIME", "ZONE"}


class _Unknown(Exception):
    """The text goes beyond what the parser knows."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind in ("word", "operator") else ""


def parse(sql: str, vendor: str) -> Node | None:
    """The tree of an expression, or None where it is more than this parser knows."""
    try:
        parser = _Parser(_tokens(sql, vendor), vendor)
        node = parser.disjunction()
        return node if parser.at_end() else None
    except (_Unknown, RecursionError):
        return None


def _tokens(sql: str, vendor: str) -> list[_Token]:
    tokens, position = [], 0
    while position < len(sql):
        match = _TOKEN.match(sql, position)
        if match is None or match.lastgroup is None:
            raise _Unknown
        if match.lastgroup != "space":
            tokens.append(_Token(match.lastgroup, match.group()))
        position = match.end()
    return _split_brackets(tokens) if vendor != "sqlite" else tokens


def _split_brackets(tokens: list[_Token]) -> list[_Token]:
    """``[name]`` is a name on SQLite alone; elsewhere brackets belong to arrays."""
    if any(token.kind == "quoted" and token.text.startswith("[") for token in tokens):
        result = []
        for token in tokens:
            if token.kind == "quoted" and token.text.startswith("["):
                inner = _tokens(token.text[1:-1], "sqlite")
                result += [_Token("operator", "["), *inner, _Token("operator", "]")]
            else:
                result.append(token)
        return result
    return tokens


class _Parser:
    """Recursive descent: a method for each level of precedence, the loosest first."""

    def __init__(self, tokens: list[_Token], vendor: str) -> None:
        self.tokens, self.vendor, self.position = tokens, vendor, 0

    def at_end(self) -> bool:
        return self.position == len(self.tokens)

    def disjunction(self) -> Node:
        return self._joined("OR", self._conjunction)

    def _conjunction(self) -> Node:
        return self._joined("AND", self._negation)

    def _joined(self, word: str, operand) -> Node:  # type: ignore[no-untyped-def]
        operands = [operand()]
        while self._accept(word):
            operands.append(operand())
        return operands[0] if len(operands) == 1 else Logical(word, tuple(operands))

    def _negation(self) -> Node:
        if self._accept("NOT"):
            return Negation(self._negation())
        return self._predicate()

    def _predicate(self) -> Node:
        left = self._sum()
        if (operator := _COMPARISONS.get(self._peek())) is not None:
            self.position += 1
            if operator == "=" and self._accept("ANY"):
                return In(left, self._array())
            return Operation(operator, left, self._sum())
        if self._accept("IS"):
            negated = self._accept("NOT")
            self._expect("NULL")
            return IsNull(left, negated)
        if self._accept("BETWEEN"):
            low = self._sum()
            self._expect("AND")
            return Between(left, low, self._sum())
        if self._peek() == "NOT" and self._peek(1) == "IN":
            self.position += 2
            return Negation(In(left, self._list()))
        if self._accept("IN"):
            return In(left, self._list())
        return left

    def _array(self) -> tuple[Node, ...]:
        """``(ARRAY['a'::text, ...])``, with the casts that PostgreSQL puts around it."""
        self._expect("(")
        depth = 0
        while self._accept("("):
            depth += 1
        self._expect("ARRAY")
        self._expect("[")
        values = self._comma_separated("]")
        for _ in range(depth):
            self._expect(")")
            self._skip_casts()
        self._skip_casts()
        self._expect(")")
        return values

    def _list(self) -> tuple[Node, ...]:
        self._expect("(")
        return self._comma_separated(")")

    def _comma_separated(self, end: str) -> tuple[Node, ...]:
        values: list[Node] = []
        if self._accept(end):
            return ()
        while True:
            values.append(self.disjunction())
            if self._accept(end):
                return tuple(values)
            self._expect(",")

    def _sum(self) -> Node:
        node = self._product()
        while (operator := self._peek()) in ("+", "-", "||"):
            self.position += 1
            node = Operation(operator, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._cast()
        while (operator := self._peek()) in ("*", "/", "%"):
            self.position += 1
            node = Operation(operator, node, self._cast())
        return node

    def _cast(self) -> Node:
        node = self._primary()
        while self._accept("::"):
            node = Cast(node, self._type())
        return node

    def _skip_casts(self) -> None:
        while self._accept("::"):
            self._type()

    def _type(self) -> str:
        words = [self._take("word", "quoted").text]
        while self._peek() in _TYPE_WORDS:
            words.append(self._take("word").text)
        if self._accept("("):
            words.append("(" + self._take("number").text)
            while self._accept(","):
                words.append("," + self._take("number").text)
            self._expect(")")
            words.append(")")
            while self._peek() in _TYPE_WORDS:
                words.append(self._take("word").text)
        while self._accept("["):
            self._expect("]")
            words.append("[]")
        return " ".join(words).lower()

    def _primary(self) -> Node:
        if self._accept("("):
            node = self.disjunction()
            self._expect(")")
            return node
        if self._accept("-"):
            literal = self._primary()
            if not isinstance(literal, Literal) or not isinstance(literal.value, int | Decimal):
                raise _Unknown
            return Literal(-literal.value)
        token = self._take("string", "quoted", "number", "word")
        if token.kind == "string":
            return Literal(_string(token.text, self.vendor))
        if token.kind == "number":
            return Literal(_number(token.text))
        if token.kind == "quoted":
            return Column(_unquoted(token.text))
        return self._word(token)

    def _word(self, token: _Token) -> Node:
        word = token.word
        if word == "NULL":
            return Literal(None)
        if word in ("TRUE", "FALSE"):
            return Literal(word == "TRUE")
        if word in _KEYWORDS:
            raise _Unknown
        if self._accept("("):
            return Function(word, self._comma_separated(")"))
        if self._peek() == "[" or self._is_name_next():
            raise _Unknown
        return Column(token.text)

    def _is_name_next(self) -> bool:
        """Two words in a row (``INTERVAL '1 day'``, ``x COLLATE y``) are beyond this parser."""
        if self.at_end():
            return False
        token = self.tokens[self.position]
        following = _KEYWORDS - {"LIKE", "CASE", "CAST", "EXISTS"}
        return token.kind in ("string", "quoted") or (
            token.kind == "word" and token.word not in following
        )

    def _peek(self, ahead: int = 0) -> str:
        position = self.position + ahead
        return self.tokens[position].word if position < len(self.tokens) else ""

    def _accept(self, word: str) -> bool:
        if self._peek() != word:
            return False
        self.position += 1
        return True

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            raise _Unknown

    def _take(self, *kinds: str) -> _Token:
        if self.at_end() or self.tokens[self.position].kind not in kinds:
            raise _Unknown
        self.position += 1
        return self.tokens[self.position - 1]


def _string(text: str, vendor: str) -> str:
    prefix, _, body = text.partition("'")
    body = body[:-1].replace("''", "'")
    if "\\" not in body or (vendor != "mysql" and prefix.upper() != "E"):
        return body
    return re.sub(r"\\(.)", lambda escape: _unescaped(escape[1]), body, flags=re.DOTALL)


def _unescaped(char: str) -> str:
    """Escapes that not all databases read alike are beyond this parser."""
    plain = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "\\": "\\", "'": "'", '"': '"'}
    if char not in plain:
        raise _Unknown
    return plain[char]


def _number(text: str) -> int | Decimal:
    return int(text) if text.isdigit() else Decimal(text)


def _unquoted(text: str) -> str:
    if text.startswith("["):
        return text[1:-1]
    return text[1:-1].replace(text[0] * 2, text[0])
