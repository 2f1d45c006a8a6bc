"""SQLite's session, which is a connection."""

from __future__ import annotations

from django.db.utils import DatabaseError

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases.sessions import ENDED, OPEN, Bounds, Session

IN_MEMORY_TOO = (
    *("recursive_triggers", "ignore_check_constraints", "reverse_unordered_selects", "query_only"),
    *("writable_schema", "legacy_alter_table", "busy_timeout", "cell_size_check", "secure_delete"),
)
"""What is put back where the session is all there is of the database."""


class SqliteSession(Session):
    mark = "kit_migration"

    def ready(self) -> None:
        super().ready()
        self.found = {name: self.query(f"PRAGMA {name}")[0] for name in IN_MEMORY_TOO}

    def leave(self) -> None:
        super().leave()
        if self.connection.connection is not None:
            for name, value in self.found.items():
                self.execute(f"PRAGMA {name} = {value}")

    def bound(self, bounds: Bounds, *, transactional: bool) -> None:
        if bounds.lock and not transactional:  # a transaction has the right to write already
            self.execute(f"PRAGMA busy_timeout = {round(bounds.lock * 1000)}")

    def end(self, name: str, *, transactional: bool) -> None:
        super().end(name, transactional=transactional)
        self.execute(f"PRAGMA busy_timeout = {self.found['busy_timeout']}")

    def begin(self, name: str, *, transactional: bool) -> None:
        if transactional:
            self.execute(f"SAVEPOINT {self.mark}")

    def before_statement(self) -> None:
        if not self.connection.connection.in_transaction:
            raise MigrationFailed(ENDED)

    def check_transaction(self, name: str, transactional: bool) -> None:
        if not transactional and self.connection.connection.in_transaction:
            raise MigrationFailed(OPEN)
        if transactional:
            self._release()

    def _release(self) -> None:
        try:
            self.execute(f"RELEASE {self.mark}")
        except DatabaseError as error:
            raise MigrationFailed(ENDED) from error
