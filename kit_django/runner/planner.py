"""What to run: pure functions of migration files and history."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from kit_django.exceptions import FailedMigrationWaits, HistoryError, UsageError
from kit_django.meant import closest
from kit_django.runner.files import MigrationFile
from kit_django.runner.history_table import HistoryRow

LISTED = " migrate_status lists their names."
LOAD = "schema dump"
"""The name of the row that stands in the history while a schema dump is loaded; no migration's."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``pending`` in the order of their names; ``newest`` is the newest applied migration, and
    ``unknown`` are applied ones that have no file here. ``behind`` are those whose files are gone for
    the schema dump that covers them, and that have not been applied."""

    pending: tuple[MigrationFile, ...]
    newest: str
    unknown: tuple[str, ...]
    batch: int
    """The number for the batch that this plan will be."""
    behind: tuple[str, ...] = ()
    recorded: tuple[tuple[MigrationFile, str], ...] = ()
    """The files of applied migrations, each with the checksum that it had then."""


def plan(
    files: Sequence[MigrationFile],
    rows: Sequence[HistoryRow],
    *,
    pruned: Set[str] = frozenset(),
    others_work: bool = False,
) -> Plan:
    """What is left to apply; ``pruned`` have no file, and need none where they were applied.

    Where no other runner works, a migration that is neither applied nor pending has failed: raises
    FailedMigrationWaits before anything else is considered.
    """
    if not others_work:
        refuse_failed(rows)
    settled = [row for row in rows if row.counts_as_applied]
    applied = {row.name for row in settled}
    named = {file.name: file for file in files}
    return Plan(
        pending=tuple(file for file in files if file.name not in applied),
        newest=max(applied, default=""),
        unknown=tuple(sorted(applied - named.keys() - pruned)),
        batch=next_batch(rows),
        behind=tuple(sorted(pruned - applied - named.keys())),
        recorded=tuple((named[row.name], row.checksum) for row in settled if row.name in named),
    )


def narrow(plan: Plan, app_label: str) -> Plan:
    """The same plan with the migrations of one app's folder only."""
    pending = tuple(file for file in plan.pending if file.app_label == app_label)
    return replace(plan, pending=pending)


def up_to(plan: Plan, name: str) -> Plan:
    """The same plan, with that migration for its last."""
    return replace(plan, pending=tuple(file for file in plan.pending if file.name <= name))


@dataclass(frozen=True, slots=True)
class Target:
    """Where to go: what is applied after it goes back, or what is pending up to it goes forward."""

    name: str
    is_back: bool


def target(files: Sequence[MigrationFile], rows: Sequence[HistoryRow], prefix: str) -> Target:
    """The migration of that name, or the only one whose name begins so. Raises HistoryError."""
    applied = {row.name for row in rows if row.counts_as_applied}
    names = sorted({*(row.name for row in rows), *(file.name for file in files)})
    name = only(names, prefix, "migration")
    return Target(name, name in applied)


def next_batch(rows: Sequence[HistoryRow]) -> int:
    return max((row.batch for row in rows), default=0) + 1


def batches(first: int, step: bool) -> Iterator[int]:
    """A number for each migration: all the same, or with ``step`` one after the other."""
    return itertools.count(first) if step else itertools.repeat(first)


def refuse_failed(rows: Sequence[HistoryRow]) -> None:
    """Raises FailedMigrationWaits where a migration stopped half-way."""
    for row in rows:
        if row.is_failed:
            raise FailedMigrationWaits(describe_failed(row))


def describe_failed(row: HistoryRow) -> str:
    """One paragraph: what stopped, where, and the ways out."""
    if row.name == LOAD:
        return (
            "Loading the schema dump stopped half-way, and part of it is in the database. "
            "schema_load --again drops what is there, and loads all of it."
        )
    what = "The rollback of migration" if row.was_applied else "Migration"
    where = f"its statement {row.statements} had begun, and may or may not have taken effect"
    statement = f": {row.statement.rstrip('.;')}" if row.statement else ""
    return (
        f"{what} {row.name} stopped half-way: {where}{statement}. Look at the database and finish or undo "
        f"its changes by hand; then say which: migrate_resolve {row.name} --applied, "
        f"or migrate_resolve {row.name} --rolled-back."
    )


def last_steps(rows: Sequence[HistoryRow], count: int) -> tuple[HistoryRow, ...]:
    """The last ``count`` applied migrations, newest first. Raises UsageError below 1."""
    if count < 1:
        raise UsageError(f"The number of steps must be 1 or more, not {count}.")
    return _newest_first(rows)[:count]


def everything(rows: Sequence[HistoryRow]) -> tuple[HistoryRow, ...]:
    return _newest_first(rows)


def of_batch(rows: Sequence[HistoryRow], batch: int) -> tuple[HistoryRow, ...]:
    """The migrations of one batch, newest first. Raises HistoryError for an unknown batch."""
    chosen = tuple(row for row in _newest_first(rows) if row.batch == batch)
    if rows and not chosen:
        known = ", ".join(str(number) for number in sorted({row.batch for row in rows}))
        raise HistoryError(f"There is no batch {batch}. Batches that can be rolled back: {known}.")
    return chosen


def after(rows: Sequence[HistoryRow], prefix: str) -> tuple[HistoryRow, ...]:
    """The migrations applied after the named one, newest first. Raises HistoryError."""
    target = find(rows, prefix)
    return tuple(row for row in _newest_first(rows) if row.id > target.id)


def since(rows: Sequence[HistoryRow], first: HistoryRow) -> tuple[HistoryRow, ...]:
    """That one, and the migrations applied after it, newest first."""
    return tuple(row for row in _newest_first(rows) if row.id >= first.id)


def find(rows: Sequence[HistoryRow], prefix: str) -> HistoryRow:
    """The row of that name, or the only one whose name begins so. Raises HistoryError."""
    name = only([row.name for row in rows], prefix, "applied migration")
    return next(row for row in rows if row.name == name)


def only(names: Sequence[str], prefix: str, what: str) -> str:
    """The one of the names that is meant, where as much as is unique may be said, or all that stands
    behind the digits; ``what`` they are called. Raises HistoryError."""
    matches = [name for name in names if name == prefix]
    matches = matches or [name for name in names if prefix and name.startswith(prefix)]
    matches = matches or [name for name in names if prefix and behind_digits(name) == prefix]
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise HistoryError(
            f"No {what} is called {prefix!r}, with its digits or without, or begins so."
            f"{near(names, prefix) or LISTED}"
        )
    listed = ", ".join(matches[:3]) + (", ..." if len(matches) > 3 else "")
    raise HistoryError(
        f"{len(matches)} {what}s {'begin' if matches[0].startswith(prefix) else 'end'} with {prefix!r}: "
        f"{listed}. Give more of the name."
    )


def behind_digits(name: str) -> str:
    """What a person called it."""
    digits, _, rest = name.partition("_")
    return rest if digits.isdigit() else ""


def near(names: Collection[str], given: str) -> str:
    """Which of the migrations may be meant, with or without its digits."""
    whole = {behind_digits(name): name for name in names} | {name: name for name in names}
    close = closest(given, whole)
    return f" Did you mean {whole[close]}?" if close else ""


def _newest_first(rows: Sequence[HistoryRow]) -> tuple[HistoryRow, ...]:
    return tuple(sorted(rows, key=lambda row: row.id, reverse=True))
