"""Enums, domains and composite types."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects.postgresql import POSTGRESQL
from kit_django.schema.facts import Check, Composite, Domain, Enum
from kit_django.schema.introspection.postgresql.columns import column, read_columns
from kit_django.schema.introspection.rows import Row, fetch, group
from kit_django.schema.introspection.scope import in_order
from kit_django.schema.sql.parentheses import bare

# The types of the schemas, and those of other schemas that columns there are of.
_USED = """
    WITH RECURSIVE used(oid) AS (
        SELECT a.atttypid
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY(%s::text[] || ARRAY[current_schema()]::text[])
            AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid >= 16384
        UNION
        SELECT part.oid
        FROM used
        JOIN pg_catalog.pg_type t ON t.oid = used.oid
        CROSS JOIN LATERAL (
            SELECT t.typbasetype AS oid UNION ALL SELECT t.typelem UNION ALL
            SELECT a.atttypid FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = nullif(t.typrelid, 0) AND a.attnum > 0 AND NOT a.attisdropped
        ) part
        WHERE part.oid >= 16384
    )
"""
_WHERE = """
    (
        n.nspname = ANY(%s::text[] || ARRAY[current_schema()]::text[])
        OR t.oid IN (SELECT used.oid FROM used) AND n.nspname <> 'information_schema'
    )
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
    )
"""
_SQL = f"""
    {_USED}
    SELECT t.oid::bigint AS oid,
        t.typtype::text AS kind,
        nullif(n.nspname, current_schema())::text AS schema,
        t.typname::text AS name,
        format_type(t.oid, NULL) AS sql_name,
        ARRAY(
            SELECT e.enumlabel::text FROM pg_catalog.pg_enum e
            WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder
        ) AS labels,
        format_type(t.typbasetype, t.typtypmod) AS base,
        t.typnotnull AS not_null,
        t.typdefault AS default_sql,
        CASE WHEN t.typcollation <> b.typcollation THEN co.collname::text END AS collation,
        coalesce(obj_description(t.oid, 'pg_type'), '') AS comment,
        t.typrelid::bigint AS relation
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = t.typcollation
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE (t.typtype IN ('e', 'd') OR t.typtype = 'c' AND c.relkind = 'c') AND {_WHERE}
"""
_CHECKS = """
    SELECT contypid::bigint AS type, conname::text AS name, convalidated AS is_valid,
        pg_get_expr(conbin, 0) AS condition
    FROM pg_catalog.pg_constraint
    WHERE contypid = ANY(%s::oid[]) AND contype = 'c'
    ORDER BY contypid, conname
"""

Types = tuple[tuple[Enum, ...], tuple[Domain, ...], tuple[Composite, ...]]


def read_types(connection: BaseDatabaseWrapper, schemas: tuple[str, ...]) -> Types:
    """The schemas' own enums, domains and composite types."""
    found = fetch(connection, _SQL, [list(schemas), list(schemas)])
    found.sort(key=lambda row: in_order((row.schema, row.name)))
    kinds = group(found, lambda row: row.kind)
    return (
        tuple(Enum(row.name, tuple(row.labels), row.schema, row.sql_name) for row in kinds["e"]),
        _domains(connection, kinds["d"]),
        _composites(connection, kinds["c"]),
    )


def _domains(connection: BaseDatabaseWrapper, rows: list[Row]) -> tuple[Domain, ...]:
    if not rows:
        return ()
    found = fetch(connection, _CHECKS, [[row.oid for row in rows]])
    checks = group(found, lambda check: check.type)
    return tuple(
        Domain(
            name=row.name,
            type=row.base,
            null=not row.not_null,
            default=row.default_sql,
            checks=tuple(_check(each) for each in checks[row.oid]),
            schema=row.schema,
            sql_name=row.sql_name,
            collation=row.collation,
        )
        for row in rows
    )


def _check(row: Row) -> Check:
    options = () if row.is_valid else (("not valid", ""),)
    return Check(bare(row.condition, POSTGRESQL), name=row.name, options=options)


def _composites(connection: BaseDatabaseWrapper, rows: list[Row]) -> tuple[Composite, ...]:
    if not rows:
        return ()
    found = read_columns(connection, [row.relation for row in rows])
    columns = group(found, lambda each: each.relation)
    return tuple(
        Composite(row.name, tuple(map(column, columns[row.relation])), row.schema, row.sql_name)
        for row in rows
    )
