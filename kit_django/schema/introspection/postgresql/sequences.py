"""Sequences: what one says that is not PostgreSQL's own default for its type."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Sequence
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.introspection.scope import in_order

_OPTIONS = """
    format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment,
    s.seqmin AS min, s.seqmax AS max, s.seqcache AS cache, s.seqcycle AS cycle
"""
_SQL = f"""
    SELECT nullif(n.nspname, current_schema())::text AS schema, c.relname::text AS name, {_OPTIONS}
    FROM pg_catalog.pg_sequence s
    JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY(%s::text[] || ARRAY[current_schema()]::text[])
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                AND (d.deptype IN ('e', 'i') OR d.deptype = 'a' AND EXISTS (
                    SELECT FROM pg_catalog.pg_attrdef ad JOIN pg_catalog.pg_depend used
                        ON used.classid = 'pg_catalog.pg_attrdef'::regclass AND used.objid = ad.oid
                    WHERE ad.adrelid = d.refobjid AND ad.adnum = d.refobjsubid
                        AND used.refobjid = c.oid
                ))
        )
"""
# An identity's sequence hangs on its column by an internal dependency, a serial's by an automatic
# one; a column may own a sequence that its default does not take from.
_OWNED = f"""
    SELECT d.refobjid::bigint AS relation, d.refobjsubid AS number, c.relname::text AS name,
        CASE WHEN c.relnamespace <> t.relnamespace THEN c.relnamespace::regnamespace::text
            END AS schema,
        d.deptype = 'i' OR EXISTS (
            SELECT FROM pg_catalog.pg_attrdef ad
            JOIN pg_catalog.pg_depend used
                ON used.classid = 'pg_catalog.pg_attrdef'::regclass AND used.objid = ad.oid
            WHERE ad.adrelid = d.refobjid AND ad.adnum = d.refobjsubid
                AND used.refclassid = 'pg_catalog.pg_class'::regclass AND used.refobjid = c.oid
        ) AS is_used,
        {_OPTIONS}
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid
    JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
    WHERE d.refobjid = ANY(%s::oid[]) AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
        AND d.classid = 'pg_catalog.pg_class'::regclass
        AND d.refclassid = 'pg_catalog.pg_class'::regclass
    ORDER BY is_used, c.relname
"""
_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def read_sequences(
    connection: BaseDatabaseWrapper, schemas: tuple[str, ...]
) -> tuple[Sequence, ...]:
    """The sequences that no column owns and takes its numbers from."""
    rows = fetch(connection, _SQL, [list(schemas)])
    rows.sort(key=lambda row: in_order((row.schema, row.name)))
    return tuple(Sequence(row.name, row.schema, sequence_options(row)) for row in rows)


def read_owned_sequences(
    connection: BaseDatabaseWrapper, relations: list[int]
) -> dict[tuple[int, int], Row]:
    """By the table and the number of the column; one that is used wins over one that is not."""
    rows = fetch(connection, _OWNED, [relations])
    return {(row.relation, row.number): row for row in rows}


def sequence_options(row: Row, implied_type: str = "bigint") -> tuple[tuple[str, str], ...]:
    """The options that CREATE SEQUENCE would need, beyond those that the type implies."""
    largest = _LARGEST[row.type]
    ascending = row.increment > 0
    lowest, highest = (1, largest) if ascending else (-largest - 1, -1)
    found = {
        "type": (row.type, implied_type),
        "increment": (row.increment, 1),
        "min": (row.min, lowest),
        "max": (row.max, highest),
        "start": (row.start, row.min if ascending else row.max),
        "cache": (row.cache, 1),
    }
    options = tuple((name, str(value)) for name, (value, usual) in found.items() if value != usual)
    cycle = (("cycle", ""),) if row.cycle else ()
    return options + cycle
