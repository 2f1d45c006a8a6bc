"""What every database does alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kit_django.exceptions import NotSupported, OperationError
from kit_django.operations.base import Change
from kit_django.operations.changes.columns import AddColumn, ChangeColumn
from kit_django.operations.changes.indexes import AddIndex, DropIndex
from kit_django.operations.definitions.constraint import Constraint
from kit_django.schema import clauses, facts, statements
from kit_django.schema.catalog import Catalog, display_name
from kit_django.schema.dialects import dialect_of
from kit_django.schema.tables.parts import without_constraints
from kit_django.schema.tables.renaming import repointed, retargeted


class Engine:
    """Makes changes through a schema editor and keeps the catalog true.

    Operations have checked all that facts can tell before they call one of these methods.
    """

    def __init__(self, editor: BaseDatabaseSchemaEditor, catalog: Catalog) -> None:
        self.editor = editor
        self.connection = editor.connection
        self.dialect = dialect_of(editor.connection)
        self.catalog = catalog

    @property
    def pretends(self) -> bool:
        """Whether SQL is collected in place of being run."""
        return bool(self.editor.collect_sql)

    def execute(self, sql: str) -> None:
        """Run one statement that has its values written into it."""
        self.editor.execute(sql, params=None)

    def changed(self, before: facts.Table | None, after: facts.Table | None) -> None:
        """Take note that a table was made, changed or dropped."""
        for table in (before, after):
            if table is not None and not self.pretends:
                self.catalog.forget(table.key)
        if self.pretends and before is not None:
            self.catalog.remove(before.key)
        if self.pretends and after is not None:
            self.catalog.put(after)

    def others_changed(self, tables: Iterable[facts.Table]) -> None:
        """Take note of what became of tables that stand in relation to the one that changed."""
        for table in tables:
            self.changed(table, table)

    # Tables

    def create_table(self, table: facts.Table) -> None:
        for statement in statements.table_statements(self.dialect, table):
            self.execute(statement)
        self.changed(None, table)

    def comment_table(self, table: facts.Table) -> None:
        self.execute(statements.table_comment(self.dialect, table))
        self.changed(table, table)

    def drop_table(self, table: facts.Table, *, cascade: bool) -> None:
        """Drop it; ``cascade`` takes along the foreign keys that lead to it."""
        if cascade:
            self._drop_foreign_keys_to(table)
        self._drop_table(table, cascade=cascade)
        self.changed(table, None)

    def _drop_table(self, table: facts.Table, *, cascade: bool) -> None:
        self.execute(f"DROP TABLE {self.table_name(table)}")

    def _drop_foreign_keys_to(self, table: facts.Table) -> None:
        references = self.catalog.referencing(table.key)
        others = {other.key: other for other, _ in references if other.key != table.key}
        for other in others.values():
            keys = [key for each, key in references if each.key == other.key]
            self.drop_foreign_keys(other, keys)
            self.changed(other, without_constraints(other, keys))

    def drop_foreign_keys(self, table: facts.Table, keys: Sequence[facts.ForeignKey]) -> None:
        for key in keys:
            self.drop_constraint(table, key)

    def rename_table(self, before: facts.Table, after: facts.Table) -> None:
        others = [other for other, _ in self.catalog.referencing(before.key)]
        self._rename_table(before, after)
        self.changed(before, after)
        self.others_changed(
            repointed(other, before.key, after.name) for other in others if other.key != before.key
        )

    def _rename_table(self, before: facts.Table, after: facts.Table) -> None:
        names = {"old_table": self.table_name(before), "new_table": self.table_name(after)}
        self.execute(self.editor.sql_rename_table % names)

    def alter_table(self, before: facts.Table, changes: Sequence[Change]) -> None:
        for change, step_before, after in self.steps(before, changes):
            change.apply(self, step_before, after)
            self.changed(step_before, after)

    def steps(
        self, before: facts.Table, changes: Sequence[Change]
    ) -> list[tuple[Change, facts.Table, facts.Table]]:
        """Each change with the facts before and after it. Raises OperationError, all of it."""
        steps = []
        for change in changes:
            after = change.after(before, self.catalog)
            self.refuse(change, before, after)
            steps.append((change, before, after))
            before = after
        return steps

    def refuse(self, change: Change, before: facts.Table, after: facts.Table) -> None:
        """Raises OperationError for a change that this database cannot make."""
        if isinstance(change, AddIndex | DropIndex) and change.concurrently:
            self._require_concurrency()
        if isinstance(change, ChangeColumn) and "using" in change.spec.modifiers:
            self._require("USING for a change of type (using=)", is_there=self.has_using)
        if isinstance(change, AddColumn):
            self._refuse_null_for_old_rows(change, before, after)

    has_using = False

    def _require_concurrency(self) -> None:
        self._require("concurrent indexes (concurrently=)", is_there=False)

    def _require(self, what: str, *, is_there: bool) -> None:
        if not is_there:
            raise NotSupported(
                f"{self.connection.display_name} has no {what}. Leave it out for this database."
            )

    def _refuse_null_for_old_rows(
        self, change: AddColumn, before: facts.Table, after: facts.Table
    ) -> None:
        """MariaDB would make up a value for the rows that are there; all others would raise."""
        column = after.column(change.name)
        has_value = column.null or column.default is not None or column.generated or column.identity
        if not has_value and self.has_rows(before):
            raise OperationError(
                f"Table {display_name(after.key)!r} has rows, and {column.name!r} can neither be "
                "null nor has a default for them. Say null=True or default=..."
            )

    def has_rows(self, table: facts.Table, condition: str = "") -> bool:
        """Whether the table has any row, or one that fulfils the condition."""
        if self.pretends:
            return False
        where = f" WHERE {condition}" if condition else ""
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {self.table_name(table)}{where} LIMIT 1", None)
            return cursor.fetchone() is not None

    # Columns

    def add_column(self, table: facts.Table, column: facts.Column) -> None:
        self.execute(
            f"ALTER TABLE {self.table_name(table)} ADD COLUMN {self.column_definition(column)}"
        )
        if column.comment and not self.dialect.inline_comments:
            self.execute(statements.column_comment(self.dialect, table, column))

    def column_definition(self, column: facts.Column) -> str:
        return clauses.column_definition(self.dialect, column)

    def change_column(
        self, before: facts.Table, after: facts.Table, name: str, using: str | None
    ) -> None:
        raise NotSupported(f"{self.connection.display_name} cannot change a column here.")

    def rename_column(
        self, before: facts.Table, after: facts.Table, name: str, new_name: str
    ) -> None:
        others = [other for other, _ in self.catalog.referencing(before.key)]
        self._rename_column(before, after, name, new_name)
        self.others_changed(
            retargeted(other, before.key, name, new_name)
            for other in others
            if other.key != before.key
        )

    def _rename_column(
        self, before: facts.Table, after: facts.Table, name: str, new_name: str
    ) -> None:
        quoted, new = (self.dialect.quote_name(each) for each in (name, new_name))
        self.execute(f"ALTER TABLE {self.table_name(before)} RENAME COLUMN {quoted} TO {new}")

    def drop_column(self, before: facts.Table, after: facts.Table, name: str) -> None:
        column = self.dialect.quote_name(name)
        self.execute(f"ALTER TABLE {self.table_name(before)} DROP COLUMN {column}")

    # Indexes and constraints

    def add_index(self, table: facts.Table, index: facts.Index, *, concurrently: bool) -> None:
        statement = statements.index_statement(
            self.dialect, table, index, concurrently=concurrently
        )
        self.execute(statement)

    def drop_index(self, table: facts.Table, index: facts.Index, *, concurrently: bool) -> None:
        word = "CONCURRENTLY " if concurrently else ""
        name = self.dialect.quote_qualified(index.name, table.schema)
        self.execute(f"DROP INDEX {word}{name}")

    def rename_index(self, table: facts.Table, old: facts.Index, new: facts.Index) -> None:
        name = self.dialect.quote_qualified(old.name, table.schema)
        new_name = self.dialect.quote_name(new.name)
        self.execute(f"ALTER INDEX {name} RENAME TO {new_name}")

    def add_constraint(self, table: facts.Table, constraint: Constraint) -> None:
        self.execute(statements.add_constraint(self.dialect, table, constraint))

    def constraint_clause(self, constraint: Constraint) -> str:
        return clauses.constraint_clause(self.dialect, constraint)

    def drop_constraint(self, table: facts.Table, constraint: Constraint) -> None:
        assert constraint.name is not None
        name = self.dialect.quote_name(constraint.name)
        self.execute(f"ALTER TABLE {self.table_name(table)} DROP CONSTRAINT {name}")

    # SQL of the writer's own

    def run_sql(self, sql: str, params: Sequence[Any] | None) -> None:
        """Run the writer's own SQL, after which nothing is known of any table."""
        if params is not None:
            self.editor.execute(sql, params)
        else:
            for statement in self.connection.ops.prepare_sql_script(sql):
                self.execute(statement)
        self.catalog.forget_all()

    def table_name(self, table: facts.Table) -> str:
        return clauses.table_name(self.dialect, table)
