"""Migrator: runs what is pending, on one database. It reports events and knows no stdout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.conf import get_settings
from kit_django.exceptions import HistoryError, MigrationFailed, MigrationFileError, UsageError
from kit_django.migration import Migration
from kit_django.runner import planner
from kit_django.runner.databases import database_of
from kit_django.runner.dumps.file import pruned_names
from kit_django.runner.events import MigrationFaked, MigrationSkipped, Note, Report
from kit_django.runner.files import MigrationFile, discover
from kit_django.runner.history import History, NotClaimed
from kit_django.runner.loading import LoadedMigration, load, load_all
from kit_django.runner.planner import Plan
from kit_django.runner.run import Patience, Run, running
from kit_django.runner.words import words


class Migrator:
    """The migrations of one database. All that it raises for a user's sake is a KitError."""

    def __init__(self, connection: BaseDatabaseWrapper, report: Report, patience: Patience) -> None:
        self.connection = connection
        self.report = report
        self.database = database_of(connection)
        self.history = History(connection)
        self.patience = patience
        self.run_under_way: Run | None = None
        self.is_one = False

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other runners out. Raises LockTimeout."""
        with running(self.database, self.patience, self.report) as self.run_under_way:
            try:
                yield
            finally:
                self.run_under_way = None

    def plan(self, app_label: str | None = None, *, afresh: bool = False) -> Plan:
        """What is pending, of one app's folder where a label is given; all of it, if ``afresh``.

        Raises FailedMigrationWaits, MigrationFileError, HistoryError.
        """
        files, pruned = discover(), pruned_names(self.connection.alias)
        plan = planner.plan(files, (), pruned=pruned) if afresh else self._plan(files, pruned)
        return planner.narrow(plan, app_label) if app_label else plan

    def _plan(self, files: Sequence[MigrationFile], pruned: Set[str]) -> Plan:
        if self.run_under_way is not None:
            return planner.plan(files, self.history.settled_rows(), pruned=pruned)
        rows = self.history.rows()
        # With nothing claimed and nothing pending there is nobody to be told of.
        plan = planner.plan(files, rows, pruned=pruned, others_work=True)
        claimed = any(row.is_claimed for row in rows)
        holder = self.database.lock().running() if claimed or plan.pending else ""
        if holder:
            self.report(Note(f"Another runner is at work: {holder}."))
            return plan
        return planner.plan(files, rows, pruned=pruned)

    def load(self, files: Iterable[MigrationFile]) -> tuple[LoadedMigration, ...]:
        """Import those of them that are for this database. Raises MigrationFileError."""
        loaded = load_all(files)
        return tuple(each for each in loaded if _is_for(self.connection, each))

    def pending_names(self, plan: Plan) -> tuple[str, ...]:
        """The pending migrations that are for this database; nothing is imported needlessly."""
        return tuple(file.name for file in for_database(self.connection, plan.pending))

    def refuse_behind(self, plan: Plan) -> None:
        """Raises HistoryError where migrations have not run whose files are gone."""
        if plan.behind:
            raise HistoryError(
                f"{_listed(plan.behind)} has not run here, and its file was pruned: the schema dump "
                f"covers it, and is for an empty database. Bring the files back from before they were "
                f"pruned and run migrate, or begin anew with migrate_fresh. Nothing was run."
            )

    def note_oddities(self, plan: Plan, migrations: Sequence[LoadedMigration]) -> None:
        """Report what is unusual. Raises HistoryError where the settings forbid it."""
        if plan.unknown:
            names = _listed(plan.unknown)
            self.report(Note(f"The database has migrations that this code lacks: {names}."))
        if edited := [file.name for file, then in plan.recorded if file.checksum() != then]:
            self.report(
                Note(
                    f"Edited since it was applied: {_listed(edited)}. What was changed there is not run; "
                    f"migrate_resolve NAME --applied accepts the file as it is."
                )
            )
        late = [loaded.name for loaded in migrations if loaded.name < plan.newest]
        choice = get_settings().out_of_order
        if not late or choice == "allow":
            return
        what = f"{_listed(late)} is older than {plan.newest}, which has been applied already"
        if choice == "error":
            raise HistoryError(
                f"Migration {what}. Give it a newer timestamp, "
                f'or allow this with settings.KIT["OUT_OF_ORDER"] = "warn". Nothing was run.'
            )
        self.report(Note(f"Out of order: {what}."))

    def run(self, migrations: Sequence[LoadedMigration], batches: Iterator[int]) -> None:
        """Apply them in their order, each in the next of the batches.

        Raises MigrationFailed for the first that fails; those before it stay applied.
        """
        if not migrations:
            return
        self.prepare()
        self._run_pending(migrations, batches)

    @contextmanager
    def as_one(self, pending: Sequence[Any], was: str = "nothing was applied") -> Iterator[None]:
        """One transaction for all migrations, kit's and Django's; ``was`` says what is left where one
        fails. Raises UsageError where one of them, or the database, cannot be in it."""
        self.database.refuse_within_transaction()
        refuse_alone(self.connection, pending)
        before = {row.name for row in self.history.rows()}
        try:
            with self.transaction():
                self.is_one = True
                yield
        except Exception as error:
            left = {row.name for row in self.history.rows()} - before
            if left:
                raise
            raise MigrationFailed(
                f"{error} With --single-transaction the others went with it: {was}."
            ) from error

    def transaction(self) -> AbstractContextManager[None]:
        """Raises LockTimeout."""
        return self.database.one_transaction(self.patience.timeout, self.report)

    def prepare(self) -> None:
        """Make the history table, if it is missing. The caller holds the lock."""
        if not self.is_one:
            self.database.refuse_within_transaction()
        if not self.history.exists():
            with self.transaction():
                if not self.history.exists():
                    self.history.create()

    def _run_pending(self, migrations: Sequence[LoadedMigration], batches: Iterator[int]) -> None:
        from kit_django.runner.execution import Executor
        from kit_django.runner.units import Up

        executor = Executor(self.connection, self.report, self.run_under_way)
        for loaded in migrations:
            answer = self._should_run(loaded)
            if type(loaded.migration).should_run is not Migration.should_run:
                executor.leave()  # it had the connection
            if answer:
                executor.run(Up(loaded, self.history, next(batches)))

    def _should_run(self, loaded: LoadedMigration) -> bool:
        try:
            answer = loaded.migration.should_run(self.connection)
        except Exception as error:
            raise MigrationFailed(
                f"Migration {loaded.name} failed in should_run(): {words(error)}. "
                f"Nothing of it was run."
            ) from error
        if not answer:
            self.report(MigrationSkipped(loaded.name, "its should_run() says no; it stays pending"))
        return bool(answer)

    def fake(self, migrations: Sequence[LoadedMigration], batches: Iterator[int]) -> None:
        """Record them as applied, without running any."""
        if not migrations:
            return
        self.prepare()
        for loaded in migrations:
            try:
                self._record(loaded, next(batches))
            except NotClaimed as refusal:
                self.history.explain(refusal)
                continue
            self.report(MigrationFaked(loaded.name))

    def _record(self, loaded: LoadedMigration, batch: int) -> None:
        with transaction.atomic(using=self.connection.alias):
            row_id = self.history.claim(loaded.name, batch, loaded.checksum)
            self.history.finish(row_id, duration_ms=0)


def refuse_alone(connection: BaseDatabaseWrapper, pending: Iterable[Any]) -> None:
    """Raises UsageError for what cannot share a transaction with other migrations."""
    advice = "Leave --single-transaction out. Nothing was run."
    if not connection.features.can_rollback_ddl:
        raise UsageError(
            f"{connection.display_name} commits each statement that changes a table, so that there is "
            f"no transaction for several migrations. {advice}"
        )
    for each in pending:
        if not getattr(each, "migration", each).atomic:
            raise UsageError(
                f"{_name(each)} says atomic = False, and runs in no transaction. {advice}"
            )


def _name(migration: Any) -> str:
    """Kit's name of its own, and Django's with the app."""
    return migration.name if isinstance(migration, LoadedMigration) else str(migration)


def for_database(
    connection: BaseDatabaseWrapper, files: Iterable[MigrationFile]
) -> tuple[MigrationFile, ...]:
    """The files whose migrations are for this database: with one database, all of them.

    With several they have to be imported to know; one that cannot be will be heard of when it is
    to run.
    """
    if len(list(connections)) == 1:
        return tuple(files)
    return tuple(file for file in files if _may_be_for(connection, file))


def _may_be_for(connection: BaseDatabaseWrapper, file: MigrationFile) -> bool:
    try:
        return _is_for(connection, load(file))
    except MigrationFileError:
        return True


def _is_for(connection: BaseDatabaseWrapper, loaded: LoadedMigration) -> bool:
    return loaded.migration.database == connection.alias


def _listed(names: Iterable[str]) -> str:
    first, *others = names
    return f"{first} (and {len(others)} more)" if others else first
