"""The database session that migrations run in: still the same one, and left as it was found.

A migration may end its transaction, or leave one open, by SQL of its own; it may change
``search_path`` or ``foreign_key_checks``, as every dump does. The first must not pass for success,
the second must not reach the next migration or the history.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases.locks import Lock

ENDED = (
    "it ended the transaction that it runs in (COMMIT or ROLLBACK). Take that out, "
    "or set atomic = False in the migration"
)
OPEN = "it left a transaction open. Commit it within the migration"
BROKEN = (
    "it went on after a database error, which had broken its transaction. Let the error pass, "
    "or put what may fail in its own transaction.atomic()"
)
WENT_ON = f"I{BROKEN[1:]}."


@dataclass(frozen=True, slots=True)
class Bounds:
    """In seconds; None or 0 is no bound."""

    lock: float | None = None
    statement: float | None = None


class Question(NamedTuple):
    """SQL expressions that a statement of the runner's answers besides, and what they bind."""

    columns: tuple[str, ...] = ()
    params: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.columns)


NOTHING = Question()
Answer = Sequence[Any] | None
"""None where nothing was asked."""


class BrokenTransaction(MigrationFailed):
    """A migration went on after an error that it had caught."""


class Session:
    """One for each run. ``ready`` comes before each migration and ``leave`` after it, ``begin`` and
    ``end`` go around what it does.

    What a session has to ask may be asked along with what is written into the history: ``question`` and
    ``last_question`` are for that, their answers are handed to ``begin`` and ``settle``.
    """

    def __init__(self, connection: BaseDatabaseWrapper, lock: Lock | None) -> None:
        self.connection = connection
        self.lock = lock
        self._kept_in: Any = None
        """The session in which the lock was looked at."""

    def ready(self) -> None:
        """Raises HistoryError where the lock is not ours any more."""
        self.connection.ensure_connection()
        if self.lock is not None and self.connection.connection is not self._kept_in:
            self.lock.keep()
            self._kept_in = self.connection.connection

    def schema_version(self) -> Any:
        """What is another where somebody else has changed the schema, as far as that shows: behind code
        that had the connection, the session is a new one."""
        return self.connection.connection

    def leave(self) -> None:
        """After a migration that had SQL of its own: the session is not used again, as nobody can tell
        all that such SQL may have set."""
        renew(self.connection)

    def question(self, name: str, bounds: Bounds) -> Question:
        """What is to be known, and is set by that, where a migration in a transaction begins."""
        return NOTHING

    def begin(self, name: str, bounds: Bounds | None = None, answer: Answer = None) -> None:
        """Where the migration begins. ``bounds`` are those of one in a transaction.

        Raises HistoryError where the lock is not ours any more.
        """

    def bound(self, bounds: Bounds) -> None:
        """How long the statements of one without a transaction may wait for locks, and take."""

    def timed(self, bounds: Bounds) -> AbstractContextManager[None]:
        """Within, statements are ended that take too long, where the database does not see to that."""
        return nullcontext()

    def before_change(self, sql: str) -> None:
        """Before each statement of a migration without a transaction that changes something."""

    def before_statement(self) -> None:
        """Before each statement of a transactional migration. Raises MigrationFailed where the
        transaction has ended, and the statement would take effect outside of it."""

    def end(self, *, transactional: bool) -> None:
        """After it. Raises MigrationFailed for a transaction that is not as it has to be."""
        if transactional and self.connection.needs_rollback:
            raise BrokenTransaction(BROKEN)
        if not transactional and not self.connection.get_autocommit():
            raise MigrationFailed(OPEN)
        self.check_transaction(transactional)

    def check_transaction(self, transactional: bool) -> None:
        """What only the database can tell. Raises MigrationFailed."""

    def last_question(self) -> Question:
        """What ``settle`` has to know."""
        return NOTHING

    def settle(self, answer: Answer = None, *, transactional: bool) -> None:
        """Put settings back. Raises MigrationFailed for a session that is another one."""

    def recover(self) -> None:
        """After a failure outside of a transaction: leave any that is open, put settings back.

        Raises MigrationFailed where the session is another one by now.
        """
        self.connection.rollback()
        if not self.connection.get_autocommit():
            self.connection.set_autocommit(True)

    def query(self, sql: str, params: list[Any] | None = None) -> tuple[Any, ...]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            row: tuple[Any, ...] = cursor.fetchone()
        return row

    def execute(self, sql: str, params: list[Any] | None = None) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)


class ServerSession(Session):
    """A session with an id, and with settings that the history's last write must not run under."""

    settings: tuple[str, ...]
    id_sql: str
    session_id: Any = None
    found: tuple[Any, ...] = ()

    def begin(self, name: str, bounds: Bounds | None = None, answer: Answer = None) -> None:
        self.take(answer or self.ask(self.question_of_state()))

    def question_of_state(self) -> Question:
        """Whether the lock is held, and what the session is like."""
        held, keys = self.lock.question() if self.lock else ("true", [])
        return Question((held, *self._state), tuple(keys))

    def take(self, answer: Sequence[Any]) -> None:
        """The answer to that. Raises HistoryError where the lock is not ours any more."""
        is_held, self.session_id, *found = answer
        self.found = tuple(found)
        if self.lock and not is_held:
            self.lock.lost()

    def recover(self) -> None:
        super().recover()
        self.settle(transactional=False)
        renew(self.connection)

    def last_question(self) -> Question:
        return Question(tuple(self._state))

    def settle(self, answer: Answer = None, *, transactional: bool) -> None:
        session_id, *now = answer or self.ask(self.last_question())
        changed = {
            setting: before
            for setting, before, after in zip(self.settings, self.found, now, strict=True)
            if before != after
        }
        self.check_changed(changed, transactional)
        if session_id != self.session_id:
            raise MigrationFailed("the database session was lost while it ran")
        if changed:
            self.restore(changed)

    def check_changed(self, changed: Mapping[str, Any], transactional: bool) -> None:
        """Raises MigrationFailed for what no migration may change."""

    def restore(self, values: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def ask(self, question: Question) -> tuple[Any, ...]:
        return self.query(f"SELECT {', '.join(question.columns)}", list(question.params))

    @cached_property
    def _state(self) -> list[str]:
        return [self.id_sql, *map(self.sql_of_setting, self.settings)]

    @abstractmethod
    def sql_of_setting(self, name: str) -> str:
        """What it is now."""


def renew(connection: BaseDatabaseWrapper) -> None:
    """End the session; the next statement begins another."""
    if connection.connection is None or connection.in_atomic_block:
        return
    if connection.settings_dict.get("OPTIONS", {}).get("pool"):
        with suppress(Exception):
            connection.connection.close()  # or the pool hands it out again
    connection.close()
