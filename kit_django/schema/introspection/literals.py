"""The rows of a table as the statements that make them, in an order that is always the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.clauses import table_name
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.facts import Column, Table

Literal = Callable[[Column, str], str]
Values = tuple[str, ...]


def read_rows(
    connection: BaseDatabaseWrapper, dialect: Dialect, table: Table, literal: Literal
) -> tuple[tuple[Column, ...], list[Values]]:
    """The columns that hold values of their own, and the rows as literals, by the primary key."""
    columns = tuple(each for each in table.columns if each.generated is None)
    asked = ", ".join(literal(each, dialect.quote_name(each.name)) for each in columns)
    # Those of a table that others inherit from are its own alone.
    only = "ONLY " if dialect.has_schemas and table.kind == "table" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked} FROM {only}{table_name(dialect, table)}", None)
        rows = [tuple(map(_plain, row)) for row in cursor.fetchall()]
    key = table.primary_key.columns if table.primary_key else ()
    places = [at for at, each in enumerate(columns) if each.name in key]
    return columns, sorted(rows, key=lambda row: _in_order([row[at] for at in places] or row))


def _plain(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _in_order(values: Sequence[str]) -> list[tuple[bool, int, str]]:
    """Numbers by what they are, whatever the collation of the server."""
    found = []
    for value in values:
        bare = value.strip("'")
        is_number = bare.removeprefix("-").isdecimal() and bare.isascii()
        found.append((not is_number, int(bare) if is_number else 0, value))
    return found


def insert_statements(
    dialect: Dialect, table: Table, columns: Sequence[Column], rows: Sequence[Values]
) -> Iterator[str]:
    names = ", ".join(dialect.quote_name(each.name) for each in columns)
    numbered = any(each.identity and each.identity.kind == "always" for each in columns)
    overriding = " OVERRIDING SYSTEM VALUE" if numbered else ""
    head = f"INSERT INTO {table_name(dialect, table)} ({names}){overriding} VALUES"
    for row in rows:
        yield f"{head} ({', '.join(row)})"
