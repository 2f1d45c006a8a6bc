"""Django's schema editor, opened for one migration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kit_django.exceptions import OperationError
from kit_django.schema.dialects import dialect_of


@contextmanager
def open_editor(
    connection: BaseDatabaseWrapper, collect: list[str] | None = None
) -> Iterator[BaseDatabaseSchemaEditor]:
    """An editor in the caller's transaction; with ``collect`` it appends its SQL there.

    SQLite's own way in and out is left aside: it looks for violated foreign keys in the whole
    database each time, and leaves the connection with an open transaction when it finds one.
    """
    editor = connection.schema_editor(collect_sql=collect is not None, atomic=False)
    editor.deferred_sql = []
    if collect is not None:
        editor.collected_sql = collect
    elif dialect_of(connection).rebuilds_tables:
        _require_foreign_keys_off(connection)
    yield editor


def _require_foreign_keys_off(connection: BaseDatabaseWrapper) -> None:
    connection.ensure_connection()
    (enforced,) = connection.connection.execute("PRAGMA foreign_keys").fetchone()
    if enforced:
        raise OperationError(
            "SQLite's foreign keys are on, and a table that others point to cannot be rebuilt. "
            "Turn them off before the transaction begins: connection.disable_constraint_checking()."
        )
