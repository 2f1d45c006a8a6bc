"""Indexes that no constraint owns."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects.postgresql import POSTGRESQL
from kit_django.schema.facts import Index, IndexPart
from kit_django.schema.introspection.postgresql.options import storage_options
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.sql.parentheses import bare

# A foreign key names the unique index that it points to, so only the kinds of constraint that
# are made of an index count as its owner.
_SQL = """
    SELECT i.indrelid::bigint AS relation,
        c.relname::text AS name,
        am.amname::text AS method,
        i.indisunique AS is_unique,
        i.indisvalid AS is_valid,
        {nulls_not_distinct} AS nulls_not_distinct,
        i.indnkeyatts AS keys,
        pg_get_expr(i.indpred, i.indrelid) AS predicate,
        c.reloptions AS reloptions,
        (
            SELECT ts.spcname::text FROM pg_catalog.pg_tablespace ts WHERE ts.oid = c.reltablespace
        ) AS tablespace,
        i.indisclustered AS is_clustered,
        i.indisreplident AS is_replica_identity,
        coalesce(obj_description(c.oid, 'pg_class'), '') AS comment,
        pg_get_indexdef(c.oid) AS sql,
        parts.columns, parts.expressions, parts.opclasses, parts.opclass_options,
        parts.collations, parts.flags
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_am am ON am.oid = c.relam
    CROSS JOIN LATERAL (
        SELECT array_agg(ta.attname::text ORDER BY ia.attnum) AS columns,
            array_agg(
                CASE WHEN ta.attnum IS NULL THEN pg_get_indexdef(c.oid, ia.attnum, true) END
                ORDER BY ia.attnum
            ) AS expressions,
            array_agg((
                SELECT o.opcname::text FROM pg_catalog.pg_opclass o
                WHERE o.oid = i.indclass[ia.attnum - 1] AND NOT o.opcdefault
            ) ORDER BY ia.attnum) AS opclasses,
            array_agg(array_to_string(ia.attoptions, ', ') ORDER BY ia.attnum) AS opclass_options,
            array_agg((
                SELECT co.collname::text FROM pg_catalog.pg_collation co
                WHERE co.oid = i.indcollation[ia.attnum - 1] AND co.oid <> coalesce(
                    ta.attcollation,
                    (SELECT ty.typcollation FROM pg_catalog.pg_type ty WHERE ty.oid = ia.atttypid)
                )
            ) ORDER BY ia.attnum) AS collations,
            array_agg(i.indoption[ia.attnum - 1] ORDER BY ia.attnum) AS flags
        FROM pg_catalog.pg_attribute ia
        LEFT JOIN pg_catalog.pg_attribute ta
            ON ta.attrelid = i.indrelid AND ta.attnum = nullif(i.indkey[ia.attnum - 1], 0)
        WHERE ia.attrelid = c.oid
    ) parts
    WHERE i.indrelid = ANY(%s::oid[]) AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint con
        WHERE con.conrelid = i.indrelid AND con.conindid = i.indexrelid
            AND con.contype IN ('p', 'u', 'x')
    )
    ORDER BY i.indrelid, c.relname
"""
_DESCENDING = 1
_NULLS_FIRST = 2


def read_indexes(connection: BaseDatabaseWrapper, relations: list[int]) -> list[Row]:
    """The rows of the indexes, by name; ``index`` makes a fact of one."""
    version: int = connection.pg_version  # type: ignore[attr-defined]
    has_nulls_not_distinct = version >= 150000
    sql = _SQL.format(
        nulls_not_distinct="i.indnullsnotdistinct" if has_nulls_not_distinct else "false"
    )
    return fetch(connection, sql, [relations])


def index(row: Row) -> Index:
    return Index(
        name=row.name,
        parts=tuple(_part(row, place) for place in range(row.keys)),
        unique=row.is_unique,
        where=bare(row.predicate, POSTGRESQL) if row.predicate else None,
        include=tuple(row.columns[row.keys :]),
        method="" if row.method == "btree" else row.method,
        nulls_distinct=not row.nulls_not_distinct,
        valid=row.is_valid,
        comment=row.comment,
        options=_options(row),
        sql=row.sql,
    )


def _part(row: Row, place: int) -> IndexPart:
    expression = row.expressions[place]
    flags = row.flags[place]
    descending = bool(flags & _DESCENDING)
    nulls_first = bool(flags & _NULLS_FIRST)
    return IndexPart(
        column=row.columns[place],
        expression=bare(expression, POSTGRESQL) if expression else None,
        descending=descending,
        nulls=None if descending == nulls_first else ("first" if nulls_first else "last"),
        opclass=row.opclasses[place],
        collation=row.collations[place],
    )


def _options(row: Row) -> tuple[tuple[str, str], ...]:
    flags = {"clustered": row.is_clustered, "replica identity": row.is_replica_identity}
    opclass_options = (
        (f"opclass options {place}", text)
        for place, text in enumerate(row.opclass_options, 1)
        if text
    )
    return (
        *((name, "") for name, is_set in flags.items() if is_set),
        *((("tablespace", row.tablespace),) if row.tablespace else ()),
        *opclass_options,
        *storage_options(row.reloptions),
    )
