"""Names and texts as a connection's SQL, by its dialect.

Django's ``quote_name`` does not double a quote inside a name, and leaves a name alone that
already looks quoted; with names that come from a database, both make SQL out of data.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import Dialect, dialect_named, dialect_of


def quote_name(connection: BaseDatabaseWrapper | str, name: str) -> str:
    """``name`` as a quoted identifier. Raises OperationError for what none can hold."""
    return _dialect(connection).quote_name(name)


def quote_qualified(
    connection: BaseDatabaseWrapper | str, name: str, schema: str | None = None
) -> str:
    """``schema.name``, each part quoted; the name alone where ``schema`` is None."""
    return _dialect(connection).quote_qualified(name, schema)


def quote_literal(connection: BaseDatabaseWrapper | str, text: str) -> str:
    """``text`` as a string literal. Raises OperationError for a NUL character."""
    return _dialect(connection).quote_literal(text)


def _dialect(connection: BaseDatabaseWrapper | str) -> Dialect:
    if isinstance(connection, str):
        return dialect_named(connection)
    return dialect_of(connection)
