"""``migrate_resolve``: say how a migration stands, where the history does not know."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.exceptions import UsageError
from kit_django.management.base import KitCommand, add_database, add_lock_timeout, patience
from kit_django.management.recording import record
from kit_django.runner.migrator import Migrator
from kit_django.runner.resolve import pending_file, resolve


class Command(KitCommand):
    help = (
        "Says how a failed migration was mended by hand: it counts as applied, or as rolled back. "
        "Also accepts a file that was edited since, and takes a migration off the record that was "
        "recorded by mistake (migrate --fake) or whose file is gone; and records a pending one, after "
        "looking whether the database has what it makes. The tables stay as they are."
    )
    examples = ("20240101120001 --applied", "20240101120001 --rolled-back")

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The migration, or as much of its name as is unique.")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "--applied",
            action="store_const",
            const="applied",
            dest="resolution",
            help="All of its changes are in the database.",
        )
        which.add_argument(
            "--rolled-back",
            action="store_const",
            const="rolled back",
            dest="resolution",
            help="None of its changes is in the database.",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="Record a pending one though the database differs from what it makes.",
        )
        add_database(parser)
        add_lock_timeout(parser)

    def run(self, **options: Any) -> None:
        migrator = Migrator(connections[options["database"]], self.report, patience(options))
        name, resolution = options["name"], options["resolution"]
        pending = pending_file(migrator.history, name) if resolution == "applied" else None
        differences: tuple[str, ...] = ()
        if pending:
            name, loaded = pending.name, migrator.load([pending])
            if not loaded:
                raise UsageError(f"{name} is for another database. Say for which with --database.")
            differences = record(migrator, loaded, force=options["force"])
        else:
            with migrator.locked():
                name = resolve(migrator.history, name, resolution)
        data = {"name": name, "resolution": resolution, "differences": differences}
        self.report.conclude(data, [f"{name} is now on record as {resolution}."])
