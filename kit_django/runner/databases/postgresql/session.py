"""PostgreSQL's session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases.sessions import (
    BROKEN,
    ENDED,
    OPEN,
    Answer,
    Bounds,
    BrokenTransaction,
    Question,
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
    id_sql = "pg_backend_pid()"
    before: Mapping[str, str]
    """What the settings were that a migration has of its own."""

    def sql_of_setting(self, name: str) -> str:
        return f"current_setting('{name}', true)"

    def question(self, name: str, bounds: Bounds) -> Question:
        """The state first, as it was before the settings of the transaction's own."""
        state, own = self.question_of_state(), _own(name, bounds)
        return Question((*state.columns, *_sets(own).columns), (*state.params, *_sets(own).params))

    def begin(self, name: str, bounds: Bounds | None = None, answer: Answer = None) -> None:
        if bounds is None:
            self.before = {}
            super().begin(name)
            return
        answer = answer or self.ask(self.question(name, bounds))
        width = 1 + len(self._state)
        self.take(answer[:width])
        were = dict(zip(self.settings, self.found, strict=True))
        own = dict(zip(_own(name, bounds), answer[width:], strict=True))
        self.before = {setting: were[setting] for setting in own if setting != MARK}
        self.found = tuple((were | own).values())

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

    def last_question(self) -> Question:
        """Where the transaction goes on, what the migration had of its own is put back by it."""
        put_back = _sets(self.before if self.connection.savepoint_ids else {})
        return Question((*self._state, *put_back.columns), put_back.params)

    def settle(self, answer: Answer = None, *, transactional: bool) -> None:
        answer = answer or self.ask(self.last_question())
        super().settle(answer[: len(self._state)], transactional=transactional)

    def restore(self, values: Mapping[str, Any]) -> None:
        for setting, value in values.items():
            self.query(SET, [setting, self.before.get(setting, value), False])


def _own(name: str, bounds: Bounds) -> dict[str, str]:
    """The settings of a migration's transaction."""
    return {MARK: name, **_timeouts(bounds)}


def _sets(settings: Mapping[str, str]) -> Question:
    """What gives them these values until the transaction ends."""
    params = tuple(text for pair in settings.items() for text in pair)
    return Question(("set_config(%s, %s, true)",) * len(settings), params)


def _timeouts(bounds: Bounds) -> dict[str, str]:
    told = {"lock_timeout": bounds.lock, "statement_timeout": bounds.statement}
    return {name: milliseconds(value) for name, value in told.items() if value}
