"""``migrate_baseline``: record migrations as applied where the database has what they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.codegen.scaffolding.names import check_name
from kit_django.exceptions import DatabasesDiffer, UsageError
from kit_django.management.base import KitCommand, add_database, add_lock_timeout, patience
from kit_django.management.leaving import RETIRED, adoption_of, leavers, set_aside
from kit_django.management.new_files import folder, paths, refusal, write
from kit_django.management.recording import record
from kit_django.runner.files import display_path
from kit_django.runner.loading import LoadedMigration
from kit_django.runner.migrator import Migrator
from kit_django.runner.planner import only


class Command(KitCommand):
    help = (
        "Records pending migrations as applied on a database that has what they make already, "
        "after looking whether it does: they are run in a scratch database, and compared."
    )
    examples = ("", "--from-django blog")

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
        parser.add_argument(
            "--from-django",
            nargs="+",
            metavar="LABEL",
            help="Have these apps leave Django's migrations: one of kit's is written of the tables that "
            "are there, called NAME, and recorded, and Django's are set aside.",
        )
        add_database(parser)
        add_lock_timeout(parser)

    def run(self, **options: Any) -> None:
        migrator = Migrator(connections[options["database"]], self.report, patience(options))
        name, created = options["name"], []
        if labels := options["from_django"]:
            created = self.leave(labels, name or f"baseline_of_{'_'.join(labels)}", options)
            name = None
        wanted = chosen(migrator.load(migrator.plan().pending), name)
        if created:
            wanted = [each for each in wanted if each.file.path in created]
        differences = record(migrator, wanted, force=options["force"])
        data = {"recorded": [each.name for each in wanted], "differences": differences}
        self.report.conclude(
            {**data, "created": [str(path) for path in created]},
            ["They are on record as applied.", *(after_leaving(labels) if created else ())],
        )

    def leave(self, labels: Sequence[str], name: str, options: dict[str, Any]) -> list[Path]:
        """Write what stands in for the apps' Django migrations, and set those aside."""
        check_name(name)
        connection, target = connections[options["database"]], folder(None)
        configs = leavers(labels, connection)
        adoption = adoption_of(configs, name, target, connection)
        if adoption.differences and not options["force"]:
            raise DatabasesDiffer(refusal(adoption.differences, "--force"))
        made = paths([name for name, _ in adoption.files], None)
        for path, (_, source) in zip(made, adoption.files, strict=True):
            write(path, source)
            self.report.say(f"Created migration: {display_path(path)}")
        for config in configs:
            set_aside(config)
        return made


def after_leaving(labels: Sequence[str]) -> Iterator[str]:
    yield (
        f"{', '.join(labels)}: Django's migrations are in the folder {RETIRED!r} beside where they were, "
        f"and out of Django's history. Run migrate_baseline on each other database that has the tables."
    )


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
