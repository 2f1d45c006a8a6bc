"""Loading a dump into an empty database: all of it, or nothing, as far as the database can."""

from __future__ import annotations

from django.db import Error, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases import database_of
from kit_django.runner.databases.sessions import renew
from kit_django.runner.databases.wiping import WipeOptions, runner
from kit_django.runner.dumps.file import ENDING, Dump
from kit_django.runner.events import DumpLoaded, DumpStarted, Progress, Report
from kit_django.runner.files import display_path
from kit_django.runner.history import History
from kit_django.runner.planner import LOAD
from kit_django.runner.words import words
from kit_django.schema import facts
from kit_django.schema.dialects import dialect_named
from kit_django.schema.introspection import introspect, surroundings
from kit_django.schema.sql.scripts import statements_of
from kit_django.schema.whole import node_of, things

BRINGS = ("extension", "comment")
"""What may be in a database that counts as empty."""


def statements(dump: Dump) -> list[str]:
    """What the dump runs, in its order."""
    if dump.is_by_lines:
        return [each for each in dump.body.rstrip("\n").removesuffix(";").split(ENDING) if each]
    return statements_of(dump.body, dialect_named(dump.vendor))


def contents(connection: BaseDatabaseWrapper) -> list[str]:
    """What is in the database, by the names that people call it; a history without a row is nothing."""
    around = surroundings(connection)
    database = introspect(connection, schemas=around.schemas, views=True, partitions=True)
    history = History(connection)
    own = {("relation", None, history.table)} if not history.rows() else set()
    found = [*things(database, around), *(each for each in around.objects if each.kind == "event")]
    left = [each for each in found if getattr(each, "kind", "") not in BRINGS]
    return [
        *(f"schema {name}" for name in around.schemas if name != "public"),
        *(_called(each) for each in left if node_of(each) not in own),
    ]


def _called(thing: facts.Table | facts.Object | object) -> str:
    word = getattr(thing, "kind", type(thing).__name__.lower())
    return f"{word} {getattr(thing, 'name', '')}"


class Loader:
    """Loads dumps into one database, which is empty. The caller holds the lock."""

    def __init__(self, connection: BaseDatabaseWrapper, report: Report, timeout: float) -> None:
        self.connection, self.report, self.timeout = connection, report, timeout
        self.database, self.history = database_of(connection), History(connection)

    def load(self, dump: Dump) -> None:
        """Raises MigrationFailed, which says what is left."""
        self.database.refuse_within_transaction()
        name = display_path(dump.path)
        self.report(DumpStarted(name, len(dump.covered)))
        if self.connection.features.can_rollback_ddl:
            self._load_in_one(dump)
        else:
            self._load_by_steps(dump)
        renew(self.connection)  # the dump has set what it likes
        self.report(DumpLoaded(name, len(dump.covered)))

    def _load_in_one(self, dump: Dump) -> None:
        try:
            with self.database.one_transaction(self.timeout, self.report):
                self._run(dump)
                self._make_histories(dump)
                self._record(dump)
        except Error as error:
            renew(self.connection)
            raise MigrationFailed(self._failure(dump, error, "Nothing of it is left.")) from error

    def _load_by_steps(self, dump: Dump) -> None:
        """Where each statement commits, a row of the history says that a load is under way."""
        if not self.history.exists():
            self.history.create()
        row_id = self.history.claim(LOAD, 0, "", statements=1)
        try:
            self._run(dump)
            self.connection.rollback()
            renew(self.connection)
            self._make_histories(dump)
            with transaction.atomic(using=self.connection.alias):
                self._record(dump)
                self.history.remove(row_id)
            if not dump.covered:
                self.history.drop()
        except Error as error:
            renew(self.connection)
            self.empty()
            left = "What it had made was dropped again."
            raise MigrationFailed(self._failure(dump, error, left)) from error

    def _run(self, dump: Dump) -> None:
        found = statements(dump)
        with self.connection.cursor() as cursor:
            for number, self.statement in enumerate(found, 1):
                self.report(Progress("Loading", number, len(found)))
                cursor.execute(self.statement, None)
        self.statement = ""

    def _make_histories(self, dump: Dump) -> None:
        if dump.covered and not self.history.exists():
            self.history.create()
        if dump.of("django"):
            MigrationRecorder(self.connection).ensure_schema()

    def _record(self, dump: Dump) -> None:
        """What it covers, as if it had run."""
        pairs = [(each.name, each.checksum) for each in dump.covered.values()]
        self.history.record_all(sorted(pairs), batch=1)
        recorder = MigrationRecorder(self.connection)
        names = [name.split(".", 1) for name in sorted(dump.of("django"))]
        rows = [recorder.Migration(app=app, name=name) for app, name in names]
        recorder.migration_qs.bulk_create(rows)

    def empty(self) -> None:
        """Drop all that a load that did not end has made; the database was empty before."""
        run = runner(self.connection)
        for each in surroundings(self.connection).objects:
            if each.drop and each.kind not in ("table", "view", "trigger", "extension"):
                run(each.drop)
        self.database.wipe(WipeOptions(types=True), self.report, self.timeout)

    def _failure(self, dump: Dump, error: Error, left: str) -> str:
        statement = " ".join(self.statement.split())
        where = f" Its statement was: {statement[:200]}" if statement else ""
        return (
            f"{display_path(dump.path)} cannot be loaded: {words(error)}. {left} Make a new one with "
            f"schema_dump on a database that the migrations have made.{where}"
        )

    statement = ""
