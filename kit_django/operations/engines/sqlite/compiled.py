"""What SQLite says of views and triggers when it compiles them.

SQLite keeps them as text, and finds out what they need when they are used. ``EXPLAIN`` has it
compile them without running anything, and its authorizer tells which tables that takes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects.sqlite import SQLITE

_OBJECTS = "SELECT type, name, tbl_name FROM sqlite_master WHERE type IN ('view', 'trigger')"
_COLUMNS = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0"


def broken(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Which views cannot be read, and which tables' triggers cannot be run, each with the reason."""
    found = {}
    for (kind, name), statement in _statements(connection):
        try:
            _compile(connection, statement)
        except sqlite3.DatabaseError as error:
            found[f"the {kind} {name!r}"] = str(error)
    return found


def users_of(connection: BaseDatabaseWrapper, table: str) -> list[tuple[str, str]]:
    """The views that read the table and the triggers that use it, as ``("view", name)``."""
    triggers = {name for kind, name, _ in _objects(connection) if kind == "trigger"}
    found: dict[tuple[str, str], None] = {}
    heard: list[str | None] = []

    def listen(_action: int, used: str | None, _2: object, _3: object, by: str | None) -> int:
        if used is not None and used.lower() == table.lower():
            heard.append(by)
        return sqlite3.SQLITE_OK

    connection.connection.set_authorizer(listen)
    try:
        for (kind, name), statement in _statements(connection):
            heard.clear()
            with suppress(sqlite3.DatabaseError):  # it was broken before, and uses nothing
                _compile(connection, statement)
            if kind == "view" and heard:
                found[kind, name] = None
            found |= {("trigger", by): None for by in heard if by in triggers}
    finally:
        connection.connection.set_authorizer(None)
    return list(found)


def readings(connection: BaseDatabaseWrapper, name: str, table: str | None) -> set[tuple[str, str]]:
    """The columns that a view takes, or the triggers of ``table``: pairs of names in small letters.

    What a statement on the table reads by itself is left out.
    """
    heard: set[tuple[str, str]] = set()

    def listen(action: int, used: str | None, column: str | None, _: object, by: str | None) -> int:
        if action == sqlite3.SQLITE_READ and used and column and (by or table is None):
            heard.add((used.lower(), column.lower()))
        return sqlite3.SQLITE_OK

    statements = [_reading(name)] if table is None else _writing(connection, table)
    connection.connection.set_authorizer(listen)
    try:
        for statement in statements:
            with suppress(sqlite3.DatabaseError):  # it is broken, and reads nothing
                _compile(connection, statement)
    finally:
        connection.connection.set_authorizer(None)
    return heard


def _statements(connection: BaseDatabaseWrapper) -> Iterator[tuple[tuple[str, str], str]]:
    """What compiles each view, and the triggers of each table."""
    objects = _objects(connection)
    for kind, name, _ in objects:
        if kind == "view":
            yield ("view", name), _reading(name)
    for table in sorted({table for kind, _, table in objects if kind == "trigger"}):
        for statement in _writing(connection, table):
            yield ("triggers of table", table), statement


def _reading(view: str) -> str:
    return f"SELECT * FROM {SQLITE.quote_name(view)}"


def _writing(connection: BaseDatabaseWrapper, table: str) -> Iterator[str]:
    quoted = SQLITE.quote_name(table)
    rows = connection.connection.execute(_COLUMNS, [table]).fetchall()
    columns = [SQLITE.quote_name(name) for (name,) in rows]
    yield f"INSERT INTO {quoted} DEFAULT VALUES"
    yield f"UPDATE {quoted} SET {', '.join(f'{column} = {column}' for column in columns)}"
    yield f"DELETE FROM {quoted}"


def _objects(connection: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    connection.ensure_connection()
    found: list[tuple[str, str, str]] = connection.connection.execute(_OBJECTS).fetchall()
    return sorted(found)


def _compile(connection: BaseDatabaseWrapper, statement: str) -> None:
    connection.connection.execute(f"EXPLAIN {statement}").close()
