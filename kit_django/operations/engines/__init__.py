"""How each database is taken from one table to the next, through Django's schema editor."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kit_django.operations.engines.base import Engine
from kit_django.schema.catalog import Catalog


def engine_for(editor: BaseDatabaseSchemaEditor, catalog: Catalog) -> Engine:
    """The engine of the editor's database; an unknown one gets standard SQL."""
    match editor.connection.vendor:
        case "postgresql":
            from kit_django.operations.engines.postgresql import PostgreSQLEngine

            return PostgreSQLEngine(editor, catalog)
        case "mysql":
            from kit_django.operations.engines.mysql import MySQLEngine

            return MySQLEngine(editor, catalog)
        case "sqlite":
            from kit_django.operations.engines.sqlite.engine import SQLiteEngine

            return SQLiteEngine(editor, catalog)
        case _:
            return Engine(editor, catalog)
