"""MariaDB and MySQL."""

from __future__ import annotations

from contextlib import AbstractContextManager

from kit_django.runner.databases.base import Database
from kit_django.runner.databases.locks import Lock
from kit_django.runner.databases.mysql.lock import MysqlLock
from kit_django.runner.databases.mysql.session import MysqlSession
from kit_django.runner.databases.mysql.wipe import wipe
from kit_django.runner.databases.sessions import Session
from kit_django.runner.databases.wiping import Run, WipeOptions, runner
from kit_django.runner.events import Report


class MySQL(Database):
    utc_now = "UTC_TIMESTAMP(6)"

    def lock(self) -> Lock:
        return MysqlLock(self.connection)

    def session(self, lock: Lock | None) -> Session:
        return MysqlSession(self.connection, lock)

    def read_only(self) -> AbstractContextManager[None]:
        return self.between(
            "SET SESSION TRANSACTION READ ONLY", "SET SESSION TRANSACTION READ WRITE"
        )

    def wipe(self, options: WipeOptions, report: Report, timeout: float) -> None:
        self.wipe_by(runner(self.connection), options)  # each statement commits

    def wipe_by(self, run: Run, options: WipeOptions) -> None:
        wipe(run, self.connection, options)
