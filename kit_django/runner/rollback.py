"""Rolling back: everything that could stop it is looked for before anything is touched."""

from __future__ import annotations

from collections.abc import Sequence, Set

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import HistoryError, Irreversible
from kit_django.operations.base import Operation
from kit_django.operations.schema import inverses, record
from kit_django.runner.announcing import announced
from kit_django.runner.dumps.file import pruned_names
from kit_django.runner.events import Note, Report
from kit_django.runner.execution import Executor
from kit_django.runner.files import MigrationFile, discover, display_path
from kit_django.runner.history import History
from kit_django.runner.history_table import HistoryRow
from kit_django.runner.loading import LoadedMigration, load_all
from kit_django.runner.units import Down
from kit_django.runner.words import words


def prepare(rows: Sequence[HistoryRow], history: History, report: Report) -> tuple[Down, ...]:
    """The rollbacks of these migrations, in the same order.

    Raises HistoryError for a file that is missing, MigrationFileError for one that cannot be
    imported, Irreversible for an ``up()`` that cannot be turned round. Nothing is touched.
    """
    loaded = load_all(_files_of(rows, pruned_names(history.connection.alias)))
    for row, each in zip(rows, loaded, strict=True):
        if row.checksum != each.checksum:
            report(Note(f"{row.name} was edited since it was applied; it is taken as it is now."))
    return tuple(
        Down(each, history, row, None if each.has_down else derive(each, history.connection))
        for row, each in zip(rows, loaded, strict=True)
    )


def run(units: Sequence[Down], executor: Executor) -> None:
    """Roll them back, each in its own transaction. Raises MigrationFailed for the first that
    fails; those before it stay rolled back. The caller holds the lock."""
    executor.database.refuse_within_transaction()
    with announced(executor.connection.alias, "down", [unit.name for unit in units]):
        for unit in units:
            executor.run(unit)


def derive(loaded: LoadedMigration, connection: BaseDatabaseWrapper) -> tuple[Operation, ...]:
    """What undoes the migration's ``up()``. Raises Irreversible naming file and operation."""
    try:
        return inverses(record(loaded.up, connection))
    except Exception as error:
        raise Irreversible(
            f"{display_path(loaded.file.path)} cannot be rolled back: {words(error)}. Write its "
            f"down(), or have up() say how the operation is undone. Nothing was touched."
        ) from error


def _files_of(rows: Sequence[HistoryRow], pruned: Set[str]) -> list[MigrationFile]:
    files = {file.name: file for file in discover()}
    missing = [row.name for row in rows if row.name not in files]
    if missing and missing[0] in pruned:
        raise HistoryError(
            f"{missing[0]} cannot be rolled back: schema_dump --prune has removed its file. Bring the file "
            f"back from before it was pruned, and roll back then. Nothing was touched."
        )
    if missing:
        raise HistoryError(
            f"{missing[0]} cannot be rolled back: its file is missing. Bring the file back, or, if "
            f"its changes are to stay, take it off the record: migrate_resolve {missing[0]} "
            f"--rolled-back. Nothing was touched."
        )
    return [files[row.name] for row in rows]
