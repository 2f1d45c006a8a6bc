"""SQLite's pragmas, which are settings of the connection and no statements of a migration."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def pragma(connection: BaseDatabaseWrapper, words: str) -> Any:
    """What ``PRAGMA words`` answers; None where that is nothing. Straight to the driver."""
    connection.ensure_connection()
    row = connection.connection.execute(f"PRAGMA {words}").fetchone()
    return row[0] if row else None
