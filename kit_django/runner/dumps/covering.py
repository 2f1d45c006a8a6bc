"""Which migrations a database's dump covers: what its histories say, held against the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from kit_django.exceptions import DumpUnusable
from kit_django.runner.dumps.file import Dump, Record
from kit_django.runner.dumps.fitting import disk_migrations, django_record, kit_record
from kit_django.runner.events import Note, Report
from kit_django.runner.files import MigrationFile, discover
from kit_django.runner.history import History
from kit_django.runner.history_table import HistoryRow
from kit_django.runner.loading import load
from kit_django.runner.migrator import for_database
from kit_django.runner.planner import refuse_failed

UNTOUCHED = "No dump was written."


def covered(
    connection: BaseDatabaseWrapper, before: Dump | None, report: Report
) -> tuple[Record, ...]:
    """What has been applied to the database; ``before`` is the dump that there is, if there is one.

    Raises DumpUnusable where the files are not what has made the database.
    """
    rows, files = History(connection).rows(), discover()
    refuse_failed(rows)
    pruned = before.of("pruned") if before else {}
    return (
        *_applied(rows, files, pruned),
        *_waiting(connection, rows, files, report),
        *_of_django(connection),
    )


def _applied(
    rows: Sequence[HistoryRow], files: Sequence[MigrationFile], pruned: dict[str, Record]
) -> Iterator[Record]:
    there = {file.name: file for file in files}
    for row in rows:
        file = there.get(row.name)
        if file is None and row.name not in pruned:
            raise DumpUnusable(
                f"{row.name} is applied here, and its file is missing: nobody could tell what it has "
                f"made. Bring the file back, or dump a database that these files have made. {UNTOUCHED}"
            )
        if file is None:
            yield pruned[row.name]
        elif file.checksum() != row.checksum:
            raise DumpUnusable(
                f"{row.name} was edited since it was applied here. Roll it back and run it again, or "
                f"say that it is as if it had been so: migrate_resolve {row.name} --applied. {UNTOUCHED}"
            )
        else:
            yield kit_record(file)
    for name in sorted(pruned.keys() - {row.name for row in rows} - there.keys()):
        raise DumpUnusable(
            f"{name}, which the dump that there is covers, has not run here, and its file is gone. Dump a "
            f"database that began with that dump. {UNTOUCHED}"
        )


def _waiting(
    connection: BaseDatabaseWrapper,
    rows: Sequence[HistoryRow],
    files: Sequence[MigrationFile],
    report: Report,
) -> Iterator[Record]:
    """Those whose ``should_run()`` says no may stay; others that are newer are left to be run."""
    applied = {row.name for row in rows}
    newest = max(applied, default="")
    for file in for_database(connection, [each for each in files if each.name not in applied]):
        if not load(file).migration.should_run(connection):
            yield kit_record(file, "skipped")
        elif file.name < newest:
            raise DumpUnusable(
                f"{file.name} is pending, and older than {newest}: a dump without it would not fit. Run "
                f"migrate first. {UNTOUCHED}"
            )
        else:
            report(Note(f"{file.name} is pending, and not in the dump."))


def _of_django(connection: BaseDatabaseWrapper) -> Iterator[Record]:
    """Those of apps that are not installed any more have left their tables, and no more."""
    loader = MigrationLoader(None)
    there = disk_migrations(loader)
    replaced = {key for each in there.values() for key in each.replaces}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        if (app, name) in there:
            yield django_record(loader, (app, name))
        elif app in loader.migrated_apps and (app, name) not in replaced:
            raise DumpUnusable(
                f"Django's migration {app}.{name} is applied here, and is missing. Bring it back, or dump "
                f"a database that these files have made. {UNTOUCHED}"
            )
