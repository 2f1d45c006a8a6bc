"""Python's values as the SQL that a schema takes, where nothing can be bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.functional import Promise

from kit_django.schema.dialects import dialect_of


def filled(connection: BaseDatabaseWrapper, sql: str, params: Sequence[Any]) -> str:
    """The SQL with its parameters written into it as literals."""
    values = tuple(literal(connection, param) for param in params)
    try:
        return sql % values
    except (TypeError, ValueError):
        if values:
            raise
        return sql  # a RawSQL without parameters, whose percent signs stand for themselves


def literal(connection: BaseDatabaseWrapper, value: Any) -> str:
    """A value as SQL. Django's own ``quote_value`` doubles percent signs in some releases, and
    answers with bytes where the driver does."""
    if isinstance(value, Promise):
        value = str(value)
    written = dialect_of(connection).literal(value)
    if written is not None:
        return written
    quoted: Any = connection.schema_editor(atomic=False).quote_value(value)
    return quoted.decode() if isinstance(quoted, bytes) else str(quoted)
