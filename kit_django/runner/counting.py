"""How many rows there are, for people: as far as it can be told soon."""

from __future__ import annotations

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Key

MOST_COUNTED = 100_000


def rows_of(connection: BaseDatabaseWrapper, key: Key) -> str:
    """``1,204 rows``; empty where there are none."""
    schema, name = key
    table = dialect_of(connection).quote_qualified(name, schema)
    some = f"SELECT 1 AS kit_row FROM {table} LIMIT {MOST_COUNTED + 1}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({some}) AS kit_rows", None)
            (count,) = cursor.fetchone()
    except DatabaseError:
        return "nobody knows how many rows"
    if count > MOST_COUNTED:
        return f"more than {MOST_COUNTED:,} rows"
    return f"{count:,} row{'s' if count > 1 else ''}" if count else ""
