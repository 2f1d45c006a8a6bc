"""Tables, views, sequences and indexes share one room of names in each schema."""

from __future__ import annotations

from collections.abc import Collection

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.introspection.names import Holder
from kit_django.schema.introspection.rows import fetch

_ARE_TAKEN = """
    SELECT 1 AS taken FROM pg_catalog.pg_class
    WHERE relname = ANY (%s::name[]) AND relnamespace = (
        SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = coalesce(%s::name, current_schema())
    )
    LIMIT 1
"""
"""To plan the whole question takes longer than all else of it, and mostly the answer is no."""
_HOLDERS = """
    SELECT c.relname::text AS name, t.relname::text AS tbl, CASE c.relkind WHEN 'i' THEN 'index'
        WHEN 'I' THEN 'index' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
        WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' ELSE 'table' END AS kind
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
    LEFT JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
    WHERE c.relname = ANY (%s::name[]) AND n.nspname = coalesce(%s::name, current_schema())
    ORDER BY 1
"""


def holders(
    connection: BaseDatabaseWrapper, schema: str | None, names: Collection[str]
) -> list[Holder]:
    asked = [list(names), schema]
    rows = fetch(connection, _HOLDERS, asked) if fetch(connection, _ARE_TAKEN, asked) else []
    return [Holder(row.name, row.kind, (schema, row.tbl) if row.tbl else None) for row in rows]
