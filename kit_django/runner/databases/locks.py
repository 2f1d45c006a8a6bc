"""One runner at a time: a lock of the session that does the work, or beside its file.

The lock keeps runners from working side by side; that no migration runs twice is for the
history's unique name to see to.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.conf import get_settings
from kit_django.exceptions import HistoryError, LockTimeout, LockUnavailable
from kit_django.runner.events import Report, Waiting

PATIENCE = 30
"""Seconds for a session that was closed to give its locks back."""
SHARED = (
    "The connection goes through a pooler that hands server sessions from one client to another, as "
    "pgbouncer does with pool_mode = transaction. No lock and no setting of a session is safe there. "
    "Name an alias in settings.DATABASES that goes to the server itself, and say "
    'KIT["DIRECT_DATABASES"] = {"default": "direct"}. Nothing was done.'
)
LOST = (
    "The session that holds the lock was lost: another runner may be at work. What was applied is "
    "recorded; run the command again. Behind a pooler, use one that keeps sessions."
)
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0


def wait_for(
    attempt: Callable[[], bool], holder: Callable[[], str], timeout: float, report: Report
) -> None:
    """Repeat the attempt until it succeeds; say once for whom we wait. Raises LockTimeout."""
    if attempt():
        return
    deadline, pause = time.monotonic() + timeout, FIRST_PAUSE
    report(Waiting(holder(), timeout))
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE)
        if attempt():
            return
    raise LockTimeout(
        f"Another runner still has the lock after {timeout:g} s: {holder()}. Nothing was done. "
        f"Wait for it to end, or give more time with --lock-timeout."
    )


class Lock(ABC):
    """Who has it may take it again; it is theirs until they have released it as often."""

    @abstractmethod
    def try_acquire(self) -> bool:
        """Take the lock if it is free; never wait in the database."""

    @abstractmethod
    def holder(self) -> str:
        """Who has the lock and since when, as far as it can be told."""

    @abstractmethod
    def running(self) -> str:
        """The same; empty where nobody has it, or we have."""

    @abstractmethod
    def release(self) -> None: ...

    def keep(self) -> None:  # noqa: B027
        """In a session that is new: be sure that it is held still. Raises HistoryError."""

    def question(self) -> tuple[str, list[Any]]:
        """SQL that says whether it is held still, in the session in which it was before; and what
        the SQL binds."""
        return "true", []

    def lost(self) -> None:
        """The answer was no. Raises HistoryError."""
        raise HistoryError(LOST)


_keepers: WeakKeyDictionary[BaseDatabaseWrapper, BaseDatabaseWrapper] = WeakKeyDictionary()
"""The connections that hold the locks of working connections."""


class SessionLock(Lock):
    """Two locks that the database gives to sessions, and takes back when these end.

    One is held by a connection of its own, which no migration can reach, for the whole run; the other
    by the session that does the work, so that a statement that outlives its runner keeps others out.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.is_nested = connection in _keepers
        self._keys: tuple[Any, Any] | None = None

    @property
    def keys(self) -> tuple[Any, Any]:
        """Of the run and of the work, as the working session's database and schema have them."""
        if self._keys is None:
            table = get_settings().history_table
            self._keys = (self.key_of(table), self.key_of(f"{table}/work"))
        return self._keys

    def try_acquire(self) -> bool:
        if self.is_nested:
            return True
        run, work = self.keys
        keeper = _keepers.get(self.connection) or own_connection(self.connection)
        try:
            self.refuse_shared(keeper)
        except BaseException:
            keeper.close()
            raise
        if self.take(keeper, run):
            if self.take(self.connection, work):
                _keepers[self.connection] = keeper
                self.outlast(keeper)
                return True
            self.give_back(keeper, run)
        keeper.close()
        return False

    def keep(self) -> None:
        keeper = _keepers.get(self.connection)
        if keeper is None:
            return
        run, work = self.keys
        try:
            is_held = self.has(keeper, run)
        except Error:
            is_held = False
        if not is_held:
            self.lost()
        if not self.has(self.connection, work):
            wait_for(
                lambda: self.take(self.connection, work), self.holder, PATIENCE, lambda _: None
            )

    def question(self) -> tuple[str, list[Any]]:
        """The run's lock is asked for; that of the work goes with the session that asks."""
        keeper = _keepers.get(self.connection)
        return super().question() if keeper is None else self.question_of(keeper, self.keys[0])

    @abstractmethod
    def question_of(self, keeper: BaseDatabaseWrapper, key: Any) -> tuple[str, list[Any]]: ...

    def release(self) -> None:
        if self.is_nested:
            return
        keeper = _keepers.pop(self.connection, None)
        try:
            if self.connection.connection is not None:
                self.give_back(self.connection, self.keys[1])
        finally:
            if keeper is not None:
                keeper.close()

    def holder(self) -> str:
        return self.running() or "another runner that has just ended"

    def running(self) -> str:
        run, work = self.keys
        ours = _keepers.get(self.connection)
        return "" if ours else self.other_holder(work) or self.other_holder(run)

    def refuse_shared(self, keeper: BaseDatabaseWrapper) -> None:
        """Raises LockUnavailable where a pooler hands sessions from one connection to another."""
        if self.session_of(keeper) == self.session_of(self.connection):
            raise LockUnavailable(SHARED)

    @abstractmethod
    def session_of(self, connection: BaseDatabaseWrapper) -> Any: ...

    @abstractmethod
    def key_of(self, name: str) -> Any: ...

    @abstractmethod
    def take(self, connection: BaseDatabaseWrapper, key: Any) -> bool: ...

    @abstractmethod
    def has(self, connection: BaseDatabaseWrapper, key: Any) -> bool: ...

    @abstractmethod
    def give_back(self, connection: BaseDatabaseWrapper, key: Any) -> None: ...

    @abstractmethod
    def outlast(self, connection: BaseDatabaseWrapper) -> None:
        """Have the server never end that session for being idle."""

    @abstractmethod
    def other_holder(self, key: Any) -> str: ...

    def ask(
        self, sql: str, params: list[Any], connection: BaseDatabaseWrapper | None = None
    ) -> tuple[Any, ...] | None:
        with (connection or self.connection).cursor() as cursor:
            cursor.execute(sql, params)
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def own_connection(connection: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """Another to the same database, for a session that nobody else has."""
    own = connection.copy()
    own.settings_dict.get("OPTIONS", {}).pop("pool", None)  # one of Django's would be shared
    return own
