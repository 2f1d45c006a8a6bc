"""Which tables, views and sequences there are, with what is said of each as a whole."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Kind
from kit_django.schema.introspection.postgresql.options import storage_options
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.introspection.scope import Key, Scope, in_order

Options = tuple[tuple[str, str], ...]

_KINDS: dict[str, Kind] = {
    "r": "table",
    "p": "partitioned table",
    "f": "foreign table",
    "v": "view",
    "m": "materialized view",
}

# A schema is told by NULL where it is the current one. What an extension made is the extension's.
_FROM = """
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
"""
_NOT_OWNED_BY_EXTENSION = """
    NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
"""
_SELECT_KEYS = """
    SELECT nullif(n.nspname, current_schema())::text AS schema, c.relname::text AS name
"""
_SELECT_ALL = """
    SELECT c.oid::bigint AS oid,
        n.nspname::text AS namespace,
        nullif(n.nspname, current_schema())::text AS schema,
        c.relname::text AS name,
        c.relkind::text AS kind,
        c.relispartition AS is_partition,
        coalesce(obj_description(c.oid, 'pg_class'), '') AS comment,
        c.reloptions AS reloptions,
        c.relpersistence = 'u' AS unlogged,
        (
            SELECT am.amname::text FROM pg_catalog.pg_am am
            WHERE am.oid = c.relam AND am.amname <> 'heap'
        ) AS access_method,
        (
            SELECT ts.spcname::text FROM pg_catalog.pg_tablespace ts WHERE ts.oid = c.reltablespace
        ) AS tablespace,
        nullif(c.reloftype, 0)::regtype::text AS of_type,
        c.relrowsecurity AS row_security,
        c.relforcerowsecurity AS force_row_security,
        CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END AS partition_key,
        pg_get_expr(c.relpartbound, c.oid) AS partition_bound,
        ARRAY(
            SELECT i.inhparent::regclass::text FROM pg_catalog.pg_inherits i
            WHERE i.inhrelid = c.oid ORDER BY i.inhseqno
        ) AS parents,
        (
            SELECT fs.srvname::text FROM pg_catalog.pg_foreign_table ft
            JOIN pg_catalog.pg_foreign_server fs ON fs.oid = ft.ftserver
            WHERE ft.ftrelid = c.oid
        ) AS server,
        (
            SELECT ft.ftoptions FROM pg_catalog.pg_foreign_table ft WHERE ft.ftrelid = c.oid
        ) AS foreign_options,
        CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS query
"""


def read_relations(connection: BaseDatabaseWrapper, scope: Scope) -> list[Row]:
    where, params = _condition(scope)
    rows = fetch(connection, f"{_SELECT_ALL} {_FROM} WHERE {where}", params)
    if scope.tables is not None:
        rows = [row for row in rows if _is_named(row, scope.tables)]
    return sorted(rows, key=lambda row: in_order((row.schema, row.name)))


def read_keys(connection: BaseDatabaseWrapper, scope: Scope) -> list[Row]:
    where, params = _condition(scope)
    return fetch(connection, f"{_SELECT_KEYS} {_FROM} WHERE {where}", params)


def kind(relation: Row) -> Kind:
    return "partition" if relation.is_partition else _KINDS[relation.kind]


def table_options(relation: Row) -> Options:
    """What is said of the table as a whole and is not the server's default."""
    flags = {
        "unlogged": relation.unlogged,
        "row level security": relation.row_security,
        "force row level security": relation.force_row_security,
    }
    texts = {
        "access method": relation.access_method,
        "tablespace": relation.tablespace,
        "of type": relation.of_type,
        "partition key": relation.partition_key,
        "partition bound": relation.partition_bound,
        "server": relation.server,
    }
    parent = "partition of" if relation.is_partition else "inherits"
    return (
        *((name, "") for name, is_set in flags.items() if is_set),
        *((name, text) for name, text in texts.items() if text),
        *((parent, name) for name in relation.parents),
        *storage_options(relation.reloptions),
        *storage_options(relation.foreign_options),
    )


def _condition(scope: Scope) -> tuple[str, list[Any]]:
    if scope.tables is not None:
        return _named(scope)
    kinds = [*"rpf", *("vm" if scope.views else "")]
    where = f"""
        n.nspname = ANY(%s::text[] || ARRAY[current_schema()]::text[])
        AND c.relkind = ANY(%s::"char"[])
        AND (%s OR NOT c.relispartition)
        AND {_NOT_OWNED_BY_EXTENSION}
    """
    return where, [list(scope.schemas), kinds, scope.partitions]


def _named(scope: Scope) -> tuple[str, list[Any]]:
    """The type ``name`` lets the catalog's index be used; it cuts what is longer than names are."""
    where = """
        c.relkind IN ('r', 'p', 'f', 'v', 'm')
        AND c.relname = ANY(%s::name[])
        AND n.nspname = ANY(%s::name[] || current_schema())
    """
    keys = scope.tables or ()
    return where, [[name for _, name in keys], [schema for schema, _ in keys if schema is not None]]


def _is_named(row: Row, keys: tuple[Key, ...]) -> bool:
    return (row.schema, row.name) in keys or (row.namespace, row.name) in keys
