"""Long statements on several lines: the same tokens, for people and for what merges texts."""

from __future__ import annotations

from collections.abc import Iterator

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.tokens import tokenize

SHORT = 70


def folded(statement: str, dialect: Dialect) -> str:
    """A CREATE TABLE with a line for each of its columns and constraints."""
    if len(statement) <= SHORT or "\n" in statement:
        return statement
    places = list(_breaks(statement, dialect))
    if not places:
        return statement
    lines, start = [], 0
    for place, _ in places:
        lines.append(statement[start:place].strip())
        start = place
    first, *rest = [*lines, statement[start:].strip()]
    closing = places[-1][1]
    inner = [f"    {line}" for line in rest[:-1]] if closing else [f"    {line}" for line in rest]
    return "\n".join([first, *inner, *(rest[-1:] if closing else [])])


def _breaks(statement: str, dialect: Dialect) -> Iterator[tuple[int, bool]]:
    """Where the lines begin, and whether one is that of the closing parenthesis."""
    depth = 0
    for token in tokenize(statement, dialect):
        depth += token.nesting
        if (token.nesting > 0 and depth == 1) or (token.is_symbol(",") and depth == 1):
            yield token.end, False
        elif token.nesting < 0 and depth == 0:
            yield token.start, True
            return
