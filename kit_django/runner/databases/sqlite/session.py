"""SQLite's session, which is a connection."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases.locks import Lock
from kit_django.runner.databases.sessions import ENDED, OPEN, Answer, Bounds, Session
from kit_django.runner.databases.sqlite.pragmas import pragma
from kit_django.runner.databases.sqlite.timing import ended_after

IN_MEMORY_TOO = (
    *("recursive_triggers", "ignore_check_constraints", "reverse_unordered_selects", "query_only"),
    *("writable_schema", "legacy_alter_table", "busy_timeout", "cell_size_check", "secure_delete"),
)
"""What is put back where the session is all there is of the database."""


class SqliteSession(Session):
    mark = "kit_migration"

    def __init__(self, connection: BaseDatabaseWrapper, lock: Lock | None) -> None:
        super().__init__(connection, lock)
        self.found = {name: pragma(connection, name) for name in IN_MEMORY_TOO}

    def schema_version(self) -> Any:
        return pragma(self.connection, "schema_version")

    def leave(self) -> None:
        super().leave()
        if self.connection.connection is not None:
            for name, value in self.found.items():
                pragma(self.connection, f"{name} = {value}")

    def begin(self, name: str, bounds: Bounds | None = None, answer: Answer = None) -> None:
        if bounds is not None:
            self.connection.connection.execute(f"SAVEPOINT {self.mark}")

    def bound(self, bounds: Bounds) -> None:
        if bounds.lock:
            pragma(self.connection, f"busy_timeout = {round(bounds.lock * 1000)}")

    def timed(self, bounds: Bounds) -> AbstractContextManager[None]:
        return ended_after(bounds.statement, self.connection) if bounds.statement else nullcontext()

    def end(self, *, transactional: bool) -> None:
        super().end(transactional=transactional)
        pragma(self.connection, f"busy_timeout = {self.found['busy_timeout']}")

    def before_statement(self) -> None:
        if not self.connection.connection.in_transaction:
            raise MigrationFailed(ENDED)

    def check_transaction(self, transactional: bool) -> None:
        if not transactional and self.connection.connection.in_transaction:
            raise MigrationFailed(OPEN)
        if transactional:
            self._release()

    def _release(self) -> None:
        try:
            self.connection.connection.execute(f"RELEASE {self.mark}")
        except sqlite3.DatabaseError as error:
            raise MigrationFailed(ENDED) from error
