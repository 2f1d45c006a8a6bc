"""SQLite's transaction: it takes the right to write at once, and foreign keys are off."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.runner.databases.locks import wait_for
from kit_django.runner.databases.sqlite.pragmas import pragma
from kit_django.runner.events import Report

BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@contextmanager
def immediate_transaction(
    connection: BaseDatabaseWrapper, timeout: float, report: Report
) -> Iterator[None]:
    """One transaction for the caller. Raises LockTimeout where SQLite is busy for too long."""
    with without_foreign_keys(connection), ExitStack() as stack:
        _begin_immediate(connection, stack, timeout, report)
        yield


@contextmanager
def without_foreign_keys(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Foreign keys are not enforced: SQLite's schema editor needs it so, and cannot turn them
    off within a transaction."""
    pragma(connection, "foreign_keys = OFF")
    try:
        yield
    finally:
        pragma(connection, "foreign_keys = ON")


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
    patience = pragma(connection, "busy_timeout")
    pragma(connection, "busy_timeout = 0")
    try:
        yield
    finally:
        connection.transaction_mode = usual  # type: ignore[attr-defined]
        pragma(connection, f"busy_timeout = {patience:d}")
