"""SQLite: a few changes by ALTER TABLE, all others by one rebuild of the table."""

from kit_django.operations.engines.sqlite.engine import SQLiteEngine

ENGINE = SQLiteEngine
