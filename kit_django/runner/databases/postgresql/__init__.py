"""PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo

from django.db import transaction
from django.utils import timezone

from kit_django.runner.databases.base import Database
from kit_django.runner.databases.locks import SessionId, SessionLock
from kit_django.runner.databases.postgresql.lock import PostgresLock
from kit_django.runner.databases.postgresql.session import PostgresSession
from kit_django.runner.databases.postgresql.wipe import wipe
from kit_django.runner.databases.sessions import Session
from kit_django.runner.databases.wiping import Run, WipeOptions


class PostgreSQL(Database):
    @property
    def zone_of_naive_times(self) -> tzinfo:
        return timezone.get_default_timezone()

    def lock(self) -> SessionLock:
        return PostgresLock(self.connection)

    def session(self, session_id: SessionId | None) -> Session:
        return PostgresSession(self.connection, session_id)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        with transaction.atomic(using=self.connection.alias):
            self.execute("SET TRANSACTION READ ONLY")
            yield

    def wipe_by(self, run: Run, options: WipeOptions) -> None:
        wipe(run, self.connection, options)
