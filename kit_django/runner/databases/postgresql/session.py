"""PostgreSQL's session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases.sessions import (
    BROKEN,
    ENDED,
    OPEN,
    Bounds,
    BrokenTransaction,
    ServerSession,
)

IDLE, IN_ERROR = 0, 3  # libpq's words for the state of a transaction


SET = "SELECT set_config(%s, %s, %s)"


def milliseconds(seconds: float | None) -> str:
    return str(max(1, round(seconds * 1000))) if seconds else "0"


MARK = "kit_django.migration"
"""Local to the transaction: gone when the migration ends that transaction."""


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
        MARK,
    )
    setting_sql = "current_setting('{}', true)"
    id_sql = "pg_backend_pid()"

    def begin(self, name: str, bounds: Bounds | None = None) -> None:
        if bounds is None:
            self.ask_state()
            return
        local = {MARK: name, **_timeouts(bounds)}
        sets = ["set_config(%s, %s, true)"] * len(local)
        goes_on = bool(self.connection.savepoint_ids)
        params = [text for pair in local.items() for text in pair]
        # Those of one whose transaction goes on are to be put back: they are asked for before.
        self.ask_state(sets, params, is_before=goes_on)
        *others, _ = self.found
        self.found = (*others, name)  # in whatever order PostgreSQL has answered

    def bound(self, bounds: Bounds) -> None:
        self.lock_bound = self.lock_bound_now = milliseconds(bounds.lock)
        for name, value in _timeouts(bounds).items():
            self.query(SET, [name, value, False])

    def before_change(self, sql: str) -> None:
        """A concurrent index waits for old transactions, and nobody waits behind it."""
        wanted = "0" if "CONCURRENTLY" in sql.upper() else self.lock_bound
        if wanted != self.lock_bound_now:
            self.query(SET, ["lock_timeout", wanted, False])
            self.lock_bound_now = wanted

    def check_transaction(self, transactional: bool) -> None:
        status = self.connection.connection.info.transaction_status
        if transactional and status == IN_ERROR:
            raise BrokenTransaction(BROKEN)
        if not transactional and status != IDLE:
            raise MigrationFailed(OPEN)

    def check_changed(self, changed: Mapping[str, Any], transactional: bool) -> None:
        if transactional and MARK in changed:
            raise MigrationFailed(ENDED)

    def restore(self, values: Mapping[str, Any]) -> None:
        for setting, value in values.items():
            self.query(SET, [setting, value, False])


def _timeouts(bounds: Bounds) -> dict[str, str]:
    told = {"lock_timeout": bounds.lock, "statement_timeout": bounds.statement}
    return {name: milliseconds(value) for name, value in told.items() if value}
