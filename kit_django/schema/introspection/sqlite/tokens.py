"""SQLite's SQL cut into tokens, as SQLite itself cuts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

TokenKind = Literal["word", "quoted", "string", "number", "symbol"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL and where it stands in it; comments and blanks are no tokens."""

    kind: TokenKind
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Whether this is one of the (upper case) key words, unquoted."""
        return self.kind == "word" and self.text.upper() in words

    @property
    def nesting(self) -> int:
        """How many levels of parentheses it adds: 1, 0 or -1."""
        return {"(": 1, ")": -1}.get(self.text, 0) if self.kind == "symbol" else 0

    @property
    def name(self) -> str:
        """The name that the token stands for, its quotes taken off."""
        if self.kind not in ("quoted", "string"):
            return self.text
        if self.text[0] == "[":
            return self.text[1:-1]
        quote = self.text[0]
        return self.text[1:-1].replace(quote * 2, quote)


# An unterminated block comment runs to the end, as it does for SQLite; blobs (x'..') come before
# words. Every character above ASCII is part of a word.
_PATTERN = re.compile(
    r"""
    (?P<blank>    [ \t\n\f\r]+ | --[^\n]* | /\*(?:.*?\*/|.*) )
  | (?P<string>   [xX]?'(?:[^']|'')*' )
  | (?P<quoted>   "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
  | (?P<number>   0[xX][0-9a-fA-F_]+ | (?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)? )
  | (?P<word>     [A-Za-z_$\u0080-\U0010ffff][A-Za-z0-9_$\u0080-\U0010ffff]* )
  | (?P<symbol>   . )
    """,
    re.VERBOSE | re.DOTALL,
)


_ASCII_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def fold(name: str) -> str:
    """The name as SQLite compares it: without regard to case in ASCII alone."""
    return name.translate(_ASCII_LOWER)


def tokenize(sql: str) -> list[Token]:
    return list(_tokens(sql))


def bare_expression(sql: str) -> str:
    """The expression without the parentheses, blanks and comments around it.

    A comment at its end would swallow whatever is written behind it.
    """
    inner = tokenize(sql)
    while _is_enclosed(inner):
        inner = inner[1:-1]
    return sql[inner[0].start : inner[-1].end] if inner else ""


def _is_enclosed(tokens: list[Token]) -> bool:
    if not tokens or tokens[0].nesting != 1:
        return False
    depth = 0
    for place, token in enumerate(tokens, start=1):
        depth += token.nesting
        if depth == 0:
            return place == len(tokens)
    return False


def _tokens(sql: str) -> Iterator[Token]:
    for match in _PATTERN.finditer(sql):
        kind = match.lastgroup
        if kind != "blank":
            yield Token(kind, match.group(), match.start(), match.end())  # type: ignore[arg-type]
