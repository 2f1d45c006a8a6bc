"""Which dialect a connection speaks."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import UnsupportedDatabase
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.mysql import MARIADB, MYSQL
from kit_django.schema.dialects.postgresql import POSTGRESQL
from kit_django.schema.dialects.sqlite import SQLITE

__all__ = ["Dialect", "dialect_named", "dialect_of", "is_known", "nearest_dialect"]

DIALECTS = {dialect.vendor: dialect for dialect in (SQLITE, POSTGRESQL, MYSQL)}


def dialect_of(connection: BaseDatabaseWrapper) -> Dialect:
    """The dialect of a connection, which on MySQL is asked for its server. Raises UnsupportedDatabase."""
    if connection.vendor != MYSQL.vendor:
        return dialect_named(connection.vendor)
    dialect = MARIADB if getattr(connection, "mysql_is_mariadb", False) else MYSQL
    return _in_mode(dialect, getattr(connection, "sql_mode", ()))


def _in_mode(dialect: Dialect, sql_mode: Container[str]) -> Dialect:
    if "NO_BACKSLASH_ESCAPES" in sql_mode:
        dialect = replace(dialect, backslash_escapes=False)
    if "PIPES_AS_CONCAT" in sql_mode:
        operators = tuple(each.replace("OR ||", "OR") for each in dialect.reading.operators)
        dialect = replace(dialect, reading=replace(dialect.reading, operators=operators))
    if "ANSI_QUOTES" in sql_mode:
        reading = replace(dialect.reading, double_quoted_strings=False)
        dialect = replace(dialect, other_quotes=('"',), reading=reading)
    return dialect


def nearest_dialect(connection: BaseDatabaseWrapper) -> Dialect:
    """The dialect of a connection; what is standard SQL where kit_django does not know it.

    Models may be used on databases that no migration of kit's runs on.
    """
    if is_known(connection):
        return dialect_of(connection)
    return Dialect(connection.vendor, connection.vendor)


def is_known(connection: BaseDatabaseWrapper) -> bool:
    """Whether kit_django works on the connection's database."""
    return connection.vendor in DIALECTS


def dialect_named(vendor: str) -> Dialect:
    """The dialect behind Django's word for a database. Raises UnsupportedDatabase."""
    if vendor not in DIALECTS:
        raise UnsupportedDatabase(
            f"kit_django works on SQLite, PostgreSQL, MariaDB and MySQL, and not on {vendor!r}."
        )
    return DIALECTS[vendor]
