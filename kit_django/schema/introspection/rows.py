"""One query, its rows by column name, and grouping them by what they belong to."""

from __future__ import annotations

from collections import defaultdict, namedtuple
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper

K = TypeVar("K", bound=Hashable)
Row = Any
"""A named tuple whose fields are the names in the query's SELECT."""


def fetch(connection: BaseDatabaseWrapper, sql: str, params: Sequence[Any] = ()) -> list[Row]:
    """The rows of one query; ``%s`` are bound."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        make = _row_class(tuple(column[0] for column in cursor.description))
        return [make(*values) for values in cursor.fetchall()]


def group(rows: Iterable[Row], key: Callable[[Row], K]) -> dict[K, list[Row]]:
    """The rows by ``key``, their order kept; a key that no row has gives an empty list."""
    groups: dict[K, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


@cache
def _row_class(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names)
