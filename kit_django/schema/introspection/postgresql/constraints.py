"""Primary keys, unique, check, exclusion and foreign key constraints."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects.postgresql import POSTGRESQL
from kit_django.schema.facts import (
    Action,
    Check,
    Deferrable,
    Exclusion,
    ForeignKey,
    PrimaryKey,
    Unique,
)
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.sql.parentheses import bare

# A foreign key to a partitioned table has a constraint of its own for each partition there,
# which its parent on the same table speaks for. Not-null constraints (PostgreSQL 18) are the
# column's business.
_SQL = """
    SELECT con.conrelid::bigint AS relation,
        con.conname::text AS name,
        con.contype::text AS kind,
        con.condeferrable AS is_deferrable,
        con.condeferred AS is_deferred,
        con.convalidated AS is_valid,
        con.connoinherit AND con.contype = 'c' AS no_inherit,
        con.coninhcount > 0 AND NOT con.conislocal AS inherited,
        ARRAY(
            SELECT a.attname::text FROM unnest(con.conkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.attnum
            ORDER BY k.place
        ) AS columns,
        ARRAY(
            SELECT a.attname::text FROM unnest(con.confkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.attnum
            ORDER BY k.place
        ) AS to_columns,
        CASE WHEN con.contype IN ('p', 'u') THEN ARRAY(
            SELECT a.attname::text FROM pg_catalog.pg_index i
            CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.attnum
            WHERE i.indexrelid = con.conindid AND k.place > i.indnkeyatts
            ORDER BY k.place
        ) END AS include,
        ARRAY(
            SELECT a.attname::text FROM unnest({delete_columns}) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.attnum
            ORDER BY k.place
        ) AS delete_columns,
        (
            SELECT nullif(n.nspname, current_schema())::text FROM pg_catalog.pg_namespace n
            WHERE n.oid = t.relnamespace
        ) AS to_schema,
        t.relname::text AS to_table,
        con.confdeltype::text AS on_delete,
        con.confupdtype::text AS on_update,
        con.confmatchtype::text AS match,
        {nulls_not_distinct} AS nulls_not_distinct,
        {enforced} AS is_enforced,
        {period} AS has_period,
        (
            SELECT ts.spcname::text FROM pg_catalog.pg_class ic
            JOIN pg_catalog.pg_tablespace ts ON ts.oid = ic.reltablespace
            WHERE ic.oid = con.conindid AND con.contype <> 'f'
        ) AS tablespace,
        CASE con.contype WHEN 'c' THEN pg_get_expr(con.conbin, con.conrelid) END AS condition,
        CASE con.contype WHEN 'x' THEN pg_get_constraintdef(con.oid) END AS definition
    FROM pg_catalog.pg_constraint con
    LEFT JOIN pg_catalog.pg_class t ON t.oid = con.confrelid
    WHERE con.conrelid = ANY(%s::oid[]) AND con.contype IN ('p', 'u', 'c', 'x', 'f')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_constraint parent
            WHERE parent.oid = con.conparentid AND parent.conrelid = con.conrelid
        )
    ORDER BY con.conrelid, con.conname
"""
_NULLS_NOT_DISTINCT = """(
    SELECT i.indnullsnotdistinct FROM pg_catalog.pg_index i WHERE i.indexrelid = con.conindid
)"""
_ACTIONS: dict[str, Action] = {
    "a": "NO ACTION",
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}
_MATCHES = {"s": "SIMPLE", "f": "FULL", "p": "PARTIAL"}


def read_constraints(connection: BaseDatabaseWrapper, relations: list[int]) -> list[Row]:
    """The rows of the constraints, by name; the functions below make facts of them."""
    version: int = connection.pg_version  # type: ignore[attr-defined]
    sql = _SQL.format(
        delete_columns="con.confdelsetcols" if version >= 150000 else "ARRAY[]::smallint[]",
        nulls_not_distinct=_NULLS_NOT_DISTINCT if version >= 150000 else "false",
        enforced="con.conenforced" if version >= 180000 else "true",
        period="con.conperiod" if version >= 180000 else "false",
    )
    return fetch(connection, sql, [relations])


def primary_key(rows: list[Row]) -> PrimaryKey | None:
    for row in rows:
        if row.kind == "p":
            return PrimaryKey(
                columns=tuple(row.columns),
                name=row.name,
                deferrable=_deferrable(row),
                include=tuple(row.include),
                options=_options(row),
            )
    return None


def uniques(rows: list[Row]) -> tuple[Unique, ...]:
    return tuple(
        Unique(
            columns=tuple(row.columns),
            name=row.name,
            deferrable=_deferrable(row),
            nulls_distinct=not row.nulls_not_distinct,
            include=tuple(row.include),
            options=_options(row),
        )
        for row in rows
        if row.kind == "u"
    )


def checks(rows: list[Row]) -> tuple[Check, ...]:
    return tuple(
        Check(bare(row.condition, POSTGRESQL), name=row.name, options=_options(row))
        for row in rows
        if row.kind == "c"
    )


def exclusions(rows: list[Row]) -> tuple[Exclusion, ...]:
    return tuple(
        Exclusion(row.name, row.definition, deferrable=_deferrable(row))
        for row in rows
        if row.kind == "x"
    )


def foreign_keys(rows: list[Row]) -> tuple[ForeignKey, ...]:
    return tuple(_foreign_key(row) for row in rows if row.kind == "f")


def _foreign_key(row: Row) -> ForeignKey:
    delete_columns = (("on delete columns", ", ".join(row.delete_columns)),)
    return ForeignKey(
        columns=tuple(row.columns),
        to_table=row.to_table,
        to_columns=tuple(row.to_columns),
        name=row.name,
        to_schema=row.to_schema,
        on_delete=_ACTIONS[row.on_delete],
        on_update=_ACTIONS[row.on_update],
        deferrable=_deferrable(row),
        match=_MATCHES[row.match],
        options=_options(row) + (delete_columns if row.delete_columns else ()),
    )


def _deferrable(row: Row) -> Deferrable | None:
    if not row.is_deferrable:
        return None
    return "deferred" if row.is_deferred else "immediate"


def _options(row: Row) -> tuple[tuple[str, str], ...]:
    flags = {
        "inherited": row.inherited,
        "no inherit": row.no_inherit,
        # A constraint that is not enforced is never valid either.
        "not valid": row.is_enforced and not row.is_valid,
        "not enforced": not row.is_enforced,
        "without overlaps": row.has_period and row.kind != "f",
        "period": row.has_period and row.kind == "f",
    }
    tablespace = (("tablespace", row.tablespace),) if row.tablespace else ()
    return tuple((name, "") for name, is_set in flags.items() if is_set) + tablespace
