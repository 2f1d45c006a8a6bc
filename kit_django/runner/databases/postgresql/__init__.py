"""PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from django.db import Error, InterfaceError, OperationalError, transaction
from django.utils import timezone

from kit_django.runner.databases.base import Database
from kit_django.runner.databases.causes import Cause
from kit_django.runner.databases.locks import Lock
from kit_django.runner.databases.postgresql.lock import PostgresLock
from kit_django.runner.databases.postgresql.session import PostgresSession
from kit_django.runner.databases.postgresql.wipe import TOO_MANY, batches, drop_tables, tables, wipe
from kit_django.runner.databases.sessions import Session
from kit_django.runner.databases.wiping import Run, WipeOptions, runner
from kit_django.runner.events import Note, Renaming, Report
from kit_django.schema.dialects import dialect_of
from kit_django.schema.keys import Key

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema
    from kit_django.runner.databases.templates import Templates
    from kit_django.schema.catalog import Catalog

BLOCKERS = """
    SELECT pid, application_name, usename, state, coalesce(xact_start, state_change),
        left(split_part(query, chr(10), 1), 80)
    FROM pg_stat_activity WHERE pid = ANY(pg_blocking_pids(%s)) ORDER BY xact_start LIMIT 3
"""


CAUSES: dict[Any, Cause] = {
    "55P03": "lock",
    "40P01": "deadlock",
    "40001": "deadlock",
    "57014": "timeout",
    "08": "connection",
    "57P01": "connection",
    "57P02": "connection",
    "57P03": "connection",
    "42501": "rights",
    "25006": "read-only",
    "53100": "disk",
    "53200": "room",
    "55P04": "label",
}


INVALID_INDEXES = (
    "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
    "WHERE NOT indisvalid AND relkind = 'i' ORDER BY 1"
)

WHERE_A_TABLE_IS = (
    "SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = to_regclass(%s)"
)


class PostgreSQL(Database):
    causes = CAUSES

    def left_behind(self, catalog: Catalog, steps: Iterable[Renaming]) -> Iterable[str]:
        from kit_django.runner.databases.postgresql.functions import notes

        return notes(catalog, steps)

    def quoted_table(self, table: str) -> str:
        quoted = super().quoted_table(table)
        with self.connection.cursor() as cursor:
            cursor.execute(WHERE_A_TABLE_IS, [quoted])
            found = cursor.fetchone()
        return f"{found[0]}.{quoted}" if found else quoted

    def code_of(self, error: Error) -> Any:
        code = getattr(error.__cause__, "sqlstate", None) or getattr(
            error.__cause__, "pgcode", None
        )
        is_lost = code is None and isinstance(error, OperationalError | InterfaceError)
        return "08" if is_lost else code  # the driver's own words for a connection that is gone

    def is_aftermath(self, error: BaseException) -> bool:
        in_failed_transaction = isinstance(error, Error) and self.code_of(error) == "25P02"
        return in_failed_transaction or super().is_aftermath(error)

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

    def invalid_indexes(self) -> tuple[str, ...]:
        with self.connection.cursor() as cursor:
            cursor.execute(INVALID_INDEXES)
            return tuple(name for (name,) in cursor.fetchall())

    def lock(self) -> Lock:
        return PostgresLock(self.connection)

    def cancel(self) -> None:
        self.connection.connection.cancel()

    def blocker(self) -> str:
        pid = self.connection.connection.info.backend_pid
        found = self.from_outside(BLOCKERS, [pid])
        return "; ".join(
            f"process {pid}{f' ({name})' if name else ''} of user {user}, {state} since {since:%F %T %Z}: "
            f"{query}"
            for pid, name, user, state, since, query in found
        )

    def session(self, lock: Lock | None) -> Session:
        return PostgresSession(self.connection, lock)

    def check_foreign_keys(self, schema: Schema, *, is_own: bool) -> None:
        """Where others come before the commit. What kit itself runs changes no rows."""
        if self.connection.savepoint_ids and is_own:
            self.check_now()

    def check_now(self) -> None:
        self.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    @contextmanager
    def read_only(self) -> Iterator[None]:
        with transaction.atomic(using=self.connection.alias):
            self.execute("SET TRANSACTION READ ONLY")
            yield

    def templates(self, key: str, origin: str) -> Templates:
        from kit_django.runner.databases.postgresql.templates import PostgresTemplates

        return PostgresTemplates(self.connection, key, origin)

    def tables_to_wipe(self, options: WipeOptions) -> list[Key]:
        return tables(self.connection, options)

    def own_schema(self) -> str:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            (name,) = cursor.fetchone()
        return str(name)

    def wipe(self, options: WipeOptions, report: Report, timeout: float) -> None:
        parts = batches(self.connection)
        if parts:
            report(Note(TOO_MANY.format(tables=sum(map(len, parts)), parts=len(parts) + 1)))
            self._drop_in_parts(parts, options, report, timeout)
        super().wipe(options, report, timeout)

    def _drop_in_parts(
        self, parts: Sequence[list[str]], options: WipeOptions, report: Report, timeout: float
    ) -> None:
        """What other schemas would lose is looked for in transactions that are rolled back."""
        for is_earnest in (True,) if options.cascade else (False, True):
            for names in parts:
                with self.one_transaction(timeout, report):
                    drop_tables(runner(self.connection), self.connection, names, options)
                    transaction.set_rollback(not is_earnest, using=self.connection.alias)

    def wipe_by(self, run: Run, options: WipeOptions) -> None:
        wipe(run, self.connection, options)


DATABASE = PostgreSQL
