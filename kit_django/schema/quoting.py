"""Names and texts as SQL, for the places where a statement cannot bind them.

Django's ``quote_name`` does not double a quote inside a name, and leaves a name alone that
already looks quoted; with names that come from a database, both make SQL out of data.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import OperationError


def quote_name(connection: BaseDatabaseWrapper | str, name: str) -> str:
    """``name`` as a quoted identifier of the connection's (or the named vendor's) SQL.

    Raises OperationError for a name that no identifier can hold.
    """
    if not name:
        raise OperationError("A name is empty: no database can hold it. Give it a name.")
    _refuse_nul(name, "name")
    quote = "`" if _vendor(connection) == "mysql" else '"'
    return quote + name.replace(quote, quote * 2) + quote


def quote_qualified(
    connection: BaseDatabaseWrapper | str, name: str, schema: str | None = None
) -> str:
    """``schema.name``, each part quoted; the name alone where ``schema`` is None."""
    parts = [name] if schema is None else [schema, name]
    return ".".join(quote_name(connection, part) for part in parts)


def quote_literal(connection: BaseDatabaseWrapper | str, text: str) -> str:
    """``text`` as a string literal of the connection's (or the named vendor's) SQL.

    Raises OperationError for a text with a NUL character.
    """
    _refuse_nul(text, "text")
    doubled = text.replace("'", "''")
    if "\\" not in text:
        return f"'{doubled}'"
    vendor = _vendor(connection)
    if vendor == "postgresql":
        # E'' reads the same whatever standard_conforming_strings says.
        return "E'" + doubled.replace("\\", "\\\\") + "'"
    if vendor == "mysql" and not _has_plain_backslashes(connection):
        return "'" + doubled.replace("\\", "\\\\") + "'"
    return f"'{doubled}'"


def _vendor(connection: BaseDatabaseWrapper | str) -> str:
    return connection if isinstance(connection, str) else connection.vendor


def _has_plain_backslashes(connection: BaseDatabaseWrapper | str) -> bool:
    return "NO_BACKSLASH_ESCAPES" in getattr(connection, "sql_mode", ())


def _refuse_nul(value: str, what: str) -> None:
    if "\0" in value:
        raise OperationError(
            f"The {what} {value!r} holds a NUL character, which no database can store in SQL. "
            f"Leave the character out."
        )
