"""Running one migration, or one rollback, so that a failure or a kill cannot lie about it.

Where the database has transactions for DDL, the history row lives and dies with the migration's
own transaction. Elsewhere, and for ``atomic = False``, the row is committed first with the number
of the statement under way beside it; an error is undone operation by operation where that can be
done, and what cannot be undone stays on record as failed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.dispatch import Signal

from kit_django import signals
from kit_django.conf import get_settings
from kit_django.exceptions import MigrationFailed
from kit_django.migration import Migration
from kit_django.operations.base import Operation
from kit_django.operations.schema import Schema, open_schema
from kit_django.runner.databases import database_of
from kit_django.runner.databases.causes import PASSING
from kit_django.runner.databases.sessions import NOTHING, WENT_ON, Bounds, BrokenTransaction
from kit_django.runner.destruction import destroyed
from kit_django.runner.events import MigrationSkipped, Note, Renamed, Renaming, Report
from kit_django.runner.failures import failure, to_be_shown
from kit_django.runner.history import History, NotClaimed
from kit_django.runner.planner import refuse_failed
from kit_django.runner.renamings import renamings
from kit_django.runner.run import Patience, Run
from kit_django.runner.standing import standing
from kit_django.runner.undoing import NOTHING_LEFT, after_rollback, committed, undo
from kit_django.runner.units import Unit
from kit_django.runner.watch import Journal, Watch, watched
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects import dialect_of

Operations = tuple[Operation, ...]
FOR_GOOD = "What that takes along cannot be undone here."
NOT_LOOKED_AT = "What comes after its first question to the database was not looked at."
PAUSES = (1.0, 2.0)
"""Seconds before an atomic migration is tried again that did not get a lock."""


class Executor:
    """Runs units on one connection, one after the other."""

    def __init__(self, connection: BaseDatabaseWrapper, report: Report, run: Run | None) -> None:
        """Without a run, nobody is kept out and nothing is bounded."""
        self.connection = connection
        self.report = report
        self.lookout = run.lookout if run else None
        self.patience = run.patience if run else Patience(0)
        self.settings = get_settings()
        self.history = History(connection)
        self.database = database_of(connection)
        self.session = self.database.session(run.lock if run else None)
        self.catalog = Catalog(connection)
        self.schema_left_at: Any = None
        self.others_wrote = False
        """Whether somebody else had the connection since rows were checked."""

    def run(self, unit: Unit) -> None:
        """Do it, or skip what another runner has done meanwhile. One that is atomic is tried again
        where it waited for a lock in vain.

        Raises MigrationFailed; FailedMigrationWaits, LockTimeout and HistoryError before anything
        of it was done.
        """
        sender, about = type(unit.loaded.migration), self._about(unit)
        self._tell(signals.migration_started, sender, **about)
        duration_ms = self._run_patiently(unit)
        if duration_ms is not None:
            self._tell(signals.migration_ended, sender, **about, duration_ms=duration_ms)

    def _tell(self, signal: Signal, sender: type[Migration], **about: Any) -> None:
        if signal.send(sender, **about):
            self.catalog.forget_all()  # a receiver may have changed anything
            self.others_wrote = True

    def _about(self, unit: Unit) -> dict[str, str]:
        return {"using": self.connection.alias, "method": unit.method, "name": unit.name}

    def _run_patiently(self, unit: Unit) -> int | None:
        """How long it took, in milliseconds; None where another runner has done it."""
        for pause in PAUSES if self._is_transactional(unit) else ():
            try:
                return self._run_once(unit)
            except MigrationFailed as error:
                if not self._may_go_better(unit, error):
                    raise
                said = str(error).removesuffix(error.advice)
                self.report(Note(f"{said}{NOTHING_LEFT} It is tried again in {pause:g} s."))
                time.sleep(pause)
        return self._run_once(unit)

    def _may_go_better(self, unit: Unit, error: MigrationFailed) -> bool:
        is_passing = self.database.cause_of(error.__cause__) in PASSING
        return is_passing and standing(self.history, unit.name) == unit.begins

    def _is_transactional(self, unit: Unit) -> bool:
        return unit.is_atomic and self.connection.features.can_rollback_ddl

    def _run_once(self, unit: Unit) -> int | None:
        run = self._in_one_transaction if self._is_transactional(unit) else self._with_journal
        started = time.perf_counter()
        if self.lookout:
            self.lookout.expect(self._bounds(unit))
        self.session.ready()
        try:
            with self.session.timed(self._bounds(unit)):
                operations = run(unit, started)
        except NotClaimed as refusal:
            row = self.history.explain(refusal)
            refuse_failed([row] if row else [])
            self.report(MigrationSkipped(unit.name, "another runner has just done it"))
            return None
        duration_ms = _since(started)
        self.report(unit.finished(duration_ms, _descriptions(operations)))
        if steps := tuple(renamings(operations)):
            self.report(Renamed(steps))
            self._tell_what_is_left_behind(steps)
        return duration_ms

    def _tell_what_is_left_behind(self, steps: tuple[Renaming, ...]) -> None:
        """The migration is done, whatever becomes of the question."""
        with suppress(Error):
            for told in self.database.left_behind(self.catalog, steps):
                self.report(Note(told))

    def _cause(self, error: BaseException, watch: Watch) -> BaseException:
        """What broke the transaction, where the error says no more than that it is broken."""
        is_aftermath = isinstance(error, BrokenTransaction) or self.database.is_aftermath(error)
        return watch.first_failure.error if is_aftermath and watch.first_failure else error

    def _failure(
        self, unit: Unit, error: BaseException, watch: Watch, outcome: str
    ) -> MigrationFailed:
        has_waited = self.lookout and self.database.cause_of(error) in ("lock", "timeout")
        waited_for = self.lookout.blocker if self.lookout and has_waited else ""
        sql, first = watch.failed_sql, watch.first_failure
        if first is not None and first.error is error:
            sql = first.sql
        return failure(unit, error, sql, outcome, waited_for)

    def _in_one_transaction(self, unit: Unit, started: float) -> Operations:
        watch = Watch(self.session.before_statement, self.catalog.forget_all)
        has_begun = False
        schema: Schema | None = None
        try:
            with self.database.one_transaction(self.patience.timeout, self.report):
                self._begin(unit)
                has_begun = True
                self.report(unit.started())
                with watched(self.connection, watch), self._opened() as schema:
                    watch.is_writers_own = lambda: schema.is_writers_own
                    watch.begun = lambda: schema.begun
                    unit.work(schema)
                self._end(unit, started, watch, schema)
        except BaseException as error:
            self.catalog.forget_all()
            if not has_begun:
                raise
            cause = self._cause(error, watch)
            stands = standing(self.history, unit.name)
            outcome = after_rollback(unit, cause, stands, committed(watch, schema))
            if cause is not error:
                outcome = f"{WENT_ON} {outcome}"
            raise self._failure(unit, cause, watch, outcome) from cause
        finally:
            self._leave(watch, schema)
        return tuple(schema.operations)

    def _begin(self, unit: Unit) -> None:
        """None of its statements is numbered: should it commit, all count as begun."""
        bounds = self._bounds(unit)
        answer = unit.claim(statements=1, question=self.session.question(unit.name, bounds))
        self.session.begin(unit.name, bounds, answer)

    def _end(self, unit: Unit, started: float, watch: Watch, schema: Schema) -> None:
        """Behind SQL of the writer's own the session is looked at before the history is written in it;
        else by the same statement."""
        self.session.end(transactional=True)
        is_own = _had_connection(watch, schema)
        if is_own:
            self.session.settle(transactional=True)
        self.database.check_foreign_keys(schema, is_own=is_own or self.others_wrote)
        self.others_wrote = False
        answer = unit.finish(_since(started), NOTHING if is_own else self.session.last_question())
        if not is_own:
            self.session.settle(answer, transactional=True)

    def _bounds(self, unit: Unit) -> Bounds:
        return self.patience.for_statements_of(unit.loaded.migration, self.settings)

    @contextmanager
    def _opened(self) -> Iterator[Schema]:
        """With all that is known of the database, unless another process has changed it since."""
        if self.session.schema_version() != self.schema_left_at:
            self.catalog.forget_all()
        kept = self.settings.history_table
        with open_schema(self.connection, catalog=self.catalog, kept=kept) as schema:
            yield schema
        self.schema_left_at = self.session.schema_version()

    def _leave(self, watch: Watch, schema: Schema | None) -> None:
        if _had_connection(watch, schema):
            self.leave()

    def leave(self) -> None:
        """Behind code that had the connection: its session is not used again, and nothing is known."""
        self.session.leave()
        self.catalog.forget_all()
        self.others_wrote = True

    def _with_journal(self, unit: Unit, started: float) -> Operations:
        self.session.begin(unit.name)
        unit.claim(statements=0)
        self.session.bound(self._bounds(unit))
        journal = Journal(
            dialect_of(self.connection),
            lambda number, sql: self.history.begin_statement(unit.row_id, number, to_be_shown(sql)),
            self.catalog.forget_all,
        )
        journal.before_change = self.session.before_change
        with ExitStack() as stack:
            stack.enter_context(self.database.no_transaction())
            schema = stack.enter_context(self._opened())
            journal.moment = lambda: schema.moment
            journal.is_expected = lambda: schema.is_performing
            journal.is_in_transaction = lambda: self.connection.in_atomic_block
            journal.is_writers_own = lambda: schema.is_writers_own
            stack.callback(self._leave, journal, schema)
            try:
                self.report(unit.started())
                self._tell_what_goes(unit)
                with watched(self.connection, journal):
                    unit.work(schema)
                self.session.end(transactional=False)
                self.session.settle(transactional=False)
                self._leave(journal, schema)  # the history is written from a session that is as new
                self.database.check_foreign_keys(schema, is_own=_had_connection(journal, schema))
                unit.finish(_since(started))
            except BaseException as error:
                self.catalog.forget_all()
                outcome = undo(unit, error, schema, journal, self.session)
                raise self._failure(unit, error, journal, outcome) from error
        return tuple(schema.operations)

    def _tell_what_goes(self, unit: Unit) -> None:
        """Before anything was touched. Raises what is wrong with what the migration says."""
        rehearsed = unit.rehearse()
        if phrases := destroyed(rehearsed.operations, self.connection):
            more = "" if rehearsed.is_whole else f" {NOT_LOOKED_AT}"
            self.report(
                Note(f"{unit.what} {unit.name} will {', '.join(phrases)}. {FOR_GOOD}{more}")
            )


def _had_connection(watch: Watch, schema: Schema | None) -> bool:
    """Whether SQL of the writer's own was run, or may have been."""
    return watch.saw_writers_own or (schema is not None and schema.gave_connection)


def _descriptions(operations: Operations) -> tuple[str, ...]:
    return tuple(operation.describe() for operation in operations)


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
