"""How each database is taken from one table to the next, through Django's schema editor."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kit_django.operations.engines.base import Engine
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects import module_of


def engine_for(editor: BaseDatabaseSchemaEditor, catalog: Catalog) -> Engine:
    """The engine of the editor's database."""
    engine: Engine = module_of(catalog.dialect.vendor, __name__).ENGINE(editor, catalog)
    return engine
