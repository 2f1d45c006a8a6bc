"""What all migrations make in an empty database, found out before the one that is there is emptied.

They are pretended, Django's and kit's, and the statements are read; nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from kit_django.conf import get_settings
from kit_django.exceptions import HistoryError, KitError, OperationError
from kit_django.operations.base import Operation
from kit_django.operations.objects import CreateObject
from kit_django.operations.rehearsal import rehearse
from kit_django.operations.run_sql import RunSQL
from kit_django.operations.schema import Schema, open_schema
from kit_django.operations.tables import CreateTable, DropTable, RenameTable
from kit_django.operations.untouched import others_unchanged
from kit_django.runner import dependencies
from kit_django.runner.databases import database_of
from kit_django.runner.history import History
from kit_django.runner.history_table import HistoryRow
from kit_django.runner.loading import LoadedMigration
from kit_django.schema.catalog import Catalog, table_key
from kit_django.schema.dialects import dialect_of
from kit_django.schema.keys import Key
from kit_django.schema.sql.made import Made
from kit_django.schema.sql.scripts import statements_of


@dataclass(frozen=True, slots=True)
class Foreseen:
    """``tables`` are those that are there in the end, and those that are there on the way, where the
    database stands by its history; ``djangos`` those of Django's migrations. ``objects`` are keywords and
    keys, as ``("TYPE", (None, "mood"))``; ``unclear`` the migrations that could not be followed to their
    end."""

    tables: frozenset[Key]
    djangos: frozenset[Key]
    objects: tuple[tuple[str, Key], ...]
    unclear: tuple[str, ...]


def foresee(
    migrations: Sequence[LoadedMigration],
    connection: BaseDatabaseWrapper,
    dumped: Iterable[str] = (),
) -> Foreseen:
    """``dumped`` are the statements of a dump that stands in for the first of them."""
    own = [each for each in migrations if each.migration.database == connection.alias]
    rows = _rows(connection)
    with database_of(connection).read_only(), others_unchanged(connection):
        return _Foresight(connection, rows).look(own, dumped)


def _rows(connection: BaseDatabaseWrapper) -> Sequence[HistoryRow]:
    """None of a history that cannot be read: nothing is excused by it."""
    try:
        return History(connection).rows()
    except HistoryError:
        return ()


class _Foresight:
    def __init__(self, connection: BaseDatabaseWrapper, rows: Iterable[HistoryRow]) -> None:
        self.connection = connection
        self.dialect = dialect_of(connection)
        self.made = Made(self.dialect)
        self.unclear: list[str] = []
        self.rows = {row.name: row for row in rows}
        self.on_the_way: frozenset[Key] = frozenset()
        """What is there behind the last migration that is on record: what comes may rename or drop it."""

    def look(self, migrations: Sequence[LoadedMigration], dumped: Iterable[str]) -> Foreseen:
        first, rest = dependencies.split(migrations)
        self._follow_kit(first)
        before = frozenset(self.made.tables)
        self._follow_django()
        djangos = frozenset(self.made.tables - before)
        self._follow_kit(rest, kept=djangos)
        self.made.follow(dumped)
        histories = get_settings().history_table, MigrationRecorder.Migration._meta.db_table
        tables = self.made.tables | self.on_the_way | {(None, name) for name in histories}
        own = database_of(self.connection).own_schema()

        def key(found: Key) -> Key:
            return (None if found[0] == own else found[0]), found[1]

        objects = tuple((keyword, key(each)) for keyword, each in self.made.objects)
        return Foreseen(frozenset(map(key, tables)), djangos, objects, tuple(self.unclear))

    def _follow_django(self) -> None:
        executor = MigrationExecutor(self.connection)
        leaves = executor.loader.graph.leaf_nodes()
        state = ProjectState(real_apps=executor.loader.unmigrated_apps)
        for migration, _ in executor.migration_plan(leaves, clean_start=True):
            editor = self.connection.schema_editor(collect_sql=True)
            editor.deferred_sql = []
            before = state.clone()
            try:
                with self._spared():
                    state = migration.apply(state, editor, collect_sql=True)
            except Exception:
                state = migration.mutate_state(before)
                self.unclear.append(str(migration))
            self.made.follow([*editor.collected_sql, *map(str, editor.deferred_sql)])
            if (migration.app_label, migration.name) in executor.loader.applied_migrations:
                self.on_the_way = frozenset(self.made.tables)

    def _follow_kit(
        self, migrations: Sequence[LoadedMigration], kept: frozenset[Key] = frozenset()
    ) -> None:
        """Tables that are kept are Django's, and taken to be as they will be."""
        collected: list[str] = []
        catalog = Catalog(self.connection, is_empty=True, kept=kept)
        with open_schema(self.connection, collected, catalog=catalog) as schema:
            for loaded in migrations:
                collected.clear()
                before = frozenset(self.made.tables)
                if not self._runs_through(loaded, schema):
                    self._take_at_its_word(loaded)
                with suppress(KitError):
                    schema.refuse_loose_ends()
                self.made.follow(collected)
                if row := self.rows.get(loaded.name):
                    half = before if row.is_failed else frozenset()
                    self.on_the_way = half | self.made.tables

    def _runs_through(self, loaded: LoadedMigration, schema: Schema) -> bool:
        try:
            with self._spared():
                if loaded.migration.should_run(self.connection):
                    loaded.up(schema)
                    schema.refuse_loose_ends()
        except (Exception, SystemExit):
            return False
        return True

    def _take_at_its_word(self, loaded: LoadedMigration) -> None:
        """Of one that cannot be pretended: what it says without a database."""
        try:
            rehearsed = rehearse(loaded.up, self.connection)
        except Exception:
            self.unclear.append(loaded.name)
            return
        for operation in rehearsed.operations:
            self._take(operation)
        if not rehearsed.is_whole:
            self.unclear.append(loaded.name)

    def _take(self, operation: Operation) -> None:
        match operation:
            case CreateTable(name):
                self.made.tables.add(self._key(name))
            case RenameTable(name, new_name):
                self.made.rename(self._key(name), self._key(new_name))
            case DropTable(name):
                self.made.drop(self._key(name))
            case CreateObject(made):
                self.made.objects[operation.kind.keyword, self._key(made.name)] = None
            case RunSQL(sql):
                with suppress(OperationError):
                    self.made.follow(statements_of(sql, self.dialect))

    def _key(self, name: str) -> Key:
        return table_key(name) if self.dialect.has_schemas else (None, name)

    @contextmanager
    def _spared(self) -> Iterator[None]:
        """An error within breaks no transaction that is around."""
        if not self.connection.in_atomic_block:
            yield
            return
        with transaction.atomic(using=self.connection.alias):
            yield
