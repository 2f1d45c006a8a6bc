"""One runner at a time: a lock of the session that does the work, or beside its file.

The lock keeps runners from working side by side; that no migration runs twice is for the
history's unique name to see to.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.conf import get_settings
from kit_django.exceptions import LockTimeout
from kit_django.runner.events import Report, Waiting

SessionId = int
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

    session_id: SessionId | None = None
    """Of the session that has the lock, where it is a session that has it."""

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


class SessionLock(Lock):
    """A lock that the database gives to a session, and takes back when the session ends."""

    key_sql: str

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.key: Any = None

    def running(self) -> str:
        row = self.query(f"SELECT {self.key_sql}", [get_settings().history_table])
        assert row is not None
        (self.key,) = row
        return self.other_holder()

    def holder(self) -> str:
        return self.other_holder() or "another runner that has just ended"

    @abstractmethod
    def other_holder(self) -> str: ...

    def query(self, sql: str, params: list[Any]) -> tuple[Any, ...] | None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row
