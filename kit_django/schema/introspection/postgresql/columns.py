"""Columns, and how they number their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects.postgresql import POSTGRESQL
from kit_django.schema.facts import Column, Generated, Identity
from kit_django.schema.introspection.postgresql.options import storage_options
from kit_django.schema.introspection.postgresql.sequences import (
    read_owned_sequences,
    sequence_options,
)
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.sql.defaults import is_nextval, is_null
from kit_django.schema.sql.parentheses import bare

_SQL = """
    SELECT a.attrelid::bigint AS relation,
        a.attnum AS number,
        a.attname::text AS name,
        format_type(a.atttypid, a.atttypmod) || repeat('[]', a.attndims - 1) AS type,
        NOT a.attnotnull AS nullable,
        pg_get_expr(ad.adbin, ad.adrelid) AS default_sql,
        t.typdefault IS NOT NULL AS type_has_default,
        a.attidentity::text AS identity,
        a.attgenerated::text AS generated,
        CASE WHEN a.attcollation <> t.typcollation THEN (
            SELECT co.collname::text FROM pg_catalog.pg_collation co WHERE co.oid = a.attcollation
        ) END AS collation,
        CASE WHEN a.attcollation <> t.typcollation AND NOT pg_collation_is_visible(a.attcollation)
            THEN (
                SELECT co.collnamespace::regnamespace::text FROM pg_catalog.pg_collation co
                WHERE co.oid = a.attcollation
            ) END AS collation_schema,
        coalesce(col_description(a.attrelid, a.attnum), '') AS comment,
        CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END AS storage,
        nullif({compression}, '') AS compression,
        nullif(a.attstattarget, -1)::text AS statistics,
        a.attinhcount > 0 AND NOT a.attislocal AS inherited,
        nn.conname::text AS not_null_name,
        nn.convalidated AS not_null_valid,
        a.attoptions AS options,
        a.attfdwoptions AS foreign_options
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_constraint nn
        ON nn.conrelid = a.attrelid AND nn.contype = 'n' AND nn.conkey = ARRAY[a.attnum]
    WHERE a.attrelid = ANY(%s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum
"""
_STORAGE = {"p": "PLAIN", "e": "EXTERNAL", "m": "MAIN", "x": "EXTENDED"}
# Servers have been seen to keep marks of their own beside these, new with each change of a table.
_SETTABLE = ("n_distinct", "n_distinct_inherited")
_COMPRESSION = {"p": "pglz", "l": "lz4"}


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """What the queries said of one column; ``column`` makes a fact of it."""

    row: Row
    sequence: Row | None

    @property
    def relation(self) -> int:
        return int(self.row.relation)


def read_columns(connection: BaseDatabaseWrapper, relations: list[int]) -> list[ColumnRow]:
    """The rows of the columns in their tables' order, each with the sequence that numbers it."""
    version: int = connection.pg_version  # type: ignore[attr-defined]
    compression = "a.attcompression::text" if version >= 140000 else "''"
    rows = fetch(connection, _SQL.format(compression=compression), [relations])
    numbered = {
        row.relation for row in rows if row.identity or is_nextval(row.default_sql, POSTGRESQL)
    }
    sequences = read_owned_sequences(connection, sorted(numbered)) if numbered else {}
    return [ColumnRow(row, sequences.get((row.relation, row.number))) for row in rows]


def column(found: ColumnRow) -> Column:
    row = found.row
    generated = _generated(row)
    return Column(
        name=row.name,
        type=row.type,
        null=row.nullable,
        default=None if generated else _default(row),
        collation=row.collation,
        comment=row.comment,
        generated=generated,
        identity=_identity(row, found.sequence),
        options=_options(row),
    )


def _default(row: Row) -> str | None:
    """NULL is what there is without a default, but for a domain that has one of its own."""
    sql: str | None = row.default_sql
    if sql is None or row.type_has_default:
        return sql
    return None if is_null(sql, POSTGRESQL) else sql


def _generated(row: Row) -> Generated | None:
    if not row.generated:
        return None
    return Generated(bare(row.default_sql, POSTGRESQL), stored=row.generated == "s")


def _identity(row: Row, sequence: Row | None) -> Identity | None:
    if sequence is None:
        return None
    options = sequence_options(sequence, implied_type=row.type)
    if row.identity:
        return Identity("always" if row.identity == "a" else "by default", sequence.name, options)
    if sequence.is_used and is_nextval(row.default_sql, POSTGRESQL):
        return Identity("serial", sequence.name, options)
    return None


def _options(row: Row) -> tuple[tuple[str, str], ...]:
    said: dict[str, Any] = {
        "not null": _given_name(row.not_null_name),
        "collation schema": row.collation_schema,
        "storage": _STORAGE.get(row.storage),
        "compression": _COMPRESSION.get(row.compression),
        "statistics": row.statistics,
    }
    return (
        *((("inherited", ""),) if row.inherited else ()),
        *((("not null not valid", ""),) if row.not_null_valid is False else ()),
        *((name, value) for name, value in said.items() if value),
        *(option for option in storage_options(row.options) if option[0] in _SETTABLE),
        *storage_options(row.foreign_options),
    )


def _given_name(name: str | None) -> str | None:
    """Not one that PostgreSQL 18 makes up by itself, which a rename leaves as it was."""
    return None if name and name.rstrip("0123456789").endswith("_not_null") else name
