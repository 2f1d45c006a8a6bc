"""Dropping all that a database of MariaDB or MySQL holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.conf import get_settings
from kit_django.exceptions import Prohibited
from kit_django.runner.databases.wiping import Run, WipeOptions, drop, rows
from kit_django.schema.keys import Key

ROUTINES = ("FUNCTION", "PROCEDURE", "PACKAGE", "EVENT")


def tables(connection: BaseDatabaseWrapper) -> list[Key]:
    found = rows(
        connection,
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        " AND table_type NOT IN ('VIEW', 'SEQUENCE') ORDER BY table_name",
    )
    return [(None, name) for (name,) in found]


def wipe(run: Run, connection: BaseDatabaseWrapper, options: WipeOptions) -> None:
    if not options.cascade:
        _refuse_foreign_keys_from_elsewhere(connection)
    found = rows(
        connection,
        "SELECT table_type, table_name FROM information_schema.tables"
        " WHERE table_schema = DATABASE()",
    )
    views = [name for kind, name in found if kind == "VIEW"]
    sequences = [name for kind, name in found if kind == "SEQUENCE"]
    tables = [name for kind, name in found if kind not in ("VIEW", "SEQUENCE")]
    history = get_settings().history_table
    with _foreign_keys_unchecked(run, connection):
        # Each statement commits: what stops between them is not to be told of as applied.
        drop(run, connection, "TABLE", [name for name in tables if name == history])
        drop(run, connection, "VIEW", views)
        drop(run, connection, "TABLE", [name for name in tables if name != history])
        gone = [name for name in sequences if options.drops("SEQUENCE", name)]
        drop(run, connection, "SEQUENCE", gone)
    for kind in ROUTINES:
        for name in options.names(kind):
            drop(run, connection, kind, [name])


def _refuse_foreign_keys_from_elsewhere(connection: BaseDatabaseWrapper) -> None:
    found = rows(
        connection,
        "SELECT constraint_schema, table_name, constraint_name"
        " FROM information_schema.referential_constraints"
        " WHERE unique_constraint_schema = DATABASE() AND constraint_schema <> DATABASE()",
    )
    if found:
        schema, table, name = found[0]
        raise Prohibited(
            f"Foreign key {name!r} of table {table!r} in database {schema!r} points to what would "
            f"be dropped. Nothing was dropped. Say --cascade to drop it all the same."
        )


@contextmanager
def _foreign_keys_unchecked(run: Run, connection: BaseDatabaseWrapper) -> Iterator[None]:
    ((checks,),) = rows(connection, "SELECT @@foreign_key_checks")
    run("SET foreign_key_checks = 0")
    try:
        yield
    finally:
        run(f"SET foreign_key_checks = {checks:d}")
