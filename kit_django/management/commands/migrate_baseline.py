"""``migrate_baseline``: record migrations as applied where the database has what they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.exceptions import UsageError
from kit_django.management.base import KitCommand, add_database, add_lock_timeout, patience
from kit_django.management.recording import record
from kit_django.runner.loading import LoadedMigration
from kit_django.runner.migrator import Migrator
from kit_django.runner.planner import only


class Command(KitCommand):
    help = (
        "Records pending migrations as applied on a database that has what they make already, "
        "after looking whether it does: they are run in a scratch database, and compared."
    )

    headline = "Recording migrations..."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "name",
            nargs="?",
            help="All up to this one, or as much of its name as is unique; by default those that "
            "make_migration --from-database wrote.",
        )
        parser.add_argument(
            "--force", action="store_true", help="Record them though the database differs."
        )
        add_database(parser)
        add_lock_timeout(parser)

    def run(self, **options: Any) -> None:
        migrator = Migrator(connections[options["database"]], self.report, patience(options))
        wanted = chosen(migrator.load(migrator.plan().pending), options["name"])
        differences = record(migrator, wanted, force=options["force"])
        data = {"recorded": [each.name for each in wanted], "differences": differences}
        self.report.conclude(data, ["They are on record as applied."])


def chosen(pending: Sequence[LoadedMigration], prefix: str | None) -> list[LoadedMigration]:
    """Those up to the one that is named, or those that were read from a database.

    Raises UsageError where there is none, and where several have a name that begins so.
    """
    if not pending:
        raise UsageError("Nothing is pending: there is no migration to record.")
    if prefix is not None:
        last = only([each.name for each in pending], prefix, "pending migration")
        return [each for each in pending if each.name <= last]
    marked = [each for each in pending if each.migration.baseline]
    if not marked:
        raise UsageError(
            "None of the pending migrations was written by make_migration --from-database. Say up to "
            "which one the database has them: migrate_baseline NAME."
        )
    return marked
