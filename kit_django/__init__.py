"""Laravel-style migrations for Django, and models that follow the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit_django.migration import Migration

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema

__version__ = "0.1.0"
__all__ = ["Migration", "Schema"]


def __getattr__(name: str) -> object:
    # Importing Schema here would import all operations each time that Django starts.
    if name == "Schema":
        from kit_django.operations.schema import Schema

        return Schema
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
