"""SQLite's own word on what there is: the statements that it keeps, as they were written."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

_KEPT = (
    "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
)


class KeptStatements:
    """Its table of all things, which is its dump."""

    def run(self, connection: BaseDatabaseWrapper) -> Mapping[str, tuple[str, ...]]:
        """Each thing that the database holds, with the lines that make it."""
        with connection.cursor() as cursor:
            cursor.execute(_KEPT, None)
            return {
                f"{kind} {name}": tuple(sql.rstrip().splitlines()) for kind, name, sql in cursor
            }


SQLITE_MASTER = KeptStatements()
