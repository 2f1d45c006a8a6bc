"""How many rows a table has, by counting them."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Table


def count_rows(connection: BaseDatabaseWrapper, table: Table) -> int:
    name = dialect_of(connection).quote_qualified(table.name, table.schema)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")
        return int(cursor.fetchone()[0])
