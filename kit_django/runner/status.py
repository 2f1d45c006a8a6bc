"""How files and history compare, migration by migration."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.runner.databases import database_of
from kit_django.runner.dumps.file import pruned_names
from kit_django.runner.files import MigrationFile, discover
from kit_django.runner.history import History
from kit_django.runner.history_table import HistoryRow
from kit_django.runner.migrator import for_database

State = Literal["applied", "covered", "pending", "missing", "edited", "failed", "running"]


@dataclass(frozen=True, slots=True)
class Status:
    """One migration; ``row`` is None where it has not been applied."""

    name: str
    state: State
    row: HistoryRow | None = None
    holder: str = ""
    """The other runner that is at work meanwhile, where one is."""

    @property
    def needs_care(self) -> bool:
        return self.state not in ("applied", "covered")

    def as_json(self) -> dict[str, Any]:
        row = self.row
        return {
            "name": self.name,
            "status": self.state,
            "holder": self.holder or None,
            "batch": row.batch if row else None,
            "applied_at": row.applied_at.isoformat() if row and row.applied_at else None,
            "duration_ms": row.duration_ms if row else None,
            "host": row.host if row else None,
            "username": row.username if row else None,
            "statement": row.statement if row and row.is_failed else None,
        }


def read(connection: BaseDatabaseWrapper) -> tuple[Status, ...]:
    """All migrations of the files and of the history, by name. One query, one listing a folder.

    Raises MigrationFileError, HistoryError.
    """
    rows = History(connection).rows()
    applied, files = {row.name for row in rows}, discover()
    pending = for_database(connection, [file for file in files if file.name not in applied])
    is_open = bool(pending) or any(row.is_claimed for row in rows)
    holder = database_of(connection).lock().running() if is_open else ""
    pruned = pruned_names(connection.alias)
    found = [*(file for file in files if file.name in applied), *pending]
    return compare(found, rows, holder, pruned)


def compare(
    files: Sequence[MigrationFile],
    rows: Sequence[HistoryRow],
    holder: str = "",
    pruned: Set[str] = frozenset(),
) -> tuple[Status, ...]:
    """Each migration once. The files of applied ones are read, and none is imported."""
    by_name = {file.name: file for file in files}
    found = [
        Status(row.name, _state(row, by_name.get(row.name), holder, pruned), row, holder)
        for row in rows
    ]
    applied = {row.name for row in rows}
    found += [Status(name, "pending", holder=holder) for name in {*by_name, *pruned} - applied]
    return tuple(sorted(found, key=lambda each: each.name))


def _state(row: HistoryRow, file: MigrationFile | None, holder: str, pruned: Set[str]) -> State:
    if row.is_claimed and holder:
        return "running"
    if row.is_failed:
        return "failed"
    if not row.counts_as_applied:
        return "pending"
    if file is None:
        return "covered" if row.name in pruned else "missing"
    return "applied" if file.checksum() == row.checksum else "edited"
