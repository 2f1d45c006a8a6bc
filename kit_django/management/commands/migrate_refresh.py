"""``migrate_refresh``: undo migrations and run them again, as Laravel's command of that name."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.management.base import patience, positive
from kit_django.management.commands.migrate_rollback import Command as RollBack
from kit_django.management.within import MigrateWithin, migrate_within
from kit_django.runner import seeding
from kit_django.runner.databases import database_of
from kit_django.runner.run import running


class Command(RollBack):
    help = "Rolls back all of kit's migrations, or the last N, and runs what is pending."
    examples = ("--step 2", "--seed")

    def add_which(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--step", type=positive, metavar="N", help="The last N migrations; by default all."
        )
        parser.add_argument(
            "--seed", action="store_true", help="Then fill the database, as db_seed does."
        )
        parser.set_defaults(batch=None, to=None, pretend=False)

    def run(self, **options: Any) -> None:
        options["all"] = options["step"] is None
        connection = connections[options["database"]]
        seeders = seeding.seeders(connection) if options["seed"] else ()
        asked = self.agree(connection, options)
        with running(database_of(connection), patience(options), self.report) as run:
            self.roll_back(connection, options, asked, run)
            migrate = MigrateWithin()
            migrate_within(self, migrate, options)
            seeding.run(seeders, connection, self.report)
        done = {**self.report.done(), "django": migrate.django.applied}
        self.report.conclude(done, ["Refresh completed successfully!"])
