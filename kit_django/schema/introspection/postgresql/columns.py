"""Columns, and how they number their rows."""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Column, Generated, Identity
from kit_django.schema.introspection.expressions import without_parentheses
from kit_django.schema.introspection.postgresql.options import storage_options
from kit_django.schema.introspection.postgresql.sequences import sequence_options
from kit_django.schema.introspection.rows import Row, fetch

# The sequence is the one that the column owns and that its default takes from: an identity's
# hangs on the column by an internal dependency, a serial's default depends on it as well.
_SQL = """
    SELECT a.attrelid::bigint AS relation,
        a.attname::text AS name,
        format_type(a.atttypid, a.atttypmod) AS type,
        NOT a.attnotnull AS nullable,
        pg_get_expr(ad.adbin, ad.adrelid) AS default_sql,
        a.attidentity::text AS identity,
        a.attgenerated::text AS generated,
        CASE WHEN a.attcollation <> t.typcollation THEN co.collname::text END AS collation,
        CASE WHEN a.attcollation <> t.typcollation AND NOT pg_collation_is_visible(co.oid)
            THEN con.nspname::text END AS collation_schema,
        coalesce(col_description(a.attrelid, a.attnum), '') AS comment,
        CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END AS storage,
        nullif({compression}, '') AS compression,
        nullif({statistics}, -1)::text AS statistics,
        a.attinhcount > 0 AND NOT a.attislocal AS inherited,
        a.attoptions AS options,
        a.attfdwoptions AS foreign_options,
        seq.relname::text AS sequence,
        nullif(seqn.nspname, n.nspname)::text AS sequence_schema,
        format_type(s.seqtypid, NULL) AS sequence_type,
        s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS min, s.seqmax AS max,
        s.seqcache AS cache, s.seqcycle AS cycle
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
    LEFT JOIN pg_catalog.pg_namespace con ON con.oid = co.collnamespace
    LEFT JOIN LATERAL (
        SELECT d.objid FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass
            AND d.refclassid = 'pg_catalog.pg_class'::regclass
            AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
            AND (d.deptype = 'i' AND a.attidentity <> ''
                OR d.deptype = 'a' AND EXISTS (
                    SELECT FROM pg_catalog.pg_depend used
                    WHERE used.classid = 'pg_catalog.pg_attrdef'::regclass AND used.objid = ad.oid
                        AND used.refclassid = 'pg_catalog.pg_class'::regclass
                        AND used.refobjid = d.objid
                ))
    ) owned ON true
    LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid = owned.objid
    LEFT JOIN pg_catalog.pg_class seq ON seq.oid = s.seqrelid
    LEFT JOIN pg_catalog.pg_namespace seqn ON seqn.oid = seq.relnamespace
    WHERE a.attrelid = ANY(%s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum
"""
_NEXTVAL = re.compile(r"nextval\('.*'::regclass\)", re.DOTALL)
_STORAGE = {"p": "PLAIN", "e": "EXTERNAL", "m": "MAIN", "x": "EXTENDED"}
# Servers have been seen to keep marks of their own beside these, new with each change of a table.
_SETTABLE = ("n_distinct", "n_distinct_inherited")
_COMPRESSION = {"p": "pglz", "l": "lz4"}


def read_columns(connection: BaseDatabaseWrapper, relations: list[int]) -> list[Row]:
    """The rows of the columns in their tables' order; ``column`` makes a fact of one."""
    version: int = connection.pg_version  # type: ignore[attr-defined]
    sql = _SQL.format(
        compression="a.attcompression::text" if version >= 140000 else "''",
        # PostgreSQL 17 says NULL where -1 stood for the default.
        statistics="a.attstattarget::integer",
    )
    return fetch(connection, sql, [relations])


def column(row: Row) -> Column:
    identity = _identity(row)
    generated = _generated(row)
    return Column(
        name=row.name,
        type=row.type,
        null=row.nullable,
        default=None if generated else row.default_sql,
        collation=row.collation,
        comment=row.comment,
        generated=generated,
        identity=identity,
        options=_options(row),
    )


def _generated(row: Row) -> Generated | None:
    if not row.generated:
        return None
    return Generated(without_parentheses(row.default_sql), stored=row.generated == "s")


def _identity(row: Row) -> Identity | None:
    if row.identity:
        kind = "always" if row.identity == "a" else "by default"
        return Identity(kind, row.sequence, _sequence_options(row))  # type: ignore[arg-type]
    if row.sequence and _NEXTVAL.fullmatch(row.default_sql):
        return Identity("serial", row.sequence, _sequence_options(row))
    return None


def _sequence_options(row: Row) -> tuple[tuple[str, str], ...]:
    schema = (("schema", row.sequence_schema),) if row.sequence_schema else ()
    return schema + sequence_options(row, implied_type=row.type)


def _options(row: Row) -> tuple[tuple[str, str], ...]:
    said: dict[str, Any] = {
        "collation schema": row.collation_schema,
        "storage": _STORAGE.get(row.storage),
        "compression": _COMPRESSION.get(row.compression),
        "statistics": row.statistics,
    }
    return (
        *((("inherited", ""),) if row.inherited else ()),
        *((name, value) for name, value in said.items() if value),
        *(option for option in storage_options(row.options) if option[0] in _SETTABLE),
        *storage_options(row.foreign_options),
    )
