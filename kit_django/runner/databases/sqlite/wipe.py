"""Dropping all that a database of SQLite holds."""

from __future__ import annotations

import sqlite3

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.runner.databases.wiping import Run, drop, rows
from kit_django.schema.keys import Key

OWN = r"type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'"
SHADOWS = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'"


def tables(connection: BaseDatabaseWrapper) -> list[Key]:
    """Those that go with a virtual table are a part of it."""
    has_list = sqlite3.sqlite_version_info >= (3, 37)
    shadows = {name for (name,) in rows(connection, SHADOWS)} if has_list else set()
    found = rows(connection, f"SELECT name FROM sqlite_master WHERE {OWN} ORDER BY name")
    return [(None, name) for (name,) in found if name not in shadows]


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
