"""PostgreSQL's own words for an array, so that it reads of them what it wrote them of.

It writes ``a IN ('x', 'y')`` of a varchar as ``(ARRAY['x'::character varying, …])::text[]``, and reads that
as an array whose elements are cast one by one: a table that is made of its own words has other ones, as
after pg_dump. With the type that the array has between the two it is the same tree again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.tokens import Token, tokenize

# Behind a cast an expression may go on, as with COLLATE or ||: that is no type.
_TYPE = re.compile(r'[\w."]+( varying| precision)?( ?\(\d+\))?')


def restorable(sql: str, dialect: Dialect) -> str:
    """A text of the database's, in words that it reads as it means them."""
    if not (dialect.reading.casts and "ARRAY[" in sql and "::" in sql):
        return sql
    written, end = "", 0
    for at, kind in _untold(sql, tokenize(sql, dialect)):
        written += f"{sql[end:at]}::{kind}[]"
        end = at
    return written + sql[end:]


def _untold(sql: str, tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Where an array's own type is to be said, and what it is."""
    opened: list[tuple[int, str]] = []
    for number, token in enumerate(tokens):
        if token.is_symbol("[", "("):
            opened.append((number, token.text))
        elif token.is_symbol("]", ")") and opened:
            first, bracket = opened.pop()
            is_array = bracket == "[" and first > 0 and tokens[first - 1].is_word("ARRAY")
            if is_array and _is_cast(tokens[number + 1 :]):
                kind = _cast_of_all(sql, tokens[first + 1 : number])
                if kind:
                    yield token.end, kind


def _is_cast(behind: Sequence[Token]) -> bool:
    """Whether a cast of the whole array follows, and is the only one: ``)::text[]``."""
    rest = behind[1:] if behind and behind[0].is_symbol(")") else behind
    is_cast = bool(rest) and rest[0].is_symbol("::")
    return is_cast and not _has_two(behind)


def _has_two(behind: Sequence[Token]) -> bool:
    """Whether the array's own type is said already: ``::character varying[])::text[]``."""
    pair = next((n for n, each in enumerate(behind) if each.is_symbol("]")), len(behind))
    after = [each for each in behind[pair + 1 : pair + 3] if not each.is_symbol(")")]
    return bool(after) and after[0].is_symbol("::")


def _cast_of_all(sql: str, elements: Sequence[Token]) -> str:
    """The type that every element is cast to, where that is said of each in the same words."""
    kinds, depth, cast_at = set(), 0, -1
    for number, token in enumerate(elements):
        depth += token.is_symbol("(", "[") - token.is_symbol(")", "]")
        if depth == 0 and token.is_symbol("::"):
            cast_at = number + 1
        if depth == 0 and token.is_symbol(","):
            kinds.add(_text(sql, elements[cast_at:number]) if cast_at >= 0 else "")
            cast_at = -1
    kinds.add(_text(sql, elements[cast_at:]) if cast_at >= 0 else "")
    kind = kinds.pop() if len(kinds) == 1 else ""
    return kind if _TYPE.fullmatch(kind) else ""


def _text(sql: str, tokens: Sequence[Token]) -> str:
    return sql[tokens[0].start : tokens[-1].end] if tokens else ""
