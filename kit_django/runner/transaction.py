"""The transaction that a migration and its history row share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import UsageError
from kit_django.runner.events import Report
from kit_django.runner.lock import wait_for

BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def refuse_within_transaction(connection: BaseDatabaseWrapper) -> None:
    """Raises UsageError in a transaction of the caller's: a migration has its own."""
    if connection.in_atomic_block or not connection.get_autocommit():
        raise UsageError(
            "Migrations cannot run inside a transaction, and this connection is in one. Call the "
            "command outside of atomic(); in tests use TransactionTestCase."
        )


@contextmanager
def one_transaction(
    connection: BaseDatabaseWrapper, timeout: float, report: Report
) -> Iterator[None]:
    """One transaction for the caller. Raises LockTimeout where SQLite is busy for too long."""
    if connection.vendor != "sqlite":
        with transaction.atomic(using=connection.alias):
            yield
        return
    with without_foreign_keys(connection), ExitStack() as stack:
        _begin_immediate(connection, stack, timeout, report)
        yield


@contextmanager
def without_foreign_keys(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Foreign keys are not enforced: SQLite's schema editor needs it so, and cannot turn them
    off within a transaction."""
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


def _begin_immediate(
    connection: BaseDatabaseWrapper, stack: ExitStack, timeout: float, report: Report
) -> None:
    # A plain BEGIN that reads and then writes fails at once when somebody else has written
    # meanwhile, whatever the timeout; so the write lock is taken first, and waited for here.
    block = transaction.atomic(using=connection.alias)

    def attempt() -> bool:
        try:
            block.__enter__()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlite_errorcode", None) in BUSY:
                return False
            raise
        return True

    with _immediate_transactions(connection):
        wait_for(attempt, lambda: "another process that writes to the database", timeout, report)
    stack.push(block.__exit__)


@contextmanager
def _immediate_transactions(connection: BaseDatabaseWrapper) -> Iterator[None]:
    usual = connection.transaction_mode  # type: ignore[attr-defined]
    connection.transaction_mode = "IMMEDIATE"  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (patience,) = cursor.fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            connection.transaction_mode = usual  # type: ignore[attr-defined]
            cursor.execute(f"PRAGMA busy_timeout = {patience:d}")
