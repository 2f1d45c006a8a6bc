"""SQLite's session, which is a connection."""

from __future__ import annotations

from django.db.utils import DatabaseError

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases.sessions import ENDED, OPEN, Session


class SqliteSession(Session):
    mark = "kit_migration"

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
