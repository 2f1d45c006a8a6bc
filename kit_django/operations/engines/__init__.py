"""How each database is taken from one table to the next, through Django's schema editor."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kit_django.operations.engines.base import Engine
from kit_django.operations.engines.mysql import MySQLEngine
from kit_django.operations.engines.postgresql import PostgreSQLEngine
from kit_django.operations.engines.sqlite.engine import SQLiteEngine
from kit_django.schema.catalog import Catalog

ENGINES = {"postgresql": PostgreSQLEngine, "mysql": MySQLEngine, "sqlite": SQLiteEngine}


def engine_for(editor: BaseDatabaseSchemaEditor, catalog: Catalog) -> Engine:
    """The engine of the editor's database."""
    return ENGINES[catalog.dialect.vendor](editor, catalog)
