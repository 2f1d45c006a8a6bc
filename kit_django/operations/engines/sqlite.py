"""SQLite: a few changes by ALTER TABLE, all others by one rebuild of the table."""

from __future__ import annotations

from collections.abc import Sequence

from kit_django.exceptions import OperationError
from kit_django.operations import dependents
from kit_django.operations.base import Change
from kit_django.operations.columns import AddColumn, DropColumn, RenameColumn
from kit_django.operations.engines.base import Engine
from kit_django.operations.engines.rebuild import Rebuild
from kit_django.operations.indexes import AddIndex, DropIndex, RenameIndex
from kit_django.schema import clauses, facts
from kit_django.schema.catalog import Catalog


class SQLiteEngine(Engine):
    def alter_table(self, before: facts.Table, changes: Sequence[Change]) -> None:
        self.steps(before, changes)  # Refuses what cannot be done before anything is.
        gathered: list[Change] = []
        for change in changes:
            table = self.catalog.table(before.key)
            if isinstance(change, RenameColumn) and gathered:
                self._rebuild(table, gathered)
                gathered = []
                table = self.catalog.table(before.key)
            if gathered or not is_native(change, table, self.catalog):
                gathered.append(change)
            else:
                after = change.after(table, self.catalog)
                change.apply(self, table, after)
                self._changed_natively(change, table, after)
        if gathered:
            self._rebuild(self.catalog.table(before.key), gathered)

    def _changed_natively(self, change: Change, before: facts.Table, after: facts.Table) -> None:
        self.changed(before, after)
        if isinstance(change, RenameColumn) and not self.pretends:
            # Foreign keys of other tables point to the new name now.
            self.catalog.forget_all()

    def _rebuild(self, before: facts.Table, changes: Sequence[Change]) -> None:
        after = before
        for change in changes:
            after = change.after(after, self.catalog)
        Rebuild(self, before, after).run()
        self.changed(before, after)

    def drop_column(self, before: facts.Table, after: facts.Table, name: str) -> None:
        for index in before.indexes:
            if index not in after.indexes:
                self.drop_index(before, index, concurrently=False)
        super().drop_column(before, after, name)

    def drop_table(self, table: facts.Table, *, cascade: bool) -> None:
        self.execute(f"DROP TABLE {self.table_name(table)}")
        self.changed(table, None)

    def rename_index(self, table: facts.Table, old: facts.Index, new: facts.Index) -> None:
        self.drop_index(table, old, concurrently=False)
        self.add_index(table, new, concurrently=False)

    def run_sql(self, sql: str, params: Sequence[object] | None) -> None:
        # One statement goes as it is: sqlparse, which splits scripts, breaks up triggers.
        if params is None and is_one_statement(sql):
            self.execute(sql)
            self.catalog.forget_all()
        else:
            super().run_sql(sql, params)


def is_one_statement(sql: str) -> bool:
    """Whether SQLite itself sees the end of the first statement only at the end of the text."""
    import sqlite3

    text = sql.strip().rstrip(";")
    heads = (text[: position + 1] for position, char in enumerate(text) if char == ";")
    return not any(sqlite3.complete_statement(head) for head in heads)


def is_native(change: Change, table: facts.Table, catalog: Catalog) -> bool:
    """Whether SQLite's ALTER TABLE can make the change by itself."""
    match change:
        case RenameColumn() | AddIndex() | DropIndex() | RenameIndex():
            return True
        case AddColumn():
            return _adds_natively(change, table, catalog)
        case DropColumn():
            return _drops_natively(change, table)
        case _:
            return False


def _adds_natively(change: AddColumn, table: facts.Table, catalog: Catalog) -> bool:
    after = change.after(table, catalog)
    column = after.column(change.name)
    if after.checks != table.checks or column.identity:
        return False
    if column.generated:
        return not column.generated.stored and column.null
    if column.default is None:
        return column.null
    clause = clauses.default_clause(catalog.connection, column.default)
    is_constant = not clause.startswith("DEFAULT (") and "CURRENT_" not in clause.upper()
    is_null = column.default.upper() == "NULL"
    return is_constant and (column.null or not is_null)


def _drops_natively(change: DropColumn, table: facts.Table) -> bool:
    name = change.name
    keys = [table.primary_key.columns] if table.primary_key else []
    keys += [each.columns for each in (*table.uniques, *table.foreign_keys)]
    in_constraint = any(name in columns for columns in keys)
    in_text = any(name in dependents.mentioned_columns(each.sql, table) for each in table.checks)
    return not in_constraint and not in_text and not table.triggers and table.kind == "table"


def refuse_virtual(table: facts.Table) -> None:
    """A virtual table is made by its module, and cannot be made anew from its columns."""
    if table.kind == "virtual table":
        raise OperationError(
            f"{table.name!r} is a virtual table of SQLite's, which cannot be rebuilt. Drop it and "
            "create it anew with schema.run_sql()."
        )
