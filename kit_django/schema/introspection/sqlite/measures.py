"""The pages of a table and its indexes, where SQLite was built to tell; it estimates no rows."""

from __future__ import annotations

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Key
from kit_django.schema.introspection.measures import Measure
from kit_django.schema.introspection.rows import fetch

_SQL = """
    SELECT m.tbl_name AS name, sum(s.pgsize) AS size
    FROM sqlite_master m JOIN dbstat s ON s.name = m.name AND s.aggregate = 1 GROUP BY m.tbl_name
"""


def measures(connection: BaseDatabaseWrapper) -> dict[Key, Measure]:
    try:
        found = fetch(connection, _SQL)
    except OperationalError:  # built without dbstat
        return {}
    return {(None, row.name): Measure(size=row.size) for row in found}
