"""The queries: SQLite's pragmas as functions, joined over the list of tables."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.introspection.scope import Scope

# A pragma that meets a broken view, or a virtual table whose module is not loaded, fails as a
# whole; so these are kept apart from the tables.
_IS_VIRTUAL = "m.sql LIKE 'CREATE VIRTUAL TABLE%%'"
_IS_ORDINARY = f"m.type = 'table' AND NOT {_IS_VIRTUAL}"
_IS_LISTED = "m.name COLLATE NOCASE IN (SELECT value FROM json_each(%s))"

_OBJECTS = r"""
    SELECT m.type, m.name, m.tbl_name AS "table", coalesce(m.sql, '') AS sql
    FROM sqlite_master m
    WHERE m.tbl_name NOT LIKE 'sqlite\_%%' ESCAPE '\'
"""
_SHADOWS = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'"
_COLUMNS = """
    SELECT m.name AS "table", x.name, x.type, x."notnull" AS not_null, x.dflt_value AS default_sql,
        x.pk AS place_in_key, x.hidden
    FROM sqlite_master m JOIN pragma_table_xinfo(m.name, 'main') x
"""
_INDEX_PARTS = f"""
    SELECT m.name AS "table", l.name AS "index", l."unique" AS is_unique, l.origin,
        x.name AS "column", x."desc" AS descending, x.coll AS collation
    FROM sqlite_master m
    JOIN pragma_index_list(m.name, 'main') l
    JOIN pragma_index_xinfo(l.name, 'main') x
    WHERE x.key AND {_IS_ORDINARY}
"""
# The other table's own spelling of its names, and its primary key where none are written.
_FOREIGN_KEYS = f"""
    WITH parent AS MATERIALIZED (
        SELECT m.name, lower(m.name) AS folded FROM sqlite_master m WHERE {_IS_ORDINARY}
    )
    SELECT m.name AS "table", f.id, f."from" AS "column", f.on_update, f.on_delete,
        coalesce(parent.name, f."table") AS to_table,
        coalesce((
            SELECT x.name FROM pragma_table_xinfo(parent.name, 'main') x
            WHERE CASE WHEN f."to" IS NULL THEN x.pk = f.seq + 1
                ELSE x.name = f."to" COLLATE NOCASE END
        ), f."to") AS to_column
    FROM sqlite_master m
    JOIN pragma_foreign_key_list(m.name, 'main') f
    LEFT JOIN parent ON parent.folded = lower(f."table")
    WHERE {_IS_ORDINARY}
"""
_REFERENCING = f"""
    SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name, 'main') f
    WHERE {_IS_ORDINARY} AND f."table" = %s COLLATE NOCASE
"""


def read_objects(connection: BaseDatabaseWrapper, scope: Scope) -> list[Row]:
    """The rows of sqlite_master: tables, views, and the indexes and triggers on them."""
    if scope.tables is None:
        return fetch(connection, _OBJECTS)
    is_on_listed = _IS_LISTED.replace("m.name", "m.tbl_name")
    return fetch(connection, f"{_OBJECTS} AND {is_on_listed}", [_listed(scope)])


def read_shadows(connection: BaseDatabaseWrapper) -> set[str]:
    """The tables that a virtual table keeps its data in; SQLite tells them from 3.37 on."""
    if connection.Database.sqlite_version_info < (3, 37):  # type: ignore[attr-defined]
        return set()
    return {row.name for row in fetch(connection, _SHADOWS)}


def read_columns(connection: BaseDatabaseWrapper, scope: Scope) -> list[Row]:
    return _read(connection, f"{_COLUMNS} WHERE {_IS_ORDINARY}", scope)


def read_fragile_columns(connection: BaseDatabaseWrapper, names: list[str]) -> list[Row]:
    """The columns of views and virtual tables; one that is broken has none."""
    try:
        return fetch(connection, f"{_COLUMNS} WHERE {_IS_LISTED}", [json.dumps(names)])
    except DatabaseError:
        if len(names) == 1:
            return []
        return [row for name in names for row in read_fragile_columns(connection, [name])]


def read_index_parts(connection: BaseDatabaseWrapper, scope: Scope) -> list[Row]:
    return _read(connection, _INDEX_PARTS, scope)


def read_foreign_keys(connection: BaseDatabaseWrapper, scope: Scope) -> list[Row]:
    return _read(connection, _FOREIGN_KEYS, scope)


def read_referencing(connection: BaseDatabaseWrapper, name: str) -> Iterable[str]:
    return (row.name for row in fetch(connection, _REFERENCING, [name]))


def _read(connection: BaseDatabaseWrapper, sql: str, scope: Scope) -> list[Row]:
    params: list[Any] = []
    if scope.tables is not None:
        sql += f" AND {_IS_LISTED}"
        params.append(_listed(scope))
    return fetch(connection, sql, params)


def _listed(scope: Scope) -> str:
    return json.dumps([name for schema, name in scope.tables or () if schema is None])
