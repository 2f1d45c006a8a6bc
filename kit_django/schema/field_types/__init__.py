"""For each database: a type's name -> the Django field that a person would have written."""

from __future__ import annotations

from kit_django.schema.constructs import Call
from kit_django.schema.dialects import Dialect, module_of
from kit_django.schema.field_types.base import Asked


def field_for(dialect: Dialect, asked: Asked) -> Call | None:
    """The nearest field to a column's type, or None where Django has none."""
    found: Call | None = module_of(dialect.vendor, __name__).field_for(asked)
    return found
