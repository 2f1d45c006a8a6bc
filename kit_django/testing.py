"""For tests of a project's migrations, with unittest and with pytest (the fixture ``migrator``)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

from kit_django.codegen.adopting.others import made_by_others
from kit_django.codegen.verifying.judging import Picture, of_things
from kit_django.operations.models import ModelMaker
from kit_django.runner import planner, rollback
from kit_django.runner.events import Event
from kit_django.runner.execution import Executor
from kit_django.runner.files import discover
from kit_django.runner.history import History
from kit_django.runner.history_table import HistoryRow
from kit_django.runner.migrator import Migrator as Runner
from kit_django.runner.migrator import for_database
from kit_django.runner.run import Patience
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects import dialect_of

MOST_LISTED = 20


class State:
    """The database as it was when it was brought to a migration: ``model("users")`` is for its rows."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._catalog = Catalog(connection)
        self._models = ModelMaker(self._catalog, relations=True)

    def model(self, table: str) -> type[models.Model]:
        """A model of the table as it is, its fields named as the columns. Raises UnknownTable."""
        return self._models.model(self._catalog.table(table))


class Migrator:
    """Brings a test database to a migration and back, and asserts what migrations have to hold.

    A name may be cut to what is unique, or to what stands behind its digits.
    No transaction may be open, so it is for TransactionTestCase,
    and for pytest-django's ``transactional_db``. Raises what ``migrate`` and ``migrate_rollback`` do.
    """

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self.connection = connections[using]
        self.history = History(self.connection)
        self._wanted = {row.name for row in self.history.rows()}

    def before(self, name: str) -> State:
        """Bring the database to where the migration, and all behind it, have not run."""
        found = self._find(name)
        applied = [row for row in self.history.rows() if row.name == found]
        if applied:
            self._roll_back(planner.since(self.history.rows(), applied[0]))
        self._run(lambda each: each < found)
        return State(self.connection)

    def after(self, name: str) -> State:
        """Bring it to where the migration was the last to run."""
        found = self._find(name)
        applied = [row for row in self.history.rows() if row.name == found]
        if applied:
            self._roll_back(planner.after(self.history.rows(), found))
        else:
            self._run(lambda each: each <= found)
        return State(self.connection)

    def reset(self) -> None:
        """Empty the tables that migrations of kit's make, and bring them to where they were at first."""
        if self._wanted == {row.name for row in self.history.rows()}:
            return
        self._empty_tables()
        rows = self.history.rows()
        self._roll_back([row for row in reversed(rows) if row.name not in self._wanted])
        self._run(self._wanted.__contains__)

    # What has to hold

    def assert_reversible(self, name: str, rows: Callable[[State], Any] | None = None) -> None:
        """The migration is run and taken back, and tables and their rows are what they were.

        ``rows`` is called with the state before it, and fills the tables.
        """
        state = self.before(name)
        if rows is not None:
            rows(state)
        picture, there = self._picture(), self._rows()
        self.after(name)
        self.before(name)
        found = [*of_things(picture, self._picture()), *_unlike(there, self._rows())]
        _refuse(f"{self._find(name)} is not taken back whole", found)

    def assert_all_reversible(self) -> None:
        """All migrations run, are taken back and run again, and the tables are what they were."""
        self._run_all()
        first = self._picture()
        self._empty_tables()
        self._roll_back(planner.everything(self.history.rows()))
        self._run(lambda _: True)
        _refuse(
            "The migrations make other tables when they run again",
            list(of_things(first, self._picture())),
        )

    def assert_models_agree(self) -> None:
        """The models are those that ``db_sync`` would write of what the migrations make."""
        self._run_all()
        said = io.StringIO()
        options: dict[str, Any] = {"check": True, "skip_migrations": True, "stdout": said}
        try:
            call_command("db_sync", database=self.connection.alias, **options)
        except SystemExit as end:
            _refuse("The models differ from what the migrations make", said.getvalue().splitlines())
            raise AssertionError("db_sync --check failed") from end

    # How

    def _find(self, name: str) -> str:
        files = [file.name for file in for_database(self.connection, discover())]
        return planner.only(files, name, "migration")

    def _runner(self) -> Runner:
        return Runner(self.connection, _unheard, Patience(60))

    def _run_all(self) -> None:
        """Those that a test's rows are not in the way of: in empty tables."""
        if self._runner().plan().pending:
            self._empty_tables()
            self._run(lambda _: True)

    def _run(self, is_wanted: Callable[[str], bool]) -> None:
        runner = self._runner()
        with runner.locked():
            plan = runner.plan()
            pending = runner.load(each for each in plan.pending if is_wanted(each.name))
            runner.run(pending, planner.batches(plan.batch, step=False))

    def _roll_back(self, rows: Sequence[HistoryRow]) -> None:
        runner = self._runner()
        with runner.locked():
            units = rollback.prepare(rows, self.history, _unheard)
            rollback.run(units, Executor(self.connection, _unheard, runner.run_under_way))

    def _picture(self) -> Picture:
        return Picture.of(self.connection, with_dump=False)

    def _tables(self) -> list[str]:
        others = {name for schema, name in made_by_others(self.connection) if schema is None}
        names = self.connection.introspection.table_names()
        return sorted(name for name in names if name not in others)

    def _empty_tables(self) -> None:
        operations: Any = self.connection.ops
        if tables := self._tables():
            operations.execute_sql_flush(
                operations.sql_flush(no_style(), tables, allow_cascade=True)
            )

    def _rows(self) -> dict[str, list[str]]:
        """The rows of each table, by the names of their columns."""
        quote = dialect_of(self.connection).quote_name
        with self.connection.cursor() as cursor:
            return {name: list(_rows_of(cursor, quote(name))) for name in self._tables()}


class MigrationTestCase(TransactionTestCase):
    """With ``self.migrator``; behind each test the migrations are where they were."""

    migrator: Migrator

    def setUp(self) -> None:
        super().setUp()
        self.migrator = self.enterContext(migrating())


@contextmanager
def migrating(using: str = DEFAULT_DB_ALIAS) -> Iterator[Migrator]:
    """A Migrator, and behind it the migrations where they were."""
    migrator = Migrator(using)
    try:
        yield migrator
    finally:
        migrator.reset()


def _unheard(event: Event) -> None:
    pass


def _rows_of(cursor: Any, table: str) -> Iterator[str]:
    cursor.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    rows = (sorted(zip(names, row, strict=True)) for row in cursor.fetchall())
    yield from sorted(", ".join(f"{name}={value!r}" for name, value in row) for row in rows)


def _unlike(before: dict[str, list[str]], after: dict[str, list[str]]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        old, new = before.get(name, []), after.get(name, [])
        yield from (f"- row of {name}: {row}" for row in old if row not in new)
        yield from (f"+ row of {name}: {row}" for row in new if row not in old)


def _refuse(what: str, lines: Sequence[str]) -> None:
    if lines:
        more = [f"... and {len(lines) - MOST_LISTED} more"] if len(lines) > MOST_LISTED else []
        raise AssertionError("\n".join([f"{what}:", *lines[:MOST_LISTED], *more]))
