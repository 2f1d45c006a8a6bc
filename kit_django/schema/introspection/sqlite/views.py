"""Views, and virtual tables, whose rows a module keeps: SQLite knows little but their statement."""

from __future__ import annotations

from kit_django.schema.facts import Column, Table
from kit_django.schema.introspection.rows import Row
from kit_django.schema.sql.create import read_using


def is_virtual(row: Row) -> bool:
    """Whether a row of sqlite_master is one; SQLite writes the statement's beginning itself."""
    return bool(row.type == "table" and row.sql.startswith("CREATE VIRTUAL TABLE"))


def make_virtual_table(row: Row, columns: tuple[Column, ...]) -> Table:
    """Its module with its arguments is the option ``using``."""
    return Table(
        name=row.name,
        columns=columns,
        kind="virtual table",
        options=(("using", read_using(row.sql)),),
        sql=row.sql,
    )


def make_view(row: Row, columns: tuple[Column, ...]) -> Table:
    return Table(row.name, columns, kind="view", sql=row.sql)
