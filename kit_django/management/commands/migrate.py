"""``migrate``: Django's own command, which runs kit's migrations too."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.apps import apps
from django.core.management.base import CommandParser, OutputWrapper
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from kit_django.exceptions import KitError, MigrationFailed
from kit_django.management import targets
from kit_django.management.autodetector import Autodetector
from kit_django.management.base import OneParagraphErrors, add_bounds, add_lock_timeout, patience
from kit_django.management.django_migrations import DjangoMigrations
from kit_django.management.django_output import HeldOutput
from kit_django.management.post_migrate import held_back
from kit_django.management.reporting import add_format, reporter
from kit_django.management.run_syncdb import apps_to_sync
from kit_django.management.showing_sql import sql_shown
from kit_django.management.starting import StartsFromDump
from kit_django.runner import dependencies, planner
from kit_django.runner.announcing import announced
from kit_django.runner.databases.sessions import renew
from kit_django.runner.direct import directly
from kit_django.runner.events import Note, Pretended
from kit_django.runner.files import app_folder, discover
from kit_django.runner.loading import LoadedMigration
from kit_django.runner.migrator import Migrator, for_database, refuse_alone
from kit_django.runner.ownership import has_django_migrations
from kit_django.runner.planner import Target
from kit_django.schema.dialects import is_known
from kit_django.schema.keys import Key


class Command(StartsFromDump, OneParagraphErrors, DjangoMigrate):
    help = "Runs all pending migrations: Django's, then kit's."
    autodetector = Autodetector
    examples = ("", "--pretend", "--to 20240101120001", "--single-transaction")
    pretends_afresh = False
    """Whether the database is taken to be empty, whatever it holds."""
    kept_tables: Collection[Key] = ()
    """Those that Django's migrations will have made again by then, as they are now."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--pretend",
            action="store_true",
            help="Print the SQL of all pending migrations, and change nothing.",
        )
        parser.add_argument(
            "--step",
            action="store_true",
            help="Make each of kit's migrations a batch of its own.",
        )
        parser.add_argument(
            "--single-transaction",
            action="store_true",
            help="Run all that is pending in one transaction: all of it is applied, or nothing.",
        )
        parser.add_argument(
            "--to",
            metavar="NAME",
            help="Only up to this one of kit's migrations; back, where later ones are applied.",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="With --to, where it goes back: do not ask.",
        )
        add_lock_timeout(parser)
        add_bounds(parser)
        add_format(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        self.report = reporter(self, options, "Running migrations...")
        with directly(alias), sql_shown(alias, self.report):
            self.run(**options)

    def run(self, **options: Any) -> None:
        self.verbosity = options["verbosity"]
        self.options = options
        self.connection = connections[options["database"]]
        self.django = DjangoMigrations(self.connection)
        self.held = HeldOutput(self.stdout)
        self.synced_last: set[str] = set()
        self.target: Target | None = None
        if self.is_left_to_django:
            self.migrate_as_django_does()
            return
        self.migrator = Migrator(self.connection, self.report, patience(options))
        self.django.transaction = (
            None if options["single_transaction"] else self.migrator.transaction
        )
        targets.refuse_name_in_place_of_label(options, self.is_kit_app)
        self.target = targets.find(options, self.migrator.history, self.report)
        if self.target and self.target.is_back:
            targets.go_back(self.target, self, options)
        elif options["plan"] or options["check_unapplied"]:
            self.show_plan()
        elif options["pretend"]:
            self.pretend()
        else:
            if self.is_for_tests:
                self.prepare_for_tests()
            with self.migrator.locked():
                if options["single_transaction"]:
                    self.migrate_as_one()
                else:
                    self.migrate(*self.pending())
            self.conclude()

    @property
    def is_left_to_django(self) -> bool:
        """Whether kit_django does not know the database, and no migration of kit's is for it."""
        if is_known(self.connection) or self.options["pretend"]:
            return False
        return not for_database(self.connection, discover())

    def migrate_as_django_does(self) -> None:
        self.let_django_speak()
        self.run_django()
        self.sync_what_is_left()
        self.conclude()

    # What is to be run

    @property
    def app_label(self) -> str | None:
        label: str | None = self.options["app_label"]
        return label

    @property
    def runs_kit(self) -> bool:
        """Not for an app of Django's; a label that nobody knows is left to Django as well."""
        return self.is_kit_app or (self.app_label is None and not self.options["prune"])

    @property
    def runs_django(self) -> bool:
        return not self.is_kit_app

    @property
    def is_kit_app(self) -> bool:
        """Whether the label is of an app that has kit's migrations and none of Django's."""
        config = apps.app_configs.get(self.app_label or "")
        if config is None or has_django_migrations(config):
            return False
        return app_folder(config.label).path.is_dir()

    def pending(self) -> tuple[Sequence[LoadedMigration], Iterator[int]]:
        """Kit's pending migrations, all imported and checked, and the numbers of their batches."""
        if not self.runs_kit:
            if self.app_label and not self.options["pretend"]:
                self.usable_dump()  # which is told of
            return (), iter(())
        plan = self.started(self.plan())
        migrations = self.migrator.load(plan.pending)
        self.migrator.note_oddities(plan, migrations)
        if dependencies.are_declared(migrations):
            loader = MigrationLoader(self.connection)
            dependencies.refuse_unknown(migrations, loader)
            if not (self.runs_django or self.options["fake"]):
                dependencies.refuse_unapplied(migrations, loader)
        return migrations, planner.batches(plan.batch, self.options["step"])

    def plan(self) -> planner.Plan:
        plan = self.migrator.plan(self.app_label, afresh=self.pretends_afresh)
        return planner.up_to(plan, self.target.name) if self.target else plan

    # Running it

    def migrate_as_one(self) -> None:
        """All that is pending, or nothing; what starts from a schema dump starts there."""
        refuse_alone(self.connection, ())
        migrations, batches = self.pending()
        executor = MigrationExecutor(self.connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        django = [migration for migration, _ in plan] if self.runs_django else []
        was = (
            "nothing was applied but for the schema dump"
            if self.has_loaded
            else "nothing was applied"
        )
        with self.migrator.as_one([*migrations, *django], was):
            self.migrate(migrations, batches)

    def migrate(self, migrations: Sequence[LoadedMigration], batches: Iterator[int]) -> None:
        self.report.expected = len(migrations)
        with held_back():
            if self.options["fake"]:
                self.run_django()
                self.migrator.fake(migrations, batches)
            else:
                with self.announced(migrations):
                    self.run_both(migrations, batches)
        if self.hears_django:
            self.held.finish()  # what receivers of post_migrate wrote

    def run_both(self, migrations: Sequence[LoadedMigration], batches: Iterator[int]) -> None:
        first, rest = dependencies.split(migrations) if self.runs_django else ((), migrations)
        if first:
            self.run_what_these_need(first)
        self.migrator.run(first, batches)
        if rest and self.runs_django:
            dependencies.refuse_without_users(self.connection)
        self.run_django()
        self.migrator.run(rest, batches)
        self.sync_what_is_left()
        self.note_skeletons(migrations)

    def note_skeletons(self, migrations: Sequence[LoadedMigration]) -> None:
        if migrations:
            from kit_django.management.skeletons import untouched  # which knows every column method

            for sentence in untouched([loaded.file for loaded in migrations]):
                self.report(Note(sentence))

    def announced(self, migrations: Sequence[LoadedMigration]) -> AbstractContextManager[None]:
        names = [each.name for each in migrations]
        using = self.connection.alias
        return announced(using, "up", names) if self.runs_kit else nullcontext()

    def sync_what_is_left(self) -> None:
        if self.synced_last:
            with self.django_words():
                super().sync_apps(self.connection, self.synced_last)

    def run_what_these_need(self, migrations: Sequence[LoadedMigration]) -> None:
        with self.django_words():
            executor = MigrationExecutor(self.connection, self.migration_progress_callback)
            targets = dependencies.unapplied(migrations, executor.loader)
            if targets:
                executor.migrate(targets)

    def run_django(self) -> None:
        if not self.runs_django:
            return
        with self.django_words():
            if self.app_label:
                self.let_django_speak()
            super().handle(**self.options)
        if self.django.applied:
            renew(self.connection)  # Django's migrations may have set what they like

    @contextmanager
    def django_words(self) -> Iterator[None]:
        """Django is silent where it has nothing to do and was not asked for by name."""
        stdout, self.stdout = self.stdout, OutputWrapper(self.held)  # type: ignore[arg-type]
        try:
            with self.django.undone_on_error():
                yield
        except KitError:
            raise
        except (Exception, KeyboardInterrupt) as error:
            if said := self.django.told(error):
                raise MigrationFailed(said) from error
            raise
        finally:
            self.stdout = stdout
            if self.hears_django:
                self.held.finish()

    @property
    def hears_django(self) -> bool:
        """Whether Django's words are wanted: JSON must stay JSON."""
        return self.report.is_for_people

    def let_django_speak(self) -> None:
        if self.hears_django:
            self.held.release()

    def migration_progress_callback(
        self, action: str, migration: Any = None, fake: Any = False
    ) -> None:
        self.let_django_speak()
        if action in ("apply_start", "unapply_start"):
            self.django.begin(migration, is_back=action == "unapply_start")
        if action.endswith("_success") and migration is not None:
            self.django.end(migration)
            if self.options["single_transaction"]:
                self.migrator.database.check_now()
        with self.times_told():
            super().migration_progress_callback(action, migration, fake)

    @contextmanager
    def times_told(self) -> Iterator[None]:
        """At a terminal Django tells the time of each of its migrations, which it does verbosely else."""
        told, self.verbosity = (
            self.verbosity,
            self.verbosity + (self.verbosity == 1 and self.stdout.isatty()),
        )
        try:
            yield
        finally:
            self.verbosity = told

    def sync_apps(self, connection: BaseDatabaseWrapper, app_labels: Any) -> None:
        """Leave out what kit makes, or may make."""
        at_once, self.synced_last = apps_to_sync(app_labels)
        self.let_django_speak()
        super().sync_apps(connection, at_once)

    def conclude(self) -> None:
        """The last word."""
        self.report.conclude(self.what_was_done(), self.last_words() if self.runs_kit else ())

    def what_was_done(self) -> dict[str, Any]:
        return {**self.report.done(), "django": self.django.applied}

    def last_words(self) -> Iterator[str]:
        report = self.report
        if report.has_begun and not self.options["pretend"]:
            yield "All migrations completed successfully!"
        elif not (report.has_begun or report.has_skipped or self.django.applied):
            yield "Nothing to migrate."

    # Looking only

    def show_plan(self) -> None:
        """``--plan`` and ``--check``: what is pending, Django's and kit's."""
        pending: tuple[str, ...] = ()
        if self.runs_kit:
            plan = self.plan()
            pending = (*plan.behind, *self.migrator.pending_names(plan))
        if self.options["plan"]:
            self.let_django_speak()
        django_has_some = self.runs_django and self.django_has_pending()
        self.report.answer(
            {"pending": pending, "django_pending": django_has_some},
            self.plan_in_words(pending) if self.options["plan"] and self.runs_kit else (),
        )
        if self.options["check_unapplied"] and (pending or django_has_some):
            sys.exit(1)

    def plan_in_words(self, pending: Sequence[str]) -> Iterator[str]:
        yield self.style.MIGRATE_LABEL("Planned kit migrations:")
        for name in pending or ["No planned kit migrations."]:
            yield f"  {name}"

    def django_has_pending(self) -> bool:
        """Have Django say what it plans. It tells a program by its exit code only."""
        try:
            with self.django_words():
                super().handle(**{**self.options, "check_unapplied": True})
        except SystemExit as answer:
            return bool(answer.code)
        return False

    def pretend(self) -> None:
        from kit_django.runner.pretend import pretend
        from kit_django.runner.units import Up

        migrations, batches = self.pending()
        first, rest = dependencies.split(migrations)

        def units() -> Iterator[Up]:
            for loaded in first:
                yield Up(loaded, self.migrator.history, next(batches))
            self.pretend_django()
            for loaded in rest:
                yield Up(loaded, self.migrator.history, next(batches))

        pretend(
            units(),
            self.connection,
            self.report,
            afresh=self.pretends_afresh,
            kept=self.kept_tables,
        )
        self.conclude()

    def pretend_django(self) -> None:
        """Django's pending migrations as sqlmigrate shows them."""
        if not self.runs_django:
            return
        executor = MigrationExecutor(self.connection)
        if self.pretended_dump or self.pretends_afresh:
            covered = self.pretended_dump.of("django") if self.pretended_dump else ()
            there = executor.loader.disk_migrations or {}
            executor.loader.applied_migrations = {
                key: migration for key, migration in there.items() if ".".join(key) in covered
            }
        for step in executor.migration_plan(executor.loader.graph.leaf_nodes(self.app_label)):
            statements = executor.loader.collect_sql([step])
            self.report(Pretended(str(step[0]), tuple(statements)))
