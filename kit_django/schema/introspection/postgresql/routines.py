"""Functions whose body is a text, which does not follow what it names."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.introspection.rows import fetch

# Those of SQL with BEGIN ATOMIC have no text, and follow by themselves.
_SQL = """
    SELECT p.oid::regprocedure::text AS name, p.prosrc AS body,
        ARRAY(
            SELECT DISTINCT c.relname::text
            FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
            WHERE t.tgfoid = p.oid
        ) AS tables
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE l.lanname IN ('sql', 'plpgsql') AND p.prosrc <> ''
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        )
    ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Routine:
    """``tables`` are those whose triggers call it."""

    name: str
    body: str
    tables: tuple[str, ...]


def read_routines(connection: BaseDatabaseWrapper) -> list[Routine]:
    return [Routine(row.name, row.body, tuple(row.tables)) for row in fetch(connection, _SQL)]
