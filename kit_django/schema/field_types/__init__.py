"""For each database: a type's name -> the Django field that a person would have written."""

from __future__ import annotations

from collections.abc import Callable

from kit_django.schema.constructs import Call
from kit_django.schema.dialects import Dialect
from kit_django.schema.field_types import mysql, postgresql, sqlite
from kit_django.schema.field_types.base import Asked

FINDERS: dict[str, Callable[[Asked], Call | None]] = {
    "mysql": mysql.field_for,
    "postgresql": postgresql.field_for,
    "sqlite": sqlite.field_for,
}


def field_for(dialect: Dialect, asked: Asked) -> Call | None:
    """The nearest field to a column's type, or None where Django has none."""
    return FINDERS[dialect.vendor](asked)
