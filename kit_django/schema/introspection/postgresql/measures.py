"""Rows as they were when the table was last analyzed, and the size of all its files."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Key
from kit_django.schema.introspection.measures import Measure
from kit_django.schema.introspection.rows import fetch

_SQL = """
    SELECT nullif(n.nspname, current_schema())::text AS schema, c.relname::text AS name,
        CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint END AS estimate,
        pg_total_relation_size(c.oid) AS size
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
"""


def measures(connection: BaseDatabaseWrapper) -> dict[Key, Measure]:
    return {
        (row.schema, row.name): Measure(row.estimate, row.size) for row in fetch(connection, _SQL)
    }
