"""Dropping all that a database of SQLite holds."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.runner.databases.wiping import Run, drop, rows


def wipe(run: Run, connection: BaseDatabaseWrapper) -> None:
    virtual = "sql LIKE 'CREATE VIRTUAL%'"
    # A virtual table takes its shadow tables along; what is left is looked up after it is gone.
    for kind, condition in (("view", "1"), ("table", virtual), ("table", "1")):
        found = rows(
            connection,
            f"SELECT name FROM sqlite_master WHERE type = '{kind}' AND {condition}"
            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        )
        for (name,) in found:
            drop(run, connection, kind.upper(), [name])
