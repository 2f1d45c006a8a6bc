"""Tables, views and indexes share one room of names, and triggers have another."""

from __future__ import annotations

from collections.abc import Collection

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.introspection.names import Holder
from kit_django.schema.introspection.rows import fetch

# Its table of all things has no index; a pragma goes to the name itself.
_IS_TAKEN = """
    SELECT EXISTS (SELECT 1 FROM pragma_table_xinfo(?)) OR EXISTS (SELECT 1 FROM pragma_index_info(?))
"""
_HOLDERS = "SELECT name, type AS kind, tbl_name AS tbl FROM sqlite_master ORDER BY name"


def holders(
    connection: BaseDatabaseWrapper, schema: str | None, names: Collection[str]
) -> list[Holder]:
    if schema is not None or not any(_is_taken(connection, name) for name in names):
        return []
    return [
        Holder(row.name, row.kind, (None, row.tbl) if row.kind in ("index", "trigger") else None)
        for row in fetch(connection, _HOLDERS)
    ]


def _is_taken(connection: BaseDatabaseWrapper, name: str) -> bool:
    (found,) = connection.connection.execute(_IS_TAKEN, [name, name]).fetchone()
    return bool(found)
