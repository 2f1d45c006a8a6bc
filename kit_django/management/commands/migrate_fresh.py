"""``migrate_fresh``: drop all tables, then run all migrations."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from kit_django.conf import get_settings
from kit_django.exceptions import MigrationFileError, Prohibited, UsageError
from kit_django.management.base import (
    KitCommand,
    add_bounds,
    add_database,
    add_lock_timeout,
    asks,
    describe_database,
    lock_timeout,
    patience,
)
from kit_django.management.within import MigrateWithin, migrate_within
from kit_django.runner import dependencies, seeding
from kit_django.runner.databases import database_of
from kit_django.runner.databases.wiping import WipeOptions
from kit_django.runner.dumps.file import Dump, pruned_names
from kit_django.runner.dumps.load import statements
from kit_django.runner.dumps.starting import fitting_dump
from kit_django.runner.environment import refuse_protected
from kit_django.runner.events import Pretended
from kit_django.runner.files import discover
from kit_django.runner.foreseeing import Foreseen, foresee
from kit_django.runner.history import History
from kit_django.runner.loading import LoadedMigration, load_all
from kit_django.runner.losses import Losses
from kit_django.runner.run import running
from kit_django.runner.words import words


class MigrateAfresh(MigrateWithin):
    wipe_options = WipeOptions()
    is_wiped = True

    @property
    def pretends_afresh(self) -> bool:  # type: ignore[override]
        return bool(self.options["pretend"])

    def pretend(self) -> None:
        statements = self.migrator.database.pretended_wipe(self.wipe_options)
        self.report(Pretended("dropping all tables", statements))
        super().pretend()

    @property
    def hears_django(self) -> bool:
        return super().hears_django and self.verbosity > 1


class Command(KitCommand):
    help = "Drops all tables and views of the database, then runs all migrations."
    examples = ("--pretend", "--seed")
    foreseen: Foreseen
    dump: Dump | None = None

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force",
            action="store_true",
            help="Do not ask; needed without a terminal, and where DEBUG is off.",
        )
        parser.add_argument(
            "--drop-others",
            action="store_true",
            help="Drop the tables, too, that no migration makes again; needed where nobody is asked.",
        )
        parser.add_argument(
            "--drop-types", action="store_true", help="Drop types and sequences of their own too."
        )
        parser.add_argument(
            "--cascade",
            action="store_true",
            help="Drop what other schemas or databases have that depends on what is dropped.",
        )
        parser.add_argument(
            "--pretend",
            action="store_true",
            help="Print the SQL of it all, and change nothing.",
        )
        parser.add_argument(
            "--seed", action="store_true", help="Then fill the database, as db_seed does."
        )
        add_database(parser)
        add_lock_timeout(parser)
        add_bounds(parser)

    def run(self, **options: Any) -> None:
        connection = connections[options["database"]]
        if options["seed"] and options["pretend"]:
            raise UsageError("--pretend changes nothing, so that there is nothing to seed.")
        migrations = self.load_what_can_be_run(connection)
        seeders = seeding.seeders(connection) if options["seed"] else ()
        self.dump = fitting_dump(connection, self.report, is_wiped=True)
        if options["pretend"]:
            self.foreseen = self.foresee(migrations, connection)
            self.report.conclude(self.migrate(options).what_was_done())
            return
        self.refuse(connection, options)
        self.foreseen = self.foresee(migrations, connection)
        losses = Losses.of(connection, self.foreseen, self.wipe_options(options))
        self.confirm(connection, options, losses)
        timeout = lock_timeout(options)
        database = database_of(connection)
        with running(database, patience(options), self.report):
            self.look_again(connection, options, losses)
            self.report.say("Dropping all tables...")
            database.wipe(self.wipe_options(options), self.report, timeout)
            self.report.say("Tables dropped.")
            django = self.migrate(options).django.applied
            seeding.run(seeders, connection, self.report)
        done = {**self.report.done(), "django": django}
        self.report.conclude(done, ["Fresh migration completed successfully!"])

    def foresee(
        self, migrations: Sequence[LoadedMigration], connection: BaseDatabaseWrapper
    ) -> Foreseen:
        return foresee(migrations, connection, statements(self.dump) if self.dump else ())

    def load_what_can_be_run(self, connection: BaseDatabaseWrapper) -> tuple[LoadedMigration, ...]:
        """Nothing is dropped for migrations that are not there, or cannot be imported or ordered."""
        files = discover()
        if not files and not pruned_names(connection.alias):
            raise MigrationFileError(
                "There is no migration to make the tables anew with: the migrations folder is empty or "
                'missing. See settings.KIT["MIGRATIONS_DIR"]. Nothing was dropped.'
            )
        migrations = load_all(files)
        if dependencies.are_declared(migrations):
            dependencies.refuse_unknown(migrations, MigrationLoader(connection))
        return migrations

    def wipe_options(self, options: dict[str, Any]) -> WipeOptions:
        types, cascade = options["drop_types"], options["cascade"]
        return WipeOptions(types=types, cascade=cascade, made=self.foreseen.objects)

    def migrate(self, options: dict[str, Any]) -> MigrateAfresh:
        command = MigrateAfresh()
        command.wipe_options = self.wipe_options(options)
        command.kept_tables = self.foreseen.djangos
        migrate_within(self, command, options)
        return command

    def refuse(self, connection: BaseDatabaseWrapper, options: dict[str, Any]) -> None:
        """Raises Prohibited, where nothing that is asked or said could allow it."""
        where = describe_database(connection)
        if get_settings().prohibit_destructive:
            raise Prohibited(
                f'settings.KIT["PROHIBIT_DESTRUCTIVE"] forbids migrate_fresh here. {untouched(where)}'
            )
        refuse_protected(History(connection), "migrate_fresh", where)
        if not (options["force"] or settings.DEBUG):
            raise Prohibited(
                f"DEBUG is off, so this may be production. {untouched(where)} Say --force if you mean it."
            )

    def confirm(
        self, connection: BaseDatabaseWrapper, options: dict[str, Any], losses: Losses
    ) -> None:
        """Raises Prohibited, unless it is sure that this is wanted."""
        where = describe_database(connection)
        asks_nobody = options["force"] or not sys.stdin.isatty()
        if asks_nobody and losses.tables and not options["drop_others"]:
            force = "" if options["force"] else "--force and "
            raise Prohibited(
                f"{losses.said} {untouched(where)} Say {force}--drop-others to drop them too."
            )
        if options["force"]:
            return
        if asks_nobody:
            raise Prohibited(
                f"There is no terminal to ask at. {untouched(where)} Say --force to go on."
            )
        warning = f" {losses.said}" if losses.tables else ""
        if not asks(f"Drop all tables of {where} (alias {connection.alias!r})?{warning}"):
            raise Prohibited(untouched(where))

    def look_again(
        self, connection: BaseDatabaseWrapper, options: dict[str, Any], losses: Losses
    ) -> None:
        """Now that nobody else works. Raises Prohibited where more would be lost than was agreed to, and
        where the user has no right to make and drop tables."""
        where = describe_database(connection)
        now = Losses.of(connection, self.foreseen, self.wipe_options(options))
        if not set(now.tables) <= set(losses.tables):
            raise Prohibited(f"Another runner has made tables meanwhile. {untouched(where)}")
        probe = f"{get_settings().history_table[:50]}_probe"
        try:
            database_of(connection).refuse_without_rights(probe, self.report, lock_timeout(options))
        except Error as error:
            raise Prohibited(
                f"No table can be made and dropped there: {words(error)}. {untouched(where)}"
            ) from error


def untouched(where: str) -> str:
    return f"Nothing was dropped from {where}."
