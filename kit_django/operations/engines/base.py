"""What every database does alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kit_django.exceptions import NotSupported, OperationError
from kit_django.operations.changes.base import Change, Needs
from kit_django.operations.definitions.kinds import Params
from kit_django.operations.lookups import refuse_rows_in_the_way
from kit_django.operations.lookups.names import refuse_taken_names
from kit_django.operations.progress import Progress
from kit_django.schema import clauses, facts, statements
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects import dialect_of
from kit_django.schema.sql.scripts import statements_of
from kit_django.schema.tables.difference import Difference, Part, difference, own_names
from kit_django.schema.tables.following import exchanged, following_names
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
        self.progress = Progress()

    @property
    def pretends(self) -> bool:
        """Whether SQL is collected in place of being run."""
        return bool(self.editor.collect_sql)

    def execute(self, sql: str) -> None:
        """Run one statement that has its values written into it."""
        self.editor.execute(sql, params=None)

    def changed(self, before: facts.Table | None, after: facts.Table | None) -> None:
        """Take note that a table was made, changed or dropped."""
        if not self.pretends:
            self.catalog.changed(before, after)
            return
        if before is not None:
            self.catalog.remove(before.key)
        if after is not None:
            self.catalog.imagine(after)

    def others_changed(self, tables: Iterable[facts.Table]) -> None:
        """Take note of what, most likely, became of tables by a change of another."""
        for table in tables:
            if self.pretends:
                self.catalog.imagine(table)
            else:
                self.catalog.forget(table.key)

    # Tables

    def create_table(self, table: facts.Table, needs: Sequence[Needs] = ()) -> None:
        for statement in statements.table_statements(self.dialect, table):
            self.execute(statement)
            self.progress.step()
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
            self.others_changed([without_constraints(other, keys)])

    def drop_foreign_keys(self, table: facts.Table, keys: Sequence[facts.ForeignKey]) -> None:
        for key in keys:
            self.drop(table, key)

    def rename_table(self, before: facts.Table, after: facts.Table) -> None:
        others = self._referring(before)
        self._rename_table(before, after)
        self.changed(before, after)
        self.others_changed(repointed(other, before.key, after.name) for other in others)
        self._follow_name(after, before.name)

    def _follow_name(self, table: facts.Table, old_name: str) -> None:
        """Rename what is called after the table's old name."""
        for old, new in following_names(table, old_name, self.dialect.renames):
            self.rename_part(table, old, new)
            table = exchanged(table, old, new)
            self.others_changed([table])

    def followed(self, table: facts.Table, old_name: str) -> list[facts.Table]:
        """What that makes of the table, step by step."""
        states = []
        for old, new in following_names(table, old_name, self.dialect.renames):
            table = exchanged(table, old, new)
            states.append(table)
        return states

    def _referring(self, table: facts.Table) -> list[facts.Table]:
        """The other tables that point to it."""
        references = self.catalog.referencing(table.key)
        return [other for other, _ in references if other.key != table.key]

    def _rename_table(self, before: facts.Table, after: facts.Table) -> None:
        names = {"old_table": self.table_name(before), "new_table": self.table_name(after)}
        self.execute(self.editor.sql_rename_table % names)

    def refuse_used_view(self, view: facts.Table) -> None:
        """Raises OperationError where something reads a view that is to go; the database may, too."""

    def refuse_used_sequence(self, name: str) -> None:
        """Raises OperationError where a default takes from it; the database may, too."""

    def alter_table(self, before: facts.Table, changes: Sequence[Change]) -> None:
        steps = self.steps(before, changes)
        refuse_taken_names(self, before, [step.after for step, _ in steps])
        refuse_rows_in_the_way(self, before, steps)
        for step, needs in steps:
            self.make(step, needs)
            self.changed(step.before, step.after)
            self.progress.step()

    def steps(
        self, before: facts.Table, changes: Sequence[Change]
    ) -> list[tuple[Difference, Needs]]:
        """What each change makes of the table. Raises OperationError, before any is made."""
        steps = []
        for change in changes:
            step = self.step(change, before)
            self.refuse(step, change.needs)
            steps.append((step, change.needs))
            before = step.after
        return steps

    def step(self, change: Change, before: facts.Table) -> Difference:
        """What the change makes of the table. Raises OperationError where it cannot be made."""
        using, names = change.needs.using, change.carry(own_names(before))
        after = change.after(before, self.catalog)
        return difference(before, after, names, self.dialect, anew=using[:1] if using else ())

    def refuse(self, step: Difference, needs: Needs) -> None:
        """Raises OperationError for a change that this database cannot make."""
        if needs.concurrently:
            self._require_concurrency()
        if needs.using is not None:
            self._require("USING for a change of type (using=)", is_there=self.has_using)
        for column in step.new_columns:
            self._refuse_null_for_old_rows(step.before, column)

    def make(self, step: Difference, needs: Needs) -> None:
        """Make one change where the database has ALTER TABLE for it."""
        if step.before.comment != step.after.comment:
            self.execute(statements.table_comment(self.dialect, step.after))
        if step.before.options != step.after.options:
            said = tuple(pair for pair in step.after.options if pair not in step.before.options)
            self.alter(step.after, self.dialect.table_tail(said))
        for old, new in step.renamed_columns:
            self.rename_column(step, old, new)
        for part, renamed in step.renamed_parts:
            self.rename_part(step.before, part, renamed)
        if step.gone_columns:
            self.drop_columns(step)
        for part in () if step.gone_columns else step.gone:
            self.drop(step.before, part, concurrently=needs.concurrently)
        for column, changed in step.changed_columns:
            self.change_column(step, column, changed, needs.using[1] if needs.using else None)
        for column in step.new_columns:
            self.add_column(step.after, column)
        for part in step.added:
            self.add(step.after, part, concurrently=needs.concurrently)

    has_using = False

    def _require_concurrency(self) -> None:
        self._require("concurrent indexes (concurrently=)", is_there=False)

    def _require(self, what: str, *, is_there: bool) -> None:
        if not is_there:
            raise NotSupported(
                f"{self.connection.display_name} has no {what}. Leave it out for this database."
            )

    def _refuse_null_for_old_rows(self, table: facts.Table, column: facts.Column) -> None:
        """MariaDB would make up a value for the rows that are there; all others would raise."""
        has_value = column.null or column.default is not None or column.generated or column.identity
        if not has_value and self.has_rows(table):
            raise OperationError(
                f"Table {table.display_name!r} has rows, and {column.name!r} can neither be "
                "null nor has a default for them. Say null=True or default=..."
            )

    def has_rows(self, table: facts.Table) -> bool:
        """Whether the table has any row."""
        if self.pretends:
            return False
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {self.table_name(table)} LIMIT 1", None)
            return cursor.fetchone() is not None

    advice_on_loss = "Change those first."

    def loss(self, column: str, old: facts.Column, new: facts.Column) -> str | None:
        """The condition that a value fulfils which the new type would change without a word, or
        refuse; None where that cannot be said. ``column`` is how the query names it."""
        return None

    # Columns

    def add_column(self, table: facts.Table, column: facts.Column) -> None:
        self.alter(table, f"ADD COLUMN {clauses.column_definition(self.dialect, column)}")
        if column.comment and not self.dialect.inline_comments:
            self.execute(statements.column_comment(self.dialect, table, column))

    def change_column(
        self, step: Difference, old: facts.Column, new: facts.Column, using: str | None
    ) -> None:
        raise NotImplementedError

    def rename_column(self, step: Difference, old: str, new: str) -> None:
        before = step.before
        others = self._referring(before)
        self._rename_column(step, old, new)
        self.others_changed(retargeted(other, before.key, old, new) for other in others)

    def _rename_column(self, step: Difference, old: str, new: str) -> None:
        quoted, new_quoted = (self.dialect.quote_name(each) for each in (old, new))
        self.alter(step.before, f"RENAME COLUMN {quoted} TO {new_quoted}")

    def drop_columns(self, step: Difference) -> None:
        """What stood on them goes with them."""
        for column in step.gone_columns:
            self.alter(step.before, f"DROP COLUMN {self.dialect.quote_name(column.name)}")

    # Indexes and constraints

    def add(self, table: facts.Table, part: Part, *, concurrently: bool = False) -> None:
        if isinstance(part, facts.Index):
            self.execute(
                statements.index_statement(self.dialect, table, part, concurrently=concurrently)
            )
        else:
            self.execute(statements.add_constraint(self.dialect, table, part))

    def drop(self, table: facts.Table, part: Part, *, concurrently: bool = False) -> None:
        if isinstance(part, facts.Index):
            word = "CONCURRENTLY " if concurrently else ""
            name = self.dialect.quote_qualified(part.name, table.schema)
            self.execute(f"DROP INDEX {word}{name}")
        else:
            self.alter(table, f"DROP CONSTRAINT {self.name_of(part)}")

    def rename_part(self, table: facts.Table, old: Part, new: Part) -> None:
        name = self.dialect.quote_qualified(old.name or "", table.schema)
        self.execute(f"ALTER INDEX {name} RENAME TO {self.name_of(new)}")

    # SQL of the writer's own

    def run_sql(self, sql: str, params: Params | None) -> None:
        """Run the writer's own SQL, after which nothing is known of any table."""
        if params is not None:
            self.editor.execute(sql, params)  # type: ignore[arg-type]
        else:
            script = statements_of(sql, self.dialect)
            run = self.execute_all if self.pretends else self.run_script
            run(script)
        self.catalog.forget_all()

    def execute_all(self, script: Iterable[str]) -> None:
        for statement in script:
            self.execute(statement)

    def run_script(self, script: Iterable[str]) -> None:
        """All by one cursor: to open one for each takes as long as the statement."""
        with self.connection.cursor() as cursor:
            for statement in script:
                cursor.execute(statement, None)

    # Words

    def alter(self, table: facts.Table, *actions: str) -> None:
        self.execute(f"ALTER TABLE {self.table_name(table)} {', '.join(actions)}")

    def table_name(self, table: facts.Table) -> str:
        return clauses.table_name(self.dialect, table)

    def name_of(self, part: Part) -> str:
        return self.dialect.quote_name(part.name or "")
