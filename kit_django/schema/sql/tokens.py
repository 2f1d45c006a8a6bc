"""SQL cut into tokens as its database cuts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from kit_django.schema.dialects.base import Dialect

TokenKind = Literal[
    "blank", "string", "quoted", "number", "word", "parameter", "symbol", "unreadable"
]
_NESTING = {"(": 1, ")": -1}


class Token(NamedTuple):
    """A piece of SQL and where it stands in it. Comments are blanks.

    ``unreadable`` is what has no end, or is none of the database's SQL.
    """

    kind: TokenKind
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Whether this is one of the (upper case) key words, unquoted."""
        return self.kind == "word" and self.text.upper() in words

    def is_symbol(self, *symbols: str) -> bool:
        return self.kind == "symbol" and self.text in symbols

    @property
    def is_name(self) -> bool:
        return self.kind in ("word", "quoted")

    @property
    def nesting(self) -> int:
        """How many levels of parentheses it adds: 1, 0 or -1."""
        return _NESTING.get(self.text, 0) if self.kind == "symbol" else 0

    @property
    def name(self) -> str:
        """The name that the token stands for, its quotes taken off."""
        if self.kind not in ("quoted", "string"):
            return self.text
        if self.text[0] == "[":
            return self.text[1:-1]
        quote = self.text[0]
        return self.text[1:-1].replace(quote * 2, quote)


@lru_cache(maxsize=2048)
def pieces(sql: str, dialect: Dialect) -> tuple[Token, ...]:
    """All of the text, blanks and comments included: put together again it is the same."""
    return tuple(_pieces(sql, dialect))


@lru_cache(maxsize=2048)
def tokenize(sql: str, dialect: Dialect) -> tuple[Token, ...]:
    """The tokens without blanks and comments."""
    return tuple(cut(sql, dialect))


def cut(sql: str, dialect: Dialect) -> Iterator[Token]:
    """The same one by one, for texts that are long, or read only once."""
    return _pieces(sql, dialect, blanks=False)


def is_readable(sql: str, dialect: Dialect) -> bool:
    return all(token.kind != "unreadable" for token in tokenize(sql, dialect))


def _pieces(sql: str, dialect: Dialect, *, blanks: bool = True) -> Iterator[Token]:
    pattern, position = _pattern(dialect), 0
    while position < len(sql):
        kind, end = _end_at(sql, position, pattern)
        if blanks or kind != "blank":
            yield Token(kind, sql[position:end], position, end)
        position = end


def token_at(sql: str, position: int, dialect: Dialect) -> Token:
    """The token that begins there."""
    kind, end = _end_at(sql, position, _pattern(dialect))
    return Token(kind, sql[position:end], position, end)


def end_of_pieces(sql: str, position: int, dialect: Dialect) -> int:
    """How far whole strings, names, comments and words reach from there; never beyond a semicolon."""
    match = _whole_pieces(dialect).match(sql, position)
    return match.end() if match else position


def _end_at(sql: str, position: int, pattern: re.Pattern[str]) -> tuple[TokenKind, int]:
    match = pattern.match(sql, position)
    assert match is not None  # the last alternative takes any character
    if match.lastgroup == "comment":
        return _nested_comment(sql, position)
    return match.lastgroup, match.end()  # type: ignore[return-value]


_COMMENT_EDGE = re.compile(r"/\*|\*/")


