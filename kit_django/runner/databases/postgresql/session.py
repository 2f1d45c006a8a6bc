"""PostgreSQL's session."""

from __future__ import annotations

from typing import Any

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases.sessions import BROKEN, ENDED, OPEN, ServerSession

IDLE, IN_ERROR = 0, 3  # libpq's words for the state of a transaction


class PostgresSession(ServerSession):
    settings = (
        "search_path",
        "role",
        "session_replication_role",
        "lock_timeout",
        "statement_timeout",
        "check_function_bodies",
        "row_security",
        "default_tablespace",
    )
    setting_sql = "current_setting('{}')"
    id_sql = "pg_backend_pid()"
    mark = "kit_django.migration"

    def begin(self, name: str, *, transactional: bool) -> None:
        super().begin(name, transactional=transactional)
        if transactional:
            # Local to the transaction: gone when the migration ends that transaction.
            self.query("SELECT set_config(%s, %s, true)", [self.mark, name])

    def check_transaction(self, name: str, transactional: bool) -> None:
        status = self.connection.connection.info.transaction_status
        if transactional and status == IN_ERROR:
            raise MigrationFailed(BROKEN)
        if transactional and self._mark() != name:
            raise MigrationFailed(ENDED)
        if not transactional and status != IDLE:
            raise MigrationFailed(OPEN)

    def _mark(self) -> str:
        (mark,) = self.query("SELECT current_setting(%s, true)", [self.mark])
        return str(mark)

    def restore(self, setting: str, value: Any) -> None:
        self.query("SELECT set_config(%s, %s, false)", [setting, value])
