"""One runner at a time: a lock of the session that does the work.

The lock keeps runners from working side by side; that no migration runs twice is for the
history's unique name to see to. SQLite has no such lock and needs none: there the write
transaction of each migration is the lock (``transaction``).
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.conf import get_settings
from kit_django.exceptions import LockTimeout
from kit_django.runner.events import Report, Waiting

SessionId = int
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0


@contextmanager
def hold(
    connection: BaseDatabaseWrapper, timeout: float, report: Report
) -> Iterator[SessionId | None]:
    """Hold the lock of this database, schema and history table. Raises LockTimeout.

    Hands out the id of the session that has the lock, None where the database has no such lock.
    """
    if connection.vendor not in LOCKS:
        yield None
        return
    lock = LOCKS[connection.vendor](connection)
    wait_for(lock.try_acquire, lock.holder, timeout, report)
    try:
        yield lock.session_id
    finally:
        with suppress(Error):  # the session, and the lock with it, may be gone
            lock.release()


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


class SessionLock(ABC):
    """A lock that the database gives to a session, and takes back when the session ends."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.key: Any = None
        self.session_id: SessionId = 0

    @abstractmethod
    def try_acquire(self) -> bool:
        """Take the lock if it is free; never wait in the database."""

    @abstractmethod
    def holder(self) -> str:
        """Who has the lock and since when, as far as the database tells."""

    @abstractmethod
    def release(self) -> None: ...

    def query(self, sql: str, params: list[Any]) -> tuple[Any, ...] | None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row


class PostgresLock(SessionLock):
    # A *blocking* pg_advisory_lock would deadlock with the holder's CREATE INDEX CONCURRENTLY,
    # which waits for every transaction that is older, that of the waiting lock included.
    def try_acquire(self) -> bool:
        row = self.query(
            "SELECT key, pg_backend_pid(), pg_try_advisory_lock(key) FROM (SELECT hashtextextended("
            "concat_ws('/', current_database(), current_schema(), %s::text), 0) AS key) AS own",
            [get_settings().history_table],
        )
        assert row is not None
        self.key, self.session_id, acquired = row
        return bool(acquired)

    def holder(self) -> str:
        row = self.query(
            "SELECT a.pid, a.application_name, a.usename, coalesce(a.client_hostname,"
            " host(a.client_addr), 'a local socket'), a.backend_start FROM pg_locks l"
            " JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory'"
            " AND l.granted AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database"
            " WHERE datname = current_database())"
            " AND ((l.classid::bigint << 32) | l.objid::bigint) = %s",
            [self.key],
        )
        if row is None:
            return "another runner that has just ended"
        pid, application, user, host, since = row
        named = f" ({application})" if application else ""
        return f"process {pid}{named} of user {user} from {host}, connected since {since:%F %T %Z}"

    def release(self) -> None:
        self.query("SELECT pg_advisory_unlock(%s)", [self.key])


class MysqlLock(SessionLock):
    # Names of locks are server-wide, and MySQL allows them 64 characters.
    def try_acquire(self) -> bool:
        row = self.query(
            "SELECT name, CONNECTION_ID(), GET_LOCK(name, 0) FROM (SELECT CONCAT('kit_', LEFT(SHA2(CONCAT("
            "DATABASE(), '/', %s), 256), 60)) AS name) AS own",
            [get_settings().history_table],
        )
        assert row is not None
        self.key, self.session_id, acquired = row
        return bool(acquired)

    def holder(self) -> str:
        row = self.query(
            "SELECT `ID`, `USER`, `HOST`, NOW() - INTERVAL `TIME` SECOND, `COMMAND`"
            " FROM information_schema.PROCESSLIST WHERE `ID` = IS_USED_LOCK(%s)",
            [self.key],
        )
        if row is None:
            return "a connection that this user may not see"
        number, user, host, since, command = row
        return f"connection {number} of user {user} from {host}, in {command!r} since {since:%F %T}"

    def release(self) -> None:
        self.query("SELECT RELEASE_LOCK(%s)", [self.key])


LOCKS: dict[str, type[SessionLock]] = {"postgresql": PostgresLock, "mysql": MysqlLock}
