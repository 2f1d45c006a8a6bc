"""Names in double quotes, which SQLite takes for texts where no column has that name.

A view with ``"a"`` reads the column ``a``; once that is gone it reads the text ``'a'``, and SQLite finds
nothing wrong with it. Nor does it where a text becomes a column. So what such names are read as is
asked before a change and behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import OperationError
from kit_django.operations.engines.sqlite.compiled import readings
from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.sql.tokens import tokenize

_TEXTS = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('view', 'trigger')"

Reading = tuple[str, str, str]
"""The kind and the name of what reads a column, and the column."""


@contextmanager
def same_readings(
    connection: BaseDatabaseWrapper, table: str, columns: Collection[str]
) -> Iterator[None]:
    """Raises OperationError where a name in double quotes is read as something else from now on.

    ``columns`` are those that come or go within the block.
    """
    before = _quoted_readings(connection, table, columns)
    yield
    for kind, name, column in sorted(before ^ _quoted_readings(connection, table, columns)):
        now = "a text" if (kind, name, column) in before else "a column"
        raise OperationError(
            f'The {kind} {name!r} has "{column}" in double quotes, which SQLite would read as {now} '
            f"from now on. Drop or replace it first."
        )


def _quoted_readings(
    connection: BaseDatabaseWrapper, table: str, columns: Collection[str]
) -> set[Reading]:
    """Which views and triggers read one of the columns, and have its name in double quotes."""
    found = set()
    for kind, name, on, sql in connection.connection.execute(_TEXTS).fetchall():
        if quoted := set(_quoted(sql)).intersection(map(SQLITE.folded, columns)):
            read = readings(connection, name, on if kind == "trigger" else None)
            found |= {
                (kind, name, column)
                for column in columns
                if SQLITE.folded(column) in quoted and (table.lower(), column.lower()) in read
            }
    return found


def _quoted(sql: str) -> Iterator[str]:
    for token in tokenize(sql, SQLITE):
        if token.kind == "quoted" and token.text[0] == '"':
            yield SQLITE.folded(token.name, quoted=True)
