"""Mending the history after a person has looked at the database, and mended it."""

from __future__ import annotations

from typing import Literal

from kit_django.exceptions import HistoryError
from kit_django.runner import planner
from kit_django.runner.dumps.file import pruned_names
from kit_django.runner.files import MigrationFile, discover
from kit_django.runner.history import History
from kit_django.runner.history_table import HistoryRow

Resolution = Literal["applied", "rolled back"]


def pending_file(history: History, name: str) -> MigrationFile | None:
    """The file that the name, or its beginning, means where that one is not on record.

    Raises HistoryError where it means nothing, or several.
    """
    names = [row.name for row in history.rows()]
    pending = {file.name: file for file in discover() if file.name not in names}
    return pending.get(planner.only([*names, *pending], name, "migration"))


def resolve(history: History, name: str, resolution: Resolution) -> str:
    """Say that a migration counts as applied, or as not applied; return its whole name.

    A failed one can go either way. One whose file was edited since counts as applied in its present
    form; one that was recorded by mistake, or whose file is gone, is taken off the record. Raises
    HistoryError where there is nothing to mend. The database is taken to be as the caller says, who
    holds the lock.
    """
    row = planner.find(history.writable_rows(), name)
    file = next((each for each in discover() if each.name == row.name), None)
    if resolution == "applied":
        history.accept(row, _accepted_checksum(row, file))
    else:
        if file is None and row.name in pruned_names(history.connection.alias):
            raise HistoryError(
                f"{row.name} stays on record: its file is gone because the schema dump covers it, and "
                f"migrate would ask for the file again. Bring it back from before it was pruned, to roll "
                f"it back. Nothing was changed."
            )
        history.remove(row.id)
    return row.name


def _accepted_checksum(row: HistoryRow, file: MigrationFile | None) -> str:
    checksum = file.checksum() if file else row.checksum
    if not row.is_failed and checksum == row.checksum:
        raise HistoryError(f"{row.name} is applied already, and its file is as it was.")
    return checksum
