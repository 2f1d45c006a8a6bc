"""PostgreSQL's session."""

from __future__ import annotations

from typing import Any

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases.sessions import BROKEN, ENDED, OPEN, Bounds, ServerSession

IDLE, IN_ERROR = 0, 3  # libpq's words for the state of a transaction


SET = "SELECT set_config(%s, %s, %s)"


def milliseconds(seconds: float | None) -> str:
    return str(max(1, round(seconds * 1000))) if seconds else "0"


class PostgresSession(ServerSession):
    lock_bound = lock_bound_now = "0"
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

    def bound(self, bounds: Bounds, *, transactional: bool) -> None:
        self.lock_bound = self.lock_bound_now = milliseconds(bounds.lock)
        for name, value in (("lock_timeout", bounds.lock), ("statement_timeout", bounds.statement)):
            if value:
                self.query(SET, [name, milliseconds(value), transactional])

    def before_change(self, sql: str) -> None:
        """A concurrent index waits for old transactions, and nobody waits behind it."""
        wanted = "0" if "CONCURRENTLY" in sql.upper() else self.lock_bound
        if wanted != self.lock_bound_now:
            self.query(SET, ["lock_timeout", wanted, False])
            self.lock_bound_now = wanted

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
