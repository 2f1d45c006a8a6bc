"""Names for the database, written so that Django passes them on unharmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kit_django.codegen.specs import TableKey
from kit_django.schema.dialects import Dialect
from kit_django.schema.sql.tokens import Token, pieces

if TYPE_CHECKING:
    from django.db import models


def database_name(name: str, dialect: Dialect) -> str:
    """``name`` for ``db_table`` and ``db_column``.

    Django puts quotes around a name and looks no further, so that a quote inside of it would end
    it; a name that stands in quotes already is left as it is. A star it never quotes, and an
    empty name (SQLite has columns of that name) is none to it. Names are part of statements into
    which parameters are filled, where a percent sign is doubled.
    """
    quote = dialect.quote
    if not name:
        return quote * 2
    if quote in name or name == "*":
        name = dialect.quote_name(name)
    return name.replace("%", "%%")


def table_name(key: TableKey, dialect: Dialect) -> str:
    """The same for a table, with its schema where that is not the default one."""
    schema, name = key
    if schema is None:
        return database_name(name, dialect)
    return dialect.quote_qualified(name, schema).replace("%", "%%")


def plain_name(written: str, dialect: Dialect) -> str:
    """What ``database_name`` was given, of what it made."""
    quote = dialect.quote
    if len(written) > 1 and written.startswith(quote) and written.endswith(quote):
        written = written[1:-1].replace(quote * 2, quote)
    return written.replace("%%", "%")


def table_key(written: str, dialect: Dialect) -> TableKey:
    """What ``table_name`` was given, of what it made."""
    match pieces(written, dialect):
        case (Token("quoted") as schema, Token("symbol", "."), Token("quoted") as name):
            return schema.name.replace("%%", "%"), name.name.replace("%%", "%")
    return None, plain_name(written, dialect)


def fields_of(model: type[models.Model], dialect: Dialect) -> dict[str, Any]:
    """The fields that a model's own table has columns of, by these."""
    fields: Any = model._meta.local_concrete_fields
    return {plain_name(each.column, dialect): each for each in fields if each.column}
