"""How much of a class a table has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Column, Table

FEWEST_COLUMNS = 2
"""Of fewer, a table may be any other."""


def alike(columns: Mapping[str, Any], table: Table, connection: BaseDatabaseWrapper) -> int:
    """How many columns have the name and the type of a field."""
    return sum(
        column.name in columns and has_type_of(columns[column.name], column, connection)
        for column in table.columns
    )


def has_type_of(field: Any, column: Column, connection: BaseDatabaseWrapper) -> bool:
    """Whether Django would make the column of the field."""
    try:
        made = (field.db_type(connection) or "").removesuffix(" AUTO_INCREMENT")
    except Exception:  # a field of somebody's own may: the line of its table tells that
        return False
    return bool(made) and dialect_of(connection).types.same(made, column.type)
