"""``schema_load``: load the schema dump into an empty database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import DumpUnusable, Prohibited, UsageError
from kit_django.management.base import (
    KitCommand,
    add_database,
    add_lock_timeout,
    describe_database,
    patience,
)
from kit_django.runner.databases import database_of
from kit_django.runner.dumps.file import Dump, needed_path, read
from kit_django.runner.dumps.fitting import misfit
from kit_django.runner.dumps.load import Loader, contents
from kit_django.runner.events import Note
from kit_django.runner.files import discover, display_path
from kit_django.runner.planner import LOAD, describe_failed
from kit_django.runner.run import running


class Command(KitCommand):
    help = "Loads the schema dump into an empty database, without running a migration."
    examples = ("", "--again")

    headline = "Loading..."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again",
            action="store_true",
            help="Where a load stopped half-way: drop what it has made, and load all of it.",
        )
        add_database(parser)
        add_lock_timeout(parser)

    def run(self, **options: Any) -> None:
        connection = connections[options["database"]]
        dump = _dump(connection)
        waiting = patience(options)
        with running(database_of(connection), waiting, self.report):
            loader = Loader(connection, self.report, waiting.timeout)
            self._make_room(loader, again=options["again"])
            if reason := misfit(dump, connection, discover()):
                self.report(Note(f"{display_path(dump.path)} does not fit the files: {reason}."))
            loader.load(dump)
        done = {"loaded": str(dump.path), "migrations": sorted(dump.covered)}
        self.report.conclude(done, ["Schema loaded successfully!"])

    def _make_room(self, loader: Loader, *, again: bool) -> None:
        """Raises Prohibited for a database that is not empty."""
        rows = loader.history.rows()
        stopped = next((row for row in rows if row.name == LOAD), None)
        if again and stopped is None:
            raise UsageError("No load stopped half-way here: --again has nothing to do again.")
        if again:
            loader.empty()
        elif stopped is not None:
            raise Prohibited(describe_failed(stopped))
        elif found := contents(loader.connection):
            more = f" and {len(found) - 3} more" if len(found) > 3 else ""
            raise Prohibited(
                f"There is something in {describe_database(loader.connection)}: "
                f"{', '.join(found[:3])}{more}. A schema dump is for an empty database. Nothing was "
                f"loaded; migrate_fresh drops all tables first."
            )


def _dump(connection: BaseDatabaseWrapper) -> Dump:
    path = needed_path(connection.alias)
    dump = read(path)
    if dump is None:
        raise DumpUnusable(f"There is no {display_path(path)}. schema_dump writes it.")
    if dump.vendor != connection.vendor:
        raise DumpUnusable(
            f"{display_path(path)} is of a database of {dump.vendor}, and this is {connection.vendor}."
        )
    return dump
