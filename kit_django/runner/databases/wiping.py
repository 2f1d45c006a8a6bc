"""What the wipes of all databases share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import dialect_of
from kit_django.schema.keys import Key

Run = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class WipeOptions:
    """``types``: types and sequences of their own too; ``cascade``: what depends on it elsewhere;
    ``made``: what migrations make besides tables, by keyword and key."""

    types: bool = False
    cascade: bool = False
    made: tuple[tuple[str, Key], ...] = ()

    def drops(self, keyword: str, name: str) -> bool:
        """Whether a type or a sequence goes along."""
        return self.types or name in self.names(keyword)

    def names(self, *keywords: str) -> list[str]:
        """What migrations make of that kind in the connection's own schema."""
        return [name for keyword, (schema, name) in self.made if keyword in keywords and not schema]


def drop(
    run: Run,
    connection: BaseDatabaseWrapper,
    kind: str,
    names: Sequence[str],
    tail: str = "",
) -> None:
    if names:
        listed = ", ".join(dialect_of(connection).quote_name(name) for name in names)
        run(f"DROP {kind} IF EXISTS {listed}{tail}")


def runner(connection: BaseDatabaseWrapper) -> Run:
    def run(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, None)

    return run


def rows(connection: BaseDatabaseWrapper, sql: str) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, None)
        return list(cursor.fetchall())
