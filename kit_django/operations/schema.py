"""Schema: what ``up()`` and ``down()`` are handed.

Operations take effect as they are called. A recording schema takes them down and touches nothing,
which is how ``down()`` is derived from ``up()``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from kit_django.exceptions import Irreversible, OperationError
from kit_django.operations.base import Operation
from kit_django.operations.builders.block import Block, Blocks, Said
from kit_django.operations.builders.table import AlterTableBuilder, TableBuilder
from kit_django.operations.builders.was import ConstraintWas, Previous, PreviousConstraint
from kit_django.operations.changes.base import Change
from kit_django.operations.changes.indexes import AddIndex, DropIndex, RenameIndex
from kit_django.operations.definitions.index import IndexOptions
from kit_django.operations.definitions.kinds import Columns, Params, Parts
from kit_django.operations.editing import open_editor
from kit_django.operations.engines import engine_for
from kit_django.operations.foreign_keys import WithoutForeignKeys
from kit_django.operations.object_methods import ObjectMethods
from kit_django.operations.run_sql import RunSQL
from kit_django.operations.tables import (
    AlterTable,
    CommentTable,
    CreateTable,
    DropTable,
    RenameTable,
)
from kit_django.operations.untouched import untouched
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.scripts import SUFFIX, Scripts

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine
    from kit_django.operations.models import ModelMaker


class Schema(ObjectMethods):
    """The database's schema, to be changed.

    ``operations`` holds what was done so far, in order; ``touched`` the names of the tables that
    were made, changed or dropped.
    """

    called = "schema"
    reads_data = False
    gave_connection = False
    _performed: Operation | None = None

    def __init__(
        self, connection: BaseDatabaseWrapper, engine: Engine | None = None, kept: str = ""
    ) -> None:
        self._connection = connection
        self._engine = engine
        self._kept = kept
        self._operations: list[Operation] = []
        self._models: ModelMaker | None = None
        self._blocks = Blocks()
        self._rows_may_have_changed = False
        self._scripts = Scripts()

    @property
    def operations(self) -> tuple[Operation, ...]:
        return tuple(self._operations)

    @property
    def begun(self) -> tuple[Operation, ...]:
        """Those, and the one that is under way."""
        under_way = () if self._performed is None else (self._performed,)
        return (*self._operations, *under_way)

    @property
    def touched(self) -> set[str]:
        return {name for operation in self._operations for name in operation.touches}

    def perform(self, operation: Operation) -> None:
        """Do one operation now, or only take it down where the schema records."""
        self._blocks.refuse_within(operation.describe())
        self._models = None
        if self._kept and self._kept in operation.touches:
            raise OperationError(
                f"{operation.describe()}: kit keeps its history in that table, and no migration changes it. "
                f"Nothing of this was done."
            )
        if self._engine is not None:
            self._bring_checks_forward(operation)
            self._do(operation, self._engine)
        self._operations.append(operation)

    def _do(self, operation: Operation, engine: Engine) -> None:
        self._performed = operation
        engine.progress.begin()
        try:
            operation.perform(engine)
        except BaseException:
            self._operations.extend(operation.begun(engine.progress.steps))
            engine.catalog.forget_all()
            raise
        finally:
            self._performed = None
        engine.progress.end()

    @property
    def is_performing(self) -> bool:
        """Whether an operation is under way."""
        return self._performed is not None

    @property
    def is_writers_own(self) -> bool:
        """Whether what runs now is SQL of the writer's own."""
        if self._engine is not None and self._engine.catalog.is_reading:
            return False
        return self._performed is None or isinstance(self._performed, RunSQL)

    @property
    def moment(self) -> int:
        """Grows whenever the database is just as ``operations`` say."""
        return 0 if self._engine is None else self._engine.progress.moment

    def _bring_checks_forward(self, operation: Operation) -> None:
        """PostgreSQL alters no table that has checks of rows pending (its error 55006)."""
        engine = self._engine
        if (
            engine is not None
            and self._rows_may_have_changed
            and not engine.catalog.dialect.alters_past_pending_checks
            and self._connection.in_atomic_block
            and not isinstance(operation, RunSQL)
        ):
            engine.execute("SET CONSTRAINTS ALL IMMEDIATE")
            engine.execute("SET CONSTRAINTS ALL DEFERRED")

    # Tables

    def create_table(
        self, name: str, *, if_not_exists: bool = False, comment: str = ""
    ) -> Block[TableBuilder]:
        """Create a table of what is said of it within the ``with`` block."""

        def create(said: Said) -> None:
            self.perform(CreateTable(name, tuple(said.changes), if_not_exists, comment))

        said = self._begin(f'schema.create_table("{name}")', name)
        return Block(said, TableBuilder(said), create, self._blocks)

    def alter_table(self, name: str) -> Block[AlterTableBuilder]:
        """Make all changes that are said within the ``with`` block, in their order."""

        def alter(said: Said) -> None:
            self.perform(AlterTable(name, tuple(said.changes)))

        said = self._begin(f'schema.alter_table("{name}")', name)
        return Block(said, AlterTableBuilder(said), alter, self._blocks)

    def _begin(self, call: str, table: str) -> Said:
        said = Said(table, call)
        self._blocks.begin(said)
        return said

    def drop_table(
        self, name: str, *, if_exists: bool = False, cascade: bool = False
    ) -> Block[TableBuilder]:
        """Drop a table. ``with schema.drop_table(...) as table:`` says what it was.

        ``cascade`` takes the foreign keys of other tables along, and what else depends on it.
        """
        self.perform(DropTable(name, if_exists, cascade))
        place = len(self._operations) - 1

        def remember(said: Said) -> None:
            was = CreateTable(name, tuple(said.changes))
            self._operations[place] = DropTable(name, if_exists, cascade, was)

        said = Said(name, f'schema.drop_table("{name}")')
        return Block(said, TableBuilder(said), remember, self._blocks)

    def rename_table(self, name: str, new_name: str) -> None:
        self.perform(RenameTable(name, new_name))

    def comment_table(self, name: str, comment: str, *, was: str | None = None) -> None:
        """Set a table's comment; ``was`` makes it reversible."""
        self.perform(CommentTable(name, comment, was))

    # Indexes

    def create_index(self, table: str, columns: Parts, **options: Unpack[IndexOptions]) -> None:
        """An index on columns (``"-name"`` descends) or Django expressions."""
        self.perform(AlterTable(table, (AddIndex.on(columns, options),)))

    def drop_index(
        self, table: str, index: Columns, *, concurrently: bool = False
    ) -> PreviousConstraint:
        """Drop an index, by its name (a string) or by its columns (a list).

        ``.was.index(...)`` says what it was, and makes it reversible.
        """
        dropped = DropIndex.of(index, concurrently=concurrently)
        place = len(self._operations)
        self.perform(AlterTable(table, (dropped,)))

        def say(was: Change) -> None:
            self._operations[place] = AlterTable(table, (dropped.with_was(was),))

        was = partial(ConstraintWas, loose=self._blocks.loose, say=say)
        return Previous(f'schema.drop_index("{table}", ...)', was)

    def rename_index(self, table: str, name: str, new_name: str) -> None:
        self.perform(AlterTable(table, (RenameIndex(name, new_name),)))

    def when_has_column(
        self, table: str, name: str, change: Callable[[AlterTableBuilder], object]
    ) -> None:
        """Alter the table by ``change`` where it has the column, as Laravel's whenTableHasColumn."""
        if self.has_column(table, name):
            with self.alter_table(table) as altered:
                change(altered)

    def when_lacks_column(
        self, table: str, name: str, change: Callable[[AlterTableBuilder], object]
    ) -> None:
        """The same where it has none, as Laravel's whenTableDoesntHaveColumn."""
        if not self.has_column(table, name):
            with self.alter_table(table) as altered:
                change(altered)

    # SQL and rows

    def disable_foreign_keys(self) -> WithoutForeignKeys:
        """Within the ``with`` block, rows may point to what is not there yet.

        PostgreSQL looks at its end, SQLite at the end of the migration, MariaDB not at all.
        """
        return WithoutForeignKeys(self.perform, self._blocks.loose)

    def run_sql(
        self,
        sql: str,
        params: Params | None = None,
        *,
        reverse: str | None = None,
    ) -> None:
        """Run SQL of your own; ``reverse`` is the SQL that undoes it.

        With ``params`` it is one statement with ``%s`` for each of them.
        """
        self._rows_may_have_changed = True
        self.perform(RunSQL(sql, params, reverse))

    def run_file(self, name: str, *, reverse: str | None = None) -> None:
        """Run the script of that name, which stands beside the migration, as ``run_sql`` runs SQL.

        ``reverse`` is the SQL that undoes it, or the name of such a script: what ends in ``.sql``.
        Both count for the migration's checksum. Raises OperationError for a script that cannot be read.
        """
        reverse_file = reverse if reverse is not None and reverse.endswith(SUFFIX) else ""
        back = self._scripts.text(reverse_file) if reverse_file else reverse
        sql = self._scripts.text(name)
        self._rows_may_have_changed = True
        self.perform(RunSQL(sql, None, back, file=name, reverse_file=reverse_file))

    def take_scripts(self, scripts: Scripts) -> None:
        """Those of the migration that is to come."""
        self._scripts = scripts

    def execute(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        with self.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall()) if cursor.description else []

    def cursor(self) -> CursorWrapper:
        """A cursor of the migration's own connection."""
        return self.connection.cursor()

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """The connection that does the work, in its transaction."""
        engine = self._live("the connection")
        self._rows_may_have_changed = self.reads_data = self.gave_connection = True
        engine.catalog.forget_all()
        return self._connection

    def model(self, table: str) -> type[models.Model]:
        """An ORM model of the table as it is now. Raises UnknownTable.

        Fields have the names of their columns; a foreign key is there under the column's name
        without ``_id`` too.
        """
        from kit_django.operations.models import ModelMaker

        engine = self._live(f"a model of {table!r}")
        self._rows_may_have_changed = self.reads_data = True
        if self._models is None:
            self._models = ModelMaker(engine.catalog, relations=True)
        return self._models.model(engine.catalog.table(table))

    def has_table(self, name: str) -> bool:
        return self._find(name, f"whether there is a table {name!r}") is not None

    def has_column(self, table: str, name: str) -> bool:
        found = self._find(table, f"whether {table!r} has a column {name!r}")
        return found is not None and found.has_column(name)

    def has_index(self, table: str, name: str) -> bool:
        found = self._find(table, f"whether {table!r} has an index {name!r}")
        return found is not None and any(index.name == name for index in found.indexes)

    def _find(self, table: str, what: str) -> facts.Table | None:
        return self._live(what).catalog.find(table)

    @property
    def has_failed_in_block(self) -> bool:
        return self._blocks.has_failed

    def refuse_loose_ends(self) -> None:
        """Raises OperationError where a block was never entered, or something not said to its end."""
        self._blocks.loose.refuse()

    @property
    def vendor(self) -> str:
        """``"postgresql"``, ``"mysql"`` (MariaDB too) or ``"sqlite"``, for what only one can."""
        return self._connection.vendor

    def _live(self, what: str) -> Engine:
        if self._engine is None:
            raise Irreversible(f"up() asks the database for {what}. Write down().")
        return self._engine


