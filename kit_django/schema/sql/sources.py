"""What a query reads from."""

from __future__ import annotations

from collections.abc import Iterator

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.tokens import tokenize

Names = tuple[str, ...]
"""Names with dots between them, each as it is equal for all ways to write it."""

_BEFORE_A_NAME = ("ONLY", "LATERAL")
_ENDS_OF_A_LIST = ("SELECT", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "UNION")


def sources(sql: str, dialect: Dialect) -> Iterator[Names]:
    """What stands behind FROM and JOIN, on whatever level, and behind the commas there."""
    in_list, awaits = [False], False
    names = dict(_names_by_start(sql, dialect))
    for token in tokenize(sql, dialect):
        if token.nesting == 1:
            in_list.append(awaits)
        elif token.nesting == -1:
            awaits = False
            in_list = in_list[:-1] or [False]
        elif token.is_word("FROM", "JOIN", "STRAIGHT_JOIN"):
            awaits = in_list[-1] = True
        elif token.is_word(*_ENDS_OF_A_LIST):
            awaits = in_list[-1] = False
        elif token.is_symbol(","):
            awaits = in_list[-1]
        elif awaits and token.start in names and not token.is_word(*_BEFORE_A_NAME):
            awaits = False
            yield names[token.start]


def all_names(sql: str, dialect: Dialect) -> set[str]:
    """Whatever is a name in a text, or may be one."""
    return {name for names in dict(_names_by_start(sql, dialect)).values() for name in names}


def _names_by_start(sql: str, dialect: Dialect) -> Iterator[tuple[int, Names]]:
    chain: list[str] = []
    start, is_dotted = 0, False
    for token in tokenize(sql, dialect):
        if token.is_name:
            if chain and not is_dotted:
                yield start, tuple(chain)
            if not is_dotted:
                chain, start = [], token.start
            chain.append(dialect.folded(token.name, quoted=token.kind == "quoted"))
        is_dotted = bool(chain) and token.is_symbol(".")
        if chain and not token.is_name and not is_dotted:
            yield start, tuple(chain)
            chain = []
    if chain:
        yield start, tuple(chain)
