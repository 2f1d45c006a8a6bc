"""SQLite's lock: a file beside the database, locked by the operating system.

It goes with the process, however that ends; the file's text says who has it.
"""

from __future__ import annotations

import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakKeyDictionary

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.conf import get_settings
from kit_django.exceptions import LockUnavailable
from kit_django.runner.databases.locks import Lock

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

BEHIND_THE_TEXT = 1 << 20  # Windows lets nobody read what is locked

_held: WeakKeyDictionary[BaseDatabaseWrapper, int] = WeakKeyDictionary()
"""The open files of the connections that have the lock."""


class FileLock(Lock):
    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        database = _file_of(connection)
        table = get_settings().history_table
        self.path = database.with_name(f"{database.name}.{table}.lock") if database else None
        self.is_nested = connection in _held

    def try_acquire(self) -> bool:
        """True at once where the connection has the lock, or its database is in memory."""
        if self.path is None or self.is_nested:
            return True
        if self._try_once():
            return True
        time.sleep(0.02)  # it may have been one who only looks who has it
        return self._try_once()

    def _try_once(self) -> bool:
        assert self.path is not None
        descriptor = self._open(os.O_RDWR | os.O_CREAT)
        if not _lock(descriptor) or not self._is_there_still(descriptor):
            os.close(descriptor)
            return False
        os.truncate(descriptor, 0)
        os.write(descriptor, _myself().encode())
        _held[self.connection] = descriptor
        return True

    def _open(self, flags: int) -> int:
        assert self.path is not None
        try:
            return os.open(self.path, flags, 0o666)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise LockUnavailable(
                f"The lock file {self.path} cannot be opened: {error.strerror}. It keeps two runners "
                f"from working on one database. Let this user write in that folder, as SQLite has "
                f"to for its journal. Nothing was done."
            ) from error

    def _is_there_still(self, descriptor: int) -> bool:
        """Not where its last holder has removed the file meanwhile."""
        assert self.path is not None
        try:
            return os.path.samestat(os.fstat(descriptor), self.path.stat())
        except FileNotFoundError:
            return False

    def holder(self) -> str:
        return self.running() or "another runner that has just ended"

    def running(self) -> str:
        if self.path is None or self.is_nested:
            return ""
        try:
            descriptor = self._open(os.O_RDWR)
        except (FileNotFoundError, LockUnavailable):
            return ""
        try:
            return "" if _lock(descriptor) else os.read(descriptor, 500).decode(errors="replace")
        finally:
            os.close(descriptor)

    def release(self) -> None:
        if self.path is None or self.is_nested:
            return
        descriptor = _held.pop(self.connection)
        if os.name == "posix":  # Windows removes no file that is open
            self.path.unlink(missing_ok=True)
        os.close(descriptor)


def _file_of(connection: BaseDatabaseWrapper) -> Path | None:
    """The database's own file; None for one in memory."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA database_list")
        path = next(file for _, name, file in cursor.fetchall() if name == "main")
    return Path(path).resolve() if path else None


def _lock(descriptor: int) -> bool:
    """Lock an open file, until it is closed; False where another has it locked."""
    try:
        if os.name == "posix":
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            os.lseek(descriptor, BEHIND_THE_TEXT, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            os.lseek(descriptor, 0, os.SEEK_SET)
    except (BlockingIOError, PermissionError):
        os.lseek(descriptor, 0, os.SEEK_SET)
        return False
    return True


def _myself() -> str:
    return f"{socket.gethostname()}:{os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
