"""Values of PostgreSQL as SQL."""

from __future__ import annotations

from kit_django.schema.dialects import Dialect
from kit_django.schema.facts import Column, Table


def literal(_column: Column, name: str) -> str:
    """The expression whose value is the literal: what a type says of itself is what it takes."""
    return f"coalesce(quote_literal({name}::text), 'NULL')"


def one_line_break(text: str) -> str:
    """A carriage return would be lost where a checkout changes the ends of lines."""
    if "\r" not in text:
        return text
    return ("" if text.startswith("E'") else "E") + text.replace("\r", "\\r")


def numbering(dialect: Dialect, table: Table, column: Column, last: int) -> str:
    """The statement behind which the column's numbers go on."""
    name = dialect.quote_literal(dialect.quote_qualified(table.name, table.schema))
    return f"SELECT setval(pg_get_serial_sequence({name}, {dialect.quote_literal(column.name)}), {last})"
