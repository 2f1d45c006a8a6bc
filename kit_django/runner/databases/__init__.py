"""What running migrations asks of each database: its lock, session, transaction and wipe."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.runner.databases.base import Database
from kit_django.runner.databases.mysql import MySQL
from kit_django.runner.databases.postgresql import PostgreSQL
from kit_django.runner.databases.sqlite import SQLite
from kit_django.schema.dialects import dialect_named

DATABASES: dict[str, type[Database]] = {
    "sqlite": SQLite,
    "postgresql": PostgreSQL,
    "mysql": MySQL,
}


def database_of(connection: BaseDatabaseWrapper) -> Database:
    """What a connection leads to. Raises UnsupportedDatabase."""
    return DATABASES[dialect_named(connection.vendor).vendor](connection)
