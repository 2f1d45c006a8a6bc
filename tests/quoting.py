"""Names and texts as SQL, for what tests run themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit_django.schema.dialects import dialect_of

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def quote_name(connection: BaseDatabaseWrapper, name: str) -> str:
    return dialect_of(connection).quote_name(name)


def quote_literal(connection: BaseDatabaseWrapper, text: str) -> str:
    return dialect_of(connection).quote_literal(text)
