"""Which tables and views there are, with what is said of each as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Kind
from kit_django.schema.introspection.mysql.server import Server, condition
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.introspection.scope import Scope
from kit_django.schema.sql.options import read_options

Options = tuple[tuple[str, str], ...]

_TABLES = """
    SELECT table_schema AS db, table_name AS name, table_type AS type, engine,
        table_collation AS collation, coalesce(create_options, '') AS create_options,
        table_comment AS comment
    FROM information_schema.tables WHERE {}
"""
_KEYS = """
    SELECT CASE WHEN table_schema = DATABASE() THEN NULL ELSE table_schema END AS db,
        table_name AS name
    FROM information_schema.tables WHERE table_schema IN ({}) AND table_type IN ({})
"""
_VIEWS = """
    SELECT table_schema AS db, table_name AS name, view_definition AS query
    FROM information_schema.views WHERE {}
"""
_PARTITIONS = """
    SELECT table_schema AS db, table_name AS name, partition_name, partition_method AS method,
        partition_expression AS expression, partition_description AS description,
        subpartition_method, subpartition_expression, subpartition_ordinal_position AS subpartition
    FROM information_schema.partitions WHERE ({}) AND partition_name IS NOT NULL
    ORDER BY partition_ordinal_position, subpartition_ordinal_position
"""
_TABLE_TYPES = ("BASE TABLE", "SYSTEM VERSIONED")
_VIEW_TYPE = "VIEW"


def read_tables(connection: BaseDatabaseWrapper, server: Server, scope: Scope) -> list[Row]:
    where, params = condition(server, scope, "table_schema", "table_name")
    is_asked_for = server.selects(scope)
    has_views = scope.views or scope.tables is not None
    types = (*_TABLE_TYPES, _VIEW_TYPE) if has_views else _TABLE_TYPES
    return [
        row
        for row in fetch(connection, _TABLES.format(where), params)
        if row.type in types and is_asked_for(row.db, row.name)
    ]


def read_keys(connection: BaseDatabaseWrapper, scope: Scope) -> list[Row]:
    types = (*_TABLE_TYPES, _VIEW_TYPE) if scope.views else _TABLE_TYPES
    databases = ", ".join(["DATABASE()", *["%s"] * len(scope.schemas)])
    sql = _KEYS.format(databases, ", ".join(["%s"] * len(types)))
    return fetch(connection, sql, [*scope.schemas, *types])


def read_queries(
    connection: BaseDatabaseWrapper, server: Server, scope: Scope, tables: Iterable[Row]
) -> dict[Any, str]:
    """The queries of the views among the tables, by (database, name)."""
    if not any(is_view(row) for row in tables):
        return {}
    where, params = condition(server, scope, "table_schema", "table_name")
    return {
        (row.db, row.name): row.query for row in fetch(connection, _VIEWS.format(where), params)
    }


def read_partitions(
    connection: BaseDatabaseWrapper, server: Server, scope: Scope, tables: Iterable[Row]
) -> list[Row]:
    if not any(is_partitioned(row) for row in tables):
        return []
    where, params = condition(server, scope, "table_schema", "table_name")
    return fetch(connection, _PARTITIONS.format(where), params)


def is_view(table: Row) -> bool:
    return bool(table.type == _VIEW_TYPE)


def is_partitioned(table: Row) -> bool:
    return "partitioned" in table.create_options.split()


def kind(table: Row) -> Kind:
    if is_view(table):
        return "view"
    return "partitioned table" if is_partitioned(table) else "table"


def table_options(table: Row, server: Server, partitions: list[Row]) -> Options:
    """The engine, and what is not the database's own default."""
    if is_view(table):
        return ()
    is_versioned = table.type == "SYSTEM VERSIONED"
    has_own_collation = table.collation != server.collations.get(table.db)
    return (
        *((("engine", table.engine),) if table.engine else ()),
        *((("collation", table.collation),) if has_own_collation else ()),
        *((("system versioning", ""),) if is_versioned else ()),
        *_create_options(table.create_options, server),
        *_partition_options(partitions),
    )


def _create_options(text: str, server: Server) -> Options:
    found = read_options(text, server.dialect)
    return tuple(sorted(each for each in found if each != ("partitioned", "")))


def _partition_options(partitions: list[Row]) -> Options:
    if not partitions:
        return ()
    first = partitions[0]
    by = [("partition key", f"{first.method} ({first.expression or ''})")]
    if first.subpartition_method:
        expression = first.subpartition_expression or ""
        by.append(("subpartition key", f"{first.subpartition_method} ({expression})"))
    each = dict.fromkeys((row.partition_name, row.description or "") for row in partitions)
    return (*by, *((f"partition {name}", description) for name, description in each))
