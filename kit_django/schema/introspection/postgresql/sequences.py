"""Sequences: what one says that is not PostgreSQL's own default for its type."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Sequence
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.introspection.scope import in_order

_SQL = """
    SELECT nullif(n.nspname, current_schema())::text AS schema,
        c.relname::text AS name,
        format_type(s.seqtypid, NULL) AS sequence_type,
        s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS min, s.seqmax AS max,
        s.seqcache AS cache, s.seqcycle AS cycle
    FROM pg_catalog.pg_sequence s
    JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY(%s::text[] || ARRAY[current_schema()]::text[])
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                AND d.deptype IN ('a', 'e', 'i')
        )
"""
_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def read_sequences(connection: BaseDatabaseWrapper, schemas: tuple[str, ...]) -> tuple[Sequence, ...]:
    """The sequences that no column owns."""
    rows = fetch(connection, _SQL, [list(schemas)])
    rows.sort(key=lambda row: in_order((row.schema, row.name)))
    return tuple(Sequence(row.name, row.schema, sequence_options(row)) for row in rows)


def sequence_options(row: Row, implied_type: str = "bigint") -> tuple[tuple[str, str], ...]:
    """The options that CREATE SEQUENCE would need, beyond those that the type implies."""
    largest = _LARGEST[row.sequence_type]
    ascending = row.increment > 0
    lowest, highest = (1, largest) if ascending else (-largest - 1, -1)
    found = {
        "type": (row.sequence_type, implied_type),
        "increment": (row.increment, 1),
        "min": (row.min, lowest),
        "max": (row.max, highest),
        "start": (row.start, row.min if ascending else row.max),
        "cache": (row.cache, 1),
    }
    options = tuple((name, str(value)) for name, (value, usual) in found.items() if value != usual)
    return options + ((("cycle", ""),) if row.cycle else ())
