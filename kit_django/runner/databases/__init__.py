"""What running migrations asks of each database: its lock, session, transaction and wipe."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.runner.databases.base import Database
from kit_django.schema.dialects import module_of


def database_of(connection: BaseDatabaseWrapper) -> Database:
    """What a connection leads to. Raises UnsupportedDatabase."""
    database: Database = module_of(connection.vendor, __name__).DATABASE(connection)
    return database
