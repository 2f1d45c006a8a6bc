"""One database, as whoever runs migrations on it sees it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from django.db import Error, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import TransactionManagementError

from kit_django.exceptions import UsageError
from kit_django.runner.databases.causes import Cause
from kit_django.runner.databases.locks import Lock, own_connection, wait_for
from kit_django.runner.databases.sessions import Session
from kit_django.runner.databases.wiping import Run, WipeOptions, runner
from kit_django.runner.events import Renaming, Report
from kit_django.schema.dialects import dialect_of
from kit_django.schema.keys import Key

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema
    from kit_django.runner.databases.templates import Templates
    from kit_django.schema.catalog import Catalog


class Database(ABC):
    """``utc_now`` is SQL for the time in UTC."""

    utc_now = "CURRENT_TIMESTAMP"
    collation_of_any_text: str | None = None
    """Of a column that has to hold any text, where the database's own may not."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    @property
    def zone_of_naive_times(self) -> tzinfo:
        """The zone of the times that come back without one."""
        return UTC

    def quoted_table(self, table: str) -> str:
        """A table that is found by its name now, as SQL that means it wherever a migration goes."""
        return dialect_of(self.connection).quote_name(table)

    def sql_to_number_on(self, table: str, newest_id: int) -> str:
        """The SQL that makes the numbering of a table go on behind its newest id; empty where it
        does so already."""
        return ""

    def left_behind(self, catalog: Catalog, steps: Iterable[Renaming]) -> Iterable[str]:
        """What a person should know of what still names a table or a column that is gone."""
        return ()

    def invalid_indexes(self) -> tuple[str, ...]:
        """Those that a statement which failed has left, quoted, and that nothing uses."""
        return ()

    # Lock

    @contextmanager
    def locked(self, timeout: float, report: Report) -> Iterator[Lock]:
        """Hold the lock of this database, schema and history table. Raises LockTimeout."""
        lock = self.lock()
        wait_for(lock.try_acquire, lock.holder, timeout, report)
        try:
            yield lock
        finally:
            with suppress(Error):  # the session, and the lock with it, may be gone
                lock.release()

    @abstractmethod
    def lock(self) -> Lock: ...

    # A statement that is under way, seen from another thread

    @abstractmethod
    def cancel(self) -> None:
        """Have the database end it."""

    def blocker(self) -> str:
        """Who keeps it waiting, as far as the database can tell; empty where nobody does."""
        return ""

    causes: Mapping[Any, Cause]
    """By the code of an error."""

    def cause_of(self, error: BaseException | None) -> Cause | None:
        """Why the database refused, where that is no fault of the migration's."""
        if not isinstance(error, Error):
            return None
        code = self.code_of(error)
        return self.causes.get(code) or self.causes.get(str(code)[:2])

    def is_aftermath(self, error: BaseException) -> bool:
        """Whether an error says no more than that another one came before it in the transaction."""
        return isinstance(error, TransactionManagementError)

    def code_of(self, error: Error) -> Any:
        return error.args[0] if error.args else None

    def from_outside(self, sql: str, params: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query in a session of its own."""
        outside = own_connection(self.connection)
        try:
            with outside.cursor() as cursor:
                cursor.execute(sql, params)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            outside.close()

    # Session

    @abstractmethod
    def session(self, lock: Lock | None) -> Session:
        """The session that migrations run in, one after the other, while the lock is held."""

    # Transaction

    def refuse_within_transaction(self) -> None:
        """Raises UsageError in a transaction of the caller's: a migration has its own."""
        if self.connection.in_atomic_block or not self.connection.get_autocommit():
            raise UsageError(
                "Migrations cannot run inside a transaction, and this connection is in one. Call "
                "the command outside of atomic(); in tests use TransactionTestCase."
            )

    def one_transaction(self, timeout: float, report: Report) -> AbstractContextManager[None]:
        """One transaction, which a migration and its history row share. Raises LockTimeout."""
        return transaction.atomic(using=self.connection.alias)

    def no_transaction(self) -> AbstractContextManager[None]:
        """What has to be so around a migration that has no transaction."""
        return nullcontext()

    def check_foreign_keys(self, schema: Schema, *, is_own: bool) -> None:  # noqa: B027
        """Raises MigrationFailed where the migration left rows that point to nothing, and the
        database has not seen to that itself. ``is_own`` is whether SQL that is not kit's was run."""

    def check_now(self) -> None:  # noqa: B027
        """Have the database check at once what it would check at the commit, where it then refuses to
        change a table until it has."""

    @abstractmethod
    def read_only(self) -> AbstractContextManager[None]:
        """The database takes no change, that of a migration's own cursor included."""

    # Wipe

    def wipe(self, options: WipeOptions, report: Report, timeout: float) -> None:
        """Drop tables, views and materialized views of the connection's database or schema.

        Raises Prohibited, before anything is lost, where something elsewhere depends on them;
        LockTimeout for a busy SQLite.
        """
        with self.one_transaction(timeout, report):
            self.wipe_by(runner(self.connection), options)

    def pretended_wipe(self, options: WipeOptions) -> tuple[str, ...]:
        """The statements that ``wipe`` would run. Raises what it would, as far as can be told."""
        statements: list[str] = []
        self.wipe_by(statements.append, options)
        return tuple(statements)

    @abstractmethod
    def tables_to_wipe(self, options: WipeOptions) -> Sequence[Key]:
        """The tables that ``wipe`` drops: those that hold rows of their own."""

    def own_schema(self) -> str | None:
        """The name of what a name without a schema is in."""
        return None

    def refuse_without_rights(self, probe: str, report: Report, timeout: float) -> None:
        """Raises the database's error where no table can be made and dropped; none is left."""
        quoted = dialect_of(self.connection).quote_name(probe)
        with self.one_transaction(timeout, report):
            self.execute(f"CREATE TABLE {quoted} (id integer)")
            self.execute(f"DROP TABLE {quoted}")

    @abstractmethod
    def wipe_by(self, run: Run, options: WipeOptions) -> None:
        """Hand each statement to ``run``."""

    # Databases of tests

    def templates(self, key: str, origin: str) -> Templates | None:
        """What keeps those that are copied; None where the database cannot copy one."""
        return None

    def execute(self, sql: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)

    @contextmanager
    def between(self, before: str, after: str) -> Iterator[None]:
        """One statement before, and one after whatever comes."""
        self.execute(before)
        try:
            yield
        finally:
            self.execute(after)
