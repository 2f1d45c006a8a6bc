"""PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo

from django.db import transaction
from django.utils import timezone

from kit_django.runner.databases.base import Database
from kit_django.runner.databases.locks import Lock
from kit_django.runner.databases.postgresql.lock import PostgresLock
from kit_django.runner.databases.postgresql.session import PostgresSession
from kit_django.runner.databases.postgresql.wipe import wipe
from kit_django.runner.databases.sessions import Session
from kit_django.runner.databases.wiping import Run, WipeOptions
from kit_django.schema.dialects import dialect_of


class PostgreSQL(Database):
    @property
    def zone_of_naive_times(self) -> tzinfo:
        return timezone.get_default_timezone()

    def sql_to_number_on(self, table: str, newest_id: int) -> str:
        quoted = dialect_of(self.connection).quote_name(table)
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [quoted])
            (sequence,) = cursor.fetchone()
            if sequence is None:
                return ""
            cursor.execute(f"SELECT last_value FROM {sequence}")  # its name comes quoted
            (last,) = cursor.fetchone()
        return f"SELECT setval('{sequence}', {newest_id})" if last < newest_id else ""

    def lock(self) -> Lock:
        return PostgresLock(self.connection)

    def session(self, lock: Lock | None) -> Session:
        return PostgresSession(self.connection, lock)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        with transaction.atomic(using=self.connection.alias):
            self.execute("SET TRANSACTION READ ONLY")
            yield

    def wipe_by(self, run: Run, options: WipeOptions) -> None:
        wipe(run, self.connection, options)
