"""One run: what is held and told from its beginning to its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kit_django.conf import Settings
from kit_django.migration import Migration
from kit_django.runner.databases.base import Database
from kit_django.runner.databases.locks import Lock
from kit_django.runner.databases.sessions import Bounds
from kit_django.runner.events import Report
from kit_django.runner.interrupts import Lookout, interruptible


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for another runner; and for locks in a statement, and for a statement, where the
    command was told."""

    timeout: float
    bounds: Bounds = field(default_factory=Bounds)

    def for_statements_of(self, migration: Migration, settings: Settings) -> Bounds:
        """The command's word, then the migration's, then that of the settings."""
        told = self.bounds
        return Bounds(
            _first(told.lock, migration.statement_lock_timeout, settings.statement_lock_timeout),
            _first(told.statement, migration.statement_timeout, settings.statement_timeout),
        )


@dataclass(frozen=True)
class Run:
    patience: Patience
    lock: Lock
    lookout: Lookout


@contextmanager
def running(database: Database, patience: Patience, report: Report) -> Iterator[Run]:
    """Keep other runners out, and hear signals. Raises LockTimeout."""
    with interruptible(database) as lookout, database.locked(patience.timeout, report) as lock:
        yield Run(patience, lock, lookout)


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
