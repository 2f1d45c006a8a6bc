"""How many rows there are: all of them, or for people as many as can be told soon."""

from __future__ import annotations

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import dialect_of
from kit_django.schema.keys import Key

MOST_COUNTED = 100_000


def count_rows(
    connection: BaseDatabaseWrapper, key: Key, condition: str = "", *, at_most: int | None = None
) -> int:
    """The rows of a table, or those of them of which a condition holds; no more than ``at_most``
    are gone through."""
    schema, name = key
    table = dialect_of(connection).quote_qualified(name, schema)
    where = f" WHERE {condition}" if condition else ""
    bound = "" if at_most is None else f" LIMIT {at_most}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 AS kit_row FROM {table}{where}{bound}) AS kit_rows",
            None,
        )
        return int(cursor.fetchone()[0])


def rows_of(connection: BaseDatabaseWrapper, key: Key) -> str:
    """``1,204 rows``; empty where there are none."""
    try:
        count = count_rows(connection, key, at_most=MOST_COUNTED + 1)
    except DatabaseError:
        return "nobody knows how many rows"
    if count > MOST_COUNTED:
        return f"more than {MOST_COUNTED:,} rows"
    return f"{count:,} row{'s' if count > 1 else ''}" if count else ""
