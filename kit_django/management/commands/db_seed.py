"""``db_seed``: fill the database with rows, by functions of the project's own."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.management.base import (
    KitCommand,
    add_database,
    add_lock_timeout,
    agree,
    describe_database,
    may_be_production,
    patience,
)
from kit_django.runner import seeding
from kit_django.runner.databases import database_of
from kit_django.runner.run import running


class Command(KitCommand):
    help = 'Fills the database with rows, by the functions that settings.KIT["SEEDERS"] names.'
    examples = ("", "users_seeder")

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "names",
            nargs="*",
            metavar="seeder",
            help="Call these of them only, by their dotted paths or the ends of those.",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="Do not ask; needed where DEBUG is off and there is no terminal.",
        )
        add_database(parser)
        add_lock_timeout(parser)

    def run(self, **options: Any) -> None:
        connection = connections[options["database"]]
        seeders = seeding.seeders(connection, options["names"])
        self.confirm(describe_database(connection), options)
        with running(database_of(connection), patience(options), self.report):
            self.report.say("Seeding database...")
            seeding.run(seeders, connection, self.report)
        self.report.conclude(self.report.done(), ["Database seeded successfully!"])

    def confirm(self, where: str, options: dict[str, Any]) -> None:
        if may_be_production(options):
            undone = f"Nothing was put into {where}."
            agree(f"Put rows into {where}?", undone, f"{undone} Say --force to do it.")
