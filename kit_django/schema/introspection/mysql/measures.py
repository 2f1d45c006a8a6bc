"""The engine's estimate of the rows, and the size of the data with the indexes."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Key
from kit_django.schema.introspection.measures import Measure
from kit_django.schema.introspection.rows import fetch

_SQL = """
    SELECT table_name AS name, table_rows AS estimate, data_length + index_length AS size,
        coalesce(engine, '') AS engine
    FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'
"""


def measures(connection: BaseDatabaseWrapper) -> dict[Key, Measure]:
    return {
        (None, row.name): Measure(row.estimate, row.size, row.engine)
        for row in fetch(connection, _SQL)
    }
