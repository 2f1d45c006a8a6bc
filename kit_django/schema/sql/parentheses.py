"""What encloses an expression, and expressions so plain that nothing has to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.tokens import Token, tokenize

_VALUES = ("NULL", "TRUE", "FALSE")
_MOMENTS = (
    *("CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"),
    *("LOCALTIMESTAMP", "LOCALTIME"),
)


@lru_cache(maxsize=1024)
def bare(sql: str, dialect: Dialect) -> str:
    """The expression without the parentheses, blanks and comments around all of it.

    A comment at its end would swallow whatever is written behind it.
    """
    inner = unwrapped(tokenize(sql, dialect))
    return sql[inner[0].start : inner[-1].end] if inner else ""


def unwrapped(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens without the pairs of parentheses around all of them."""
    levels = _enclosing(tokens)
    return tokens[levels : len(tokens) - levels]


@lru_cache(maxsize=1024)
def is_wrapped(sql: str, dialect: Dialect) -> bool:
    """Whether one pair of parentheses holds the whole text."""
    return _enclosing(tokenize(sql, dialect)) > 0


def is_literal(sql: str, dialect: Dialect) -> bool:
    """Whether it is a number, a string, or a word such as NULL and CURRENT_TIMESTAMP."""
    tokens = tokenize(sql, dialect)
    if tokens and tokens[0].is_symbol("-", "+"):
        return len(tokens) == 2 and tokens[1].kind == "number"
    if len(tokens) == 1 and tokens[0].kind in ("number", "string"):
        return True
    return (len(tokens) == 1 and tokens[0].is_word(*_VALUES)) or is_moment(sql, dialect)


def is_moment(sql: str, dialect: Dialect) -> bool:
    """Whether it is CURRENT_TIMESTAMP or the like, with a precision or without."""
    tokens = tokenize(sql, dialect)
    if not tokens or not tokens[0].is_word(*_MOMENTS):
        return False
    kinds = [token.kind if token.kind == "number" else token.text for token in tokens[1:]]
    return kinds in ([], ["(", ")"], ["(", "number", ")"])


def _enclosing(tokens: Sequence[Token]) -> int:
    """How many pairs of parentheses hold all of the tokens."""
    if not tokens or tokens[0].nesting != 1:
        return 0
    levels, last = 0, len(tokens) - 1
    closing = _closing(tokens)
    while closing.get(levels) == last - levels:
        levels += 1
    return levels


def _closing(tokens: Sequence[Token]) -> dict[int, int]:
    """By the place of each parenthesis, that of the one that closes it; of none in broken SQL."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.nesting > 0:
            opened.append(place)
        elif token.kind == "unreadable" or (token.nesting < 0 and not opened):
            return {}
        elif token.nesting < 0:
            found[opened.pop()] = place
    return {} if opened else found
