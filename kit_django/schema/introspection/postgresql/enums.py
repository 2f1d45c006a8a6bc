"""One enum type at a time, and what uses it."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Enum
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.introspection.scope import Key

_TYPE = """
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'e' AND t.typname = %s AND n.nspname = coalesce(%s, current_schema())
"""
_LABELS = f"""
    SELECT format_type(t.oid, NULL) AS sql_name, ARRAY(
        SELECT e.enumlabel::text FROM pg_catalog.pg_enum e
        WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder
    ) AS labels
    {_TYPE}
"""
_COLUMNS = f"""
    SELECT nullif(cn.nspname, current_schema())::text AS schema, c.relname::text AS table,
        a.attname::text AS column, a.atttypid = y.typarray AS is_array
    FROM (SELECT t.oid, t.typarray {_TYPE}) y
    JOIN pg_catalog.pg_attribute a ON a.atttypid IN (y.oid, y.typarray)
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f') AND NOT a.attisdropped AND a.attinhcount = 0
    ORDER BY 1 NULLS FIRST, 2, a.attnum
"""
# An array type depends on its elements' type, and has its own users.
_USES = f"""
    SELECT 1 AS found FROM (SELECT t.oid, t.typarray {_TYPE}) y
    JOIN pg_catalog.pg_depend d ON d.refobjid IN (y.oid, y.typarray)
    WHERE d.refclassid = 'pg_catalog.pg_type'::regclass
        AND NOT (d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = y.typarray)
    LIMIT 1
"""


def read_enum(connection: BaseDatabaseWrapper, key: Key) -> Enum | None:
    schema, name = key
    found = fetch(connection, _LABELS, [name, schema])
    return Enum(name, tuple(found[0].labels), schema, found[0].sql_name) if found else None


def columns_of_enum(connection: BaseDatabaseWrapper, key: Key) -> list[Row]:
    """The columns that hold one of its labels, or an array of them, each where it is defined."""
    schema, name = key
    return fetch(connection, _COLUMNS, [name, schema])


def is_used(connection: BaseDatabaseWrapper, key: Key) -> bool:
    schema, name = key
    return bool(fetch(connection, _USES, [name, schema]))
