"""SQLite."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from django.db import Error

from kit_django.runner.databases.base import Database
from kit_django.runner.databases.causes import Cause
from kit_django.runner.databases.locks import Lock
from kit_django.runner.databases.sessions import Session
from kit_django.runner.databases.sqlite.foreign_keys import check_foreign_keys
from kit_django.runner.databases.sqlite.lock import FileLock
from kit_django.runner.databases.sqlite.session import SqliteSession
from kit_django.runner.databases.sqlite.transaction import (
    immediate_transaction,
    without_foreign_keys,
)
from kit_django.runner.databases.sqlite.wipe import tables, wipe
from kit_django.runner.databases.wiping import Run, WipeOptions
from kit_django.runner.events import Report
from kit_django.schema.keys import Key

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema
    from kit_django.runner.databases.templates import Templates

CAUSES: dict[Any, Cause] = {
    sqlite3.SQLITE_BUSY: "lock",
    sqlite3.SQLITE_LOCKED: "lock",
    sqlite3.SQLITE_INTERRUPT: "timeout",
    sqlite3.SQLITE_PERM: "rights",
    sqlite3.SQLITE_CANTOPEN: "rights",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_FULL: "disk",
    sqlite3.SQLITE_IOERR: "disk",
}


class SQLite(Database):
    causes = CAUSES

    def code_of(self, error: Error) -> Any:
        return getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF  # without its details

    def lock(self) -> Lock:
        return FileLock(self.connection)

    def cancel(self) -> None:
        self.connection.connection.interrupt()

    def session(self, lock: Lock | None) -> Session:
        return SqliteSession(self.connection, lock)

    def one_transaction(self, timeout: float, report: Report) -> AbstractContextManager[None]:
        return immediate_transaction(self.connection, timeout, report)

    def no_transaction(self) -> AbstractContextManager[None]:
        return without_foreign_keys(self.connection)

    def check_foreign_keys(self, schema: Schema, *, is_own: bool) -> None:
        check_foreign_keys(schema, self.connection)

    def read_only(self) -> AbstractContextManager[None]:
        return self.between("PRAGMA query_only = ON", "PRAGMA query_only = OFF")

    def templates(self, key: str, origin: str) -> Templates:
        from kit_django.runner.databases.sqlite.templates import SqliteTemplates

        return SqliteTemplates(self.connection, key, origin)

    def tables_to_wipe(self, options: WipeOptions) -> list[Key]:
        return tables(self.connection)

    def own_schema(self) -> str:
        return "main"

    def wipe_by(self, run: Run, options: WipeOptions) -> None:
        wipe(run, self.connection)


DATABASE = SQLite