@contextmanager
def open_schema(
    connection: BaseDatabaseWrapper,
    collect: list[str] | None = None,
    *,
    catalog: Catalog | None = None,
    kept: str = "",
) -> Iterator[Schema]:
    """A schema that changes the database, in the transaction that the caller has opened.

    With ``collect`` nothing is changed, and the SQL is appended to that list. ``catalog`` holds what is
    known of the database so far, ``kept`` is the table that no operation may touch. On SQLite foreign
    keys have to be off, as a table that others point to cannot be rebuilt otherwise.
    """
    with open_editor(connection, collect) as editor:
        catalog = Catalog(connection) if catalog is None else catalog
        catalog.begin()
        schema = Schema(connection, engine_for(editor, catalog), kept)
        yield schema
        schema.refuse_loose_ends()


def record(up: Callable[[Schema], None], connection: BaseDatabaseWrapper) -> tuple[Operation, ...]:
    """The operations of an ``up()``, without doing any. Raises Irreversible if it asks a database."""
    schema = Schema(connection)
    with untouched() as guard:
        up(schema)
    guard.refuse_use()
    schema.refuse_loose_ends()
    return schema.operations


def inverses(operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """What undoes the operations, in the order in which it has to run. Raises Irreversible."""
    return tuple(undo for operation in reversed(operations) for undo in operation.inverse())
