"""Running one migration, or one rollback, so that a failure or a kill cannot lie about it.

Where the database has transactions for DDL, the history row lives and dies with the migration's
own transaction. Elsewhere, and for ``atomic = False``, the row is committed first with the number
of the statement under way beside it; an error is undone operation by operation where that can be
done, and what cannot be undone stays on record as failed.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import HistoryError
from kit_django.operations.base import Operation
from kit_django.operations.schema import Schema, open_schema
from kit_django.runner.databases import database_of
from kit_django.runner.databases.locks import Lock
from kit_django.runner.events import MigrationSkipped, Renamed, Report
from kit_django.runner.failures import failure
from kit_django.runner.history import History, NotClaimed
from kit_django.runner.planner import refuse_failed
from kit_django.runner.renamings import renamings
from kit_django.runner.undoing import NOTHING_LEFT, advice, undo, ways_out
from kit_django.runner.units import Unit
from kit_django.runner.watch import Journal, Watch
from kit_django.schema.dialects import dialect_of

Operations = tuple[Operation, ...]


class Executor:
    """Runs units on one connection, one after the other."""

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        report: Report,
        timeout: float,
        lock: Lock | None,
    ) -> None:
        self.connection = connection
        self.report = report
        self.timeout = timeout
        self.history = History(connection)
        self.database = database_of(connection)
        self.session = self.database.session(lock)

    def run(self, unit: Unit) -> None:
        """Do it, or skip what another runner has done meanwhile.

        Raises MigrationFailed; FailedMigrationWaits, LockTimeout and HistoryError before anything
        of it was done.
        """
        transactional = unit.is_atomic and self.connection.features.can_rollback_ddl
        run = self._in_one_transaction if transactional else self._with_journal
        started = time.perf_counter()
        self.session.ready()
        try:
            operations = run(unit, started)
        except NotClaimed as refusal:
            row = self.history.explain(refusal)
            refuse_failed([row] if row else [])
            self.report(MigrationSkipped(unit.name, "another runner has just done it"))
        else:
            self.report(unit.finished(_since(started), _descriptions(operations)))
            if steps := tuple(renamings(operations)):
                self.report(Renamed(steps))

    def _in_one_transaction(self, unit: Unit, started: float) -> Operations:
        watch = Watch(self.session.before_statement)
        has_begun = False
        schema: Schema | None = None
        try:
            with self.database.one_transaction(self.timeout, self.report):
                unit.claim(statements=1)  # none is numbered: should it commit, all count as begun
                self.session.begin(unit.name, transactional=True)
                has_begun = True
                self.report(unit.started())
                with self.connection.execute_wrapper(watch), open_schema(self.connection) as schema:
                    watch.is_writers_own = lambda: schema.is_writers_own
                    unit.work(schema)
                self.session.end(unit.name, transactional=True)
                self.database.check_foreign_keys(schema)
                unit.finish(_since(started))
        except BaseException as error:
            if not has_begun:
                raise
            outcome = self._outcome_of_rollback(unit, error)
            raise failure(unit, error, watch.failed_sql, outcome) from error
        finally:
            self._leave(watch, schema)
        return tuple(schema.operations)

    def _leave(self, watch: Watch, schema: Schema | None) -> None:
        if watch.saw_writers_own or (schema is not None and schema.gave_connection):
            self.session.leave()

    def _outcome_of_rollback(self, unit: Unit, error: BaseException) -> str:
        """The transaction is gone; a row is left only where the migration had ended it before."""
        with suppress(Error, HistoryError):
            if any(row.is_failed and row.name == unit.name for row in self.history.rows()):
                return (
                    f"What it had done before it ended the transaction is committed, and it stays "
                    f"on record as failed. Mend the database by hand; then say which: "
                    f"{ways_out(unit)}."
                )
        return f"{NOTHING_LEFT} {advice(unit, error)}"

    def _with_journal(self, unit: Unit, started: float) -> Operations:
        self.session.begin(unit.name, transactional=False)
        unit.claim(statements=0)
        self.report(unit.started())
        journal = Journal(
            dialect_of(self.connection),
            lambda number: self.history.begin_statement(unit.row_id, number),
        )
        with ExitStack() as stack:
            stack.enter_context(self.database.no_transaction())
            schema = stack.enter_context(open_schema(self.connection))
            journal.moment = lambda: schema.moment
            journal.is_expected = lambda: schema.is_performing
            journal.is_writers_own = lambda: schema.is_writers_own
            stack.callback(self._leave, journal, schema)
            try:
                with self.connection.execute_wrapper(journal):
                    unit.work(schema)
                self.session.end(unit.name, transactional=False)
                self._leave(journal, schema)  # the history is written from a session that is as new
                self.database.check_foreign_keys(schema)
                unit.finish(_since(started))
            except BaseException as error:
                outcome = undo(unit, error, schema, journal, self.session)
                raise failure(unit, error, journal.failed_sql, outcome) from error
        return tuple(schema.operations)


def _descriptions(operations: Operations) -> tuple[str, ...]:
    return tuple(operation.describe() for operation in operations)


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