def _nested_comment(sql: str, start: int) -> tuple[TokenKind, int]:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(sql, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return "blank", edge.end()
    return "unreadable", len(sql)


_LETTER = r"[A-Za-z_\u0080-\U0010ffff]"
_REST = r"[A-Za-z0-9_$\u0080-\U0010ffff]"


@cache
def _pattern(dialect: Dialect) -> re.Pattern[str]:
    """A named group for each kind; whatever has a beginning and no end is unreadable."""
    kinds = {
        "comment": [r"/\*"] if dialect.reading.nested_comments else [],
        "blank": list(_blanks(dialect)),
        "string": list(_strings(dialect)),
        "quoted": list(_quoted_names(dialect)),
        "number": list(_numbers()),
        "unreadable": list(_without_end(dialect)),
        "word": [f"{_REST if dialect.reading.digit_names else _LETTER}{_REST}*+"],
        "parameter": list(_parameters(dialect)),
        "symbol": [*_symbols(dialect), "."],
    }
    groups = (f"(?P<{kind}>{'|'.join(forms)})" for kind, forms in kinds.items() if forms)
    return re.compile("|".join(groups), re.DOTALL)


@cache
def _whole_pieces(dialect: Dialect) -> re.Pattern[str]:
    return re.compile(_pieces_pattern(dialect), re.DOTALL)


@cache
def whole_statement(begins: tuple[str, ...], dialect: Dialect) -> re.Pattern[str]:
    """A statement that begins with one of these words, its semicolon included, where nothing but whole
    pieces stands between; what takes more than a look does not match."""
    blanks, words = "|".join(_blanks(dialect)), "|".join(begins)
    begin = f"(?:{blanks})*+(?:{words})(?!{_REST})"
    return re.compile(f"(?i:{begin}){_pieces_pattern(dialect)};", re.DOTALL)


def _pieces_pattern(dialect: Dialect) -> str:
    """Whatever else begins something stops it: a comment that may hold another, or what has no end."""
    special = [";", "'", '"', "`", "/", r"\-", r"\\", "0-9", "A-Za-z_\u0080-\U0010ffff"]
    special += ["$"] if dialect.dollar_strings else []
    special += [r"\["] if "[" in dialect.other_quotes else []
    special += ["#"] if dialect.reading.hash_comments else []
    plain = [f"[^{''.join(special)}]++", f"(?:[0-9]|{_LETTER}){_REST}*+"]
    signs = ["-(?!-)", r"/(?!\*)"]
    forms = [*_strings(dialect), *plain, *_quoted_names(dialect), *_blanks(dialect), *signs]
    return f"(?:{'|'.join(forms)})*+"


def _blanks(dialect: Dialect) -> Iterator[str]:
    reading = dialect.reading
    yield "[ \t\n\f\r\v]+"
    yield r"--(?=[\x00-\x20]|\Z)[^\n]*" if reading.spaced_dashes else r"--[^\n]*"
    if reading.hash_comments:
        yield r"\#[^\n]*"
    if not reading.nested_comments:
        no_code = "(?!M?!)" if reading.code_comments else ""
        yield rf"/\*{no_code}.*?\*/" + ("|/\\*.*" if reading.open_comments else "")


def _strings(dialect: Dialect) -> Iterator[str]:
    plain, escaped = r"'(?:[^']|'')*+'", r"'(?:[^'\\]|''|\\.)*+'"
    reading = dialect.reading
    own = escaped if dialect.backslash_escapes else plain
    charset = rf"_{_REST}+[ \t\n\r]*+|" if reading.charset_strings else ""
    prefixes = reading.string_prefixes
    yield rf"(?:{charset}[{prefixes}{prefixes.upper()}])?{own}"
    if dialect.escape_strings:
        yield f"[eE]{escaped}"
    if reading.unicode_escapes:
        yield f"[uU]&{plain}"
    if dialect.dollar_strings:
        yield r"\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$"
    if reading.double_quoted_strings:
        yield own.replace("'", '"')


def _quoted_names(dialect: Dialect) -> Iterator[str]:
    for quote in (dialect.quote, *dialect.other_quotes):
        yield r"\[[^\]]*\]" if quote == "[" else f"{quote}(?:[^{quote}]|{quote * 2})*+{quote}"


def _without_end(dialect: Dialect) -> Iterator[str]:
    """Names with escapes, and numbers that go over into letters, are as unreadable."""
    yield r"/\*.*"
    yield "['\"`].*"
    if dialect.reading.unicode_escapes:
        yield '[uU]&".*'
    if "[" in dialect.other_quotes:
        yield r"\[.*"
    if dialect.dollar_strings:
        yield r"\$(?:[^\W\d]\w*)?\$.*"
    if not dialect.reading.digit_names:
        yield rf"[0-9]{_REST}*+"


def _numbers() -> Iterator[str]:
    end = f"(?!{_REST})"
    yield f"0[xX][0-9a-fA-F_]+{end}"
    yield rf"(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?{end}"


def _parameters(dialect: Dialect) -> Iterator[str]:
    for begin in dialect.reading.parameters:
        yield r"\?[0-9]*" if begin == "?" else rf"\{begin}[\w@.$]+"


def _symbols(dialect: Dialect) -> Iterator[str]:
    """PostgreSQL's own operators hold any of these characters, and end in a sign only with one
    of those that no standard operator has."""
    yield from map(re.escape, dialect.reading.symbols)
    if dialect.reading.own_operators:
        any_, rare = r"(?!--|/\*)[-+*/<>=~!@#%^&|`?]", r"(?!--|/\*)[~!@#%^&|`?]"
        yield rf"(?:(?!--|/\*)[-+*/<>=]){{0,62}}{rare}(?:{any_}){{0,62}}"
        yield r"(?:(?!--|/\*)[-+*/<>=]){0,62}(?!/\*)[*/<>=]"
