"""Putting migrations on record without running them, where the database has what they make."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from kit_django.codegen.adopting.baseline import Work, missing
from kit_django.codegen.adopting.others import made_by_others
from kit_django.exceptions import DatabasesDiffer, SyncError
from kit_django.management.reporting import listed
from kit_django.operations.untouched import others_unchanged
from kit_django.runner.events import Note
from kit_django.runner.files import discover
from kit_django.runner.loading import LoadedMigration
from kit_django.runner.migrator import Migrator
from kit_django.runner.planner import batches


def record(
    migrator: Migrator, wanted: Sequence[LoadedMigration], *, force: bool
) -> tuple[str, ...]:
    """Record pending migrations as applied, after looking whether the database has what they make;
    return what it has otherwise.

    Raises DatabasesDiffer, SyncError without a scratch database; with ``force`` both are noted, and
    what differs is recorded all the same.
    """
    try:
        differences = _differences(migrator, wanted)
    except (DatabasesDiffer, SyncError) as error:
        if not force:
            raise _refusal(f"{error} ") from error
        migrator.report(Note(str(error)))
        differences = ()
    if differences and not force:
        raise _refusal(
            f"The database is not what the migrations make (- is missing, + is otherwise):\n"
            f"{listed(differences)}\n"
        )
    with migrator.locked():
        migrator.fake(wanted, batches(migrator.plan().batch, step=False))
        retire({label for each in wanted for label in each.migration.retires}, migrator.connection)
    return differences


def _differences(migrator: Migrator, wanted: Sequence[LoadedMigration]) -> tuple[str, ...]:
    connection = migrator.connection
    earlier, others = _works(_earlier(migrator)), made_by_others(connection)
    with others_unchanged(connection):
        return tuple(missing(connection, earlier, _works(wanted), others))


def _earlier(migrator: Migrator) -> Iterator[LoadedMigration]:
    """Those that are on record already, in the order of their names."""
    pending = {file.name for file in migrator.plan().pending}
    yield from migrator.load(file for file in discover() if file.name not in pending)


def _works(migrations: Iterable[LoadedMigration]) -> list[Work]:
    return [Work(each.name, each.up, each.migration.atomic) for each in migrations]


def retire(labels: Collection[str], connection: BaseDatabaseWrapper) -> None:
    """Take the apps out of Django's history."""
    recorder = MigrationRecorder(connection)
    if labels and recorder.has_table():
        recorder.migration_qs.filter(app__in=labels).delete()


def _refusal(why: str) -> DatabasesDiffer:
    return DatabasesDiffer(f"{why}Nothing was recorded. --force records all the same.")
