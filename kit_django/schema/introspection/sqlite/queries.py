"""The queries: SQLite's pragmas as functions, joined over the list of tables."""

from __future__ import annotations

import json

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.introspection.scope import Scope

# SQLite reads the list of its objects from end to end to find one, so that is done once, and the
# names that it gave are what the other queries start from.
_OBJECTS = r"""
    SELECT m.type, m.name, m.tbl_name AS "table", coalesce(m.sql, '') AS sql
    FROM sqlite_master m
    WHERE m.tbl_name NOT LIKE 'sqlite\_%%' ESCAPE '\'
"""
_IS_ON_LISTED = "m.tbl_name COLLATE NOCASE IN (SELECT value FROM json_each(%s))"
_SHADOWS = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'"
_COLUMNS = """
    SELECT m.value AS "table", x.name, x.type, x."notnull" AS not_null,
        x.dflt_value AS default_sql, x.pk AS place_in_key, x.hidden
    FROM json_each(%s) m JOIN pragma_table_xinfo(m.value, 'main') x
"""
_INDEX_PARTS = """
    SELECT m.value AS "table", l.name AS "index", l."unique" AS is_unique, l.origin,
        x.name AS "column", x."desc" AS descending, x.coll AS collation
    FROM json_each(%s) m
    JOIN pragma_index_list(m.value, 'main') l
    JOIN pragma_index_xinfo(l.name, 'main') x
    WHERE x.key
"""
_FOREIGN_KEYS = """
    SELECT m.value AS "table", f.id, f.seq, f."from" AS "column", f.on_update, f.on_delete,
        f."table" AS to_table, f."to" AS to_column
    FROM json_each(%s) m JOIN pragma_foreign_key_list(m.value, 'main') f
"""
_IS_ORDINARY = "m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL TABLE%%'"
_PARENT_COLUMNS = f"""
    SELECT m.name AS "table", x.name, x.pk AS place_in_key
    FROM sqlite_master m JOIN pragma_table_xinfo(m.name, 'main') x
    WHERE {_IS_ORDINARY} AND m.name COLLATE NOCASE IN (SELECT value FROM json_each(%s))
"""
_REFERENCING = f"""
    SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name, 'main') f
    WHERE {_IS_ORDINARY} AND f."table" = %s COLLATE NOCASE
"""


def read_objects(connection: BaseDatabaseWrapper, scope: Scope) -> list[Row]:
    """The rows of sqlite_master: tables, views, and the indexes and triggers on them."""
    if scope.tables is None:
        return fetch(connection, _OBJECTS)
    names = [name for schema, name in scope.tables if schema is None]
    return fetch(connection, f"{_OBJECTS} AND {_IS_ON_LISTED}", [json.dumps(names)])


def has_columns(connection: BaseDatabaseWrapper, name: str) -> bool:
    """Whether there is a table or view of that name, without a look at all that there are."""
    try:
        return bool(
            fetch(
                connection, "SELECT 1 AS found FROM pragma_table_xinfo(%s, 'main') LIMIT 1", [name]
            )
        )
    except DatabaseError:  # of a view that is broken
        return True


def read_shadows(connection: BaseDatabaseWrapper) -> set[str]:
    """The tables that a virtual table keeps its data in; SQLite tells them from 3.37 on."""
    if connection.Database.sqlite_version_info < (3, 37):  # type: ignore[attr-defined]
        return set()
    return {row.name for row in fetch(connection, _SHADOWS)}


def read_columns(connection: BaseDatabaseWrapper, names: list[str]) -> list[Row]:
    return fetch(connection, _COLUMNS, [json.dumps(names)])


def read_fragile_columns(connection: BaseDatabaseWrapper, names: list[str]) -> list[Row]:
    """The columns of views and virtual tables; one that is broken has none.

    A pragma that meets a broken view, or a virtual table whose module is not loaded, fails as a
    whole; only then is each asked for on its own.
    """
    try:
        return read_columns(connection, names)
    except DatabaseError:
        if len(names) == 1:
            return []
        return [row for name in names for row in read_fragile_columns(connection, [name])]


def read_index_parts(connection: BaseDatabaseWrapper, names: list[str]) -> list[Row]:
    return fetch(connection, _INDEX_PARTS, [json.dumps(names)])


def read_foreign_keys(connection: BaseDatabaseWrapper, names: list[str]) -> list[Row]:
    return fetch(connection, _FOREIGN_KEYS, [json.dumps(names)])


def read_parent_columns(connection: BaseDatabaseWrapper, foreign_keys: list[Row]) -> list[Row]:
    """The columns of the tables that the foreign keys point to, where those exist."""
    names = sorted({row.to_table for row in foreign_keys})
    return fetch(connection, _PARENT_COLUMNS, [json.dumps(names)]) if names else []


def read_referencing(connection: BaseDatabaseWrapper, name: str) -> list[str]:
    return [row.name for row in fetch(connection, _REFERENCING, [name])]
