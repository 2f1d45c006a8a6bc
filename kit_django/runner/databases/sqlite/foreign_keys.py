"""SQLite's foreign keys, looked at once a migration is done, as they are off while it runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import DatabaseError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import MigrationFailed
from kit_django.schema.dialects import dialect_of

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema

Violation = tuple[str, int | None, str, int]
"""Table, rowid, the table that it points to, the number of the foreign key."""


def check_foreign_keys(schema: Schema, connection: BaseDatabaseWrapper) -> None:
    """Raises MigrationFailed where the migration left rows that point to nothing."""
    found = _violations(connection, _tables_to_check(schema))
    if found:
        found -= _violations_before(connection)
    if found:
        table, rowid, parent, _ = min(found, key=str)
        raise MigrationFailed(
            f"it leaves {len(found)} row(s) that point to nothing, such as the one with rowid "
            f"{rowid} of table {table!r}, which points to {parent!r}"
        )


def _tables_to_check(schema: Schema) -> Iterable[str | None]:
    """The tables that were touched; None, for all, where rows anywhere may have been."""
    from kit_django.operations.run_sql import RunSQL

    changes_rows = any(isinstance(operation, RunSQL) for operation in schema.operations)
    return [None] if changes_rows or schema.reads_data else schema.touched


def _violations(connection: BaseDatabaseWrapper, tables: Iterable[str | None]) -> set[Violation]:
    found: set[Violation] = set()
    with connection.cursor() as cursor:
        for table in tables:
            of_table = f"({dialect_of(connection).quote_name(table)})" if table else ""
            try:
                cursor.execute(f"PRAGMA foreign_key_check{of_table}", None)
            except OperationalError as error:
                if not str(error).startswith("no such table"):
                    raise
                continue  # it was dropped, or renamed
            found.update(cursor.fetchall())
    return found


def _violations_before(connection: BaseDatabaseWrapper) -> set[Violation]:
    # What was wrong before is not the migration's fault. Another connection still sees it so.
    other = connection.copy()
    try:
        return _violations(other, [None])
    except DatabaseError:  # a database in memory, or one that is locked for readers too
        return set()
    finally:
        other.close()
