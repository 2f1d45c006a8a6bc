"""``migrate_resolve``: say how a migration that stopped half-way was mended."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.management.base import (
    KitCommand,
    add_database,
    add_lock_timeout,
    lock_timeout,
)
from kit_django.runner.databases import database_of
from kit_django.runner.resolve import Resolution, resolve


class Command(KitCommand):
    help = (
        "Says how a failed migration was mended by hand: it counts as applied, or as rolled back. "
        "Also accepts a file that was edited since, and takes a migration off the record that was "
        "recorded by mistake (migrate --fake) or whose file is gone. The tables stay as they are."
    )

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
        add_database(parser)
        add_lock_timeout(parser)

    def run(self, **options: Any) -> None:
        connection = connections[options["database"]]
        resolution: Resolution = options["resolution"]
        with database_of(connection).locked(lock_timeout(options), self.report):
            name = resolve(connection, options["name"], resolution)
        self.report.conclude(
            {"name": name, "resolution": resolution},
            [f"{name} is now on record as {resolution}."],
        )
