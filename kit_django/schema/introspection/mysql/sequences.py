"""MariaDB's sequences: each is a table of one row, which all are read in one query."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects.mysql import MYSQL
from kit_django.schema.facts import Sequence
from kit_django.schema.introspection.mysql.server import Server
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.introspection.scope import in_order

_NAMES = """
    SELECT table_schema AS db, table_name AS name, table_comment AS comment,
        nullif(engine, @@default_storage_engine) AS engine
    FROM information_schema.tables
    WHERE table_schema IN ({}) AND table_type = 'SEQUENCE'
"""
_OPTIONS = """
    SELECT %s AS db, %s AS name, minimum_value AS min, maximum_value AS max,
        start_value AS start, increment, cache_size AS cache, cycle_option AS cycle
    FROM {}
"""
_LARGEST = 2**63 - 2


def read_sequences(connection: BaseDatabaseWrapper, server: Server) -> tuple[Sequence, ...]:
    marks = ", ".join(["%s"] * len(server.collations))
    names = fetch(connection, _NAMES.format(marks), list(server.collations))
    names = [row for row in names if row.db in server.collations]
    if not names:
        return ()
    each = (_OPTIONS.format(MYSQL.quote_qualified(row.name, row.db)) for row in names)
    sql = " UNION ALL ".join(each)
    rows = fetch(connection, sql, [value for row in names for value in (row.db, row.name)])
    kept = {(row.db, row.name): _kept(row) for row in names}
    found = (
        Sequence(row.name, server.schema(row.db), _options(row) + kept[row.db, row.name])
        for row in rows
    )
    return tuple(sorted(found, key=lambda each: in_order((each.schema, each.name))))


def _options(row: Row) -> tuple[tuple[str, str], ...]:
    ascending = row.increment >= 0
    lowest, highest = (1, _LARGEST) if ascending else (-_LARGEST - 1, -1)
    found = {
        "increment": (row.increment, 1),
        "min": (row.min, lowest),
        "max": (row.max, highest),
        "start": (row.start, row.min if ascending else row.max),
        "cache": (row.cache, 1000),
    }
    options = tuple((name, str(value)) for name, (value, usual) in found.items() if value != usual)
    return options + ((("cycle", ""),) if row.cycle else ())


def _kept(name: Row) -> tuple[tuple[str, str], ...]:
    """What is said of the table that it is."""
    engine = (("engine", name.engine),) if name.engine else ()
    return engine + ((("comment", MYSQL.quote_literal(name.comment)),) if name.comment else ())
