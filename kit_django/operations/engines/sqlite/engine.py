"""SQLite: a few changes by ALTER TABLE, all others by one rebuild of the table."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any

from django.db import DatabaseError, transaction

from kit_django.exceptions import OperationError
from kit_django.operations.base import Change, Names
from kit_django.operations.changes.columns import (
    AddColumn,
    ChangeColumn,
    DropColumn,
    RenameColumn,
)
from kit_django.operations.changes.constraints import AddConstraint
from kit_django.operations.engines.base import Engine
from kit_django.operations.engines.sqlite.compiled import users_of
from kit_django.operations.engines.sqlite.native import inline_constraints, is_native
from kit_django.operations.engines.sqlite.quoted import same_readings
from kit_django.operations.engines.sqlite.rebuild import Rebuild
from kit_django.schema import clauses, facts
from kit_django.schema.tables.dependents import followers
from kit_django.schema.tables.parts import with_column, without_constraints

STRICT_TYPES = {"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"}


class SQLiteEngine(Engine):
    def refuse(self, change: Change, before: facts.Table, after: facts.Table) -> None:
        super().refuse(change, before, after)
        is_strict = before.option("strict") is not None
        if is_strict and isinstance(change, AddColumn | ChangeColumn):
            sql_type = after.column(change.name).type
            if sql_type.upper() not in STRICT_TYPES:
                raise OperationError(
                    f"{before.name!r} is a STRICT table of SQLite's, and takes no column of type "
                    f"{sql_type!r}. Say table.column({change.name!r}, DatabaseTypeField(...)) with "
                    f"one of {', '.join(sorted(STRICT_TYPES))}."
                )

    # Altering

    def alter_table(self, before: facts.Table, changes: Sequence[Change]) -> None:
        """``target`` is what the table is to be, where changes wait for the rebuild.

        ``names`` tells which of its columns are columns of ``table``: one that was dropped and
        added anew is another, whose rows begin with its default.
        """
        # Refuses, too, what cannot be done, before anything is.
        followed = self._followers(before, changes)
        waiting = deque(changes)
        table = target = before
        names = _own_names(table)
        with self.all_or_nothing():
            while waiting:
                change = waiting.popleft()
                if isinstance(change, RenameColumn) and names.get(change.name) == change.name:
                    table, target, names = self._rename_amid(change, table, target, names)
                elif _is_done(table, target, names) and is_native(change, table, self.catalog):
                    inline = inline_constraints(change, waiting, self.catalog)
                    table = target = self._natively(change, inline, table)
                    names = _own_names(table)
                else:
                    target, names = change.after(target, self.catalog), change.carry(names)
            self._rebuild(table, target, names)
            for key, columns in followed.items():
                self._follow(self.catalog.table(key), columns)

    def all_or_nothing(self) -> AbstractContextManager[Any]:
        """What SQLite finds wrong half-way is as if it had not been begun."""
        return nullcontext() if self.pretends else transaction.atomic(self.connection.alias)

    def _rename_amid(
        self, change: RenameColumn, table: facts.Table, target: facts.Table, names: Names
    ) -> tuple[facts.Table, facts.Table, Names]:
        """Only ALTER TABLE renames a column in views, triggers and other tables as well."""
        if table.has_column(change.new_name):  # it is to be dropped
            table = target = self._rebuild(table, target, names)
            names = _own_names(table)
        is_waiting = not _is_done(table, target, names)
        target = change.after(target, self.catalog)
        table = self._natively(change, [], table)
        if not is_waiting:
            return table, table, _own_names(table)
        own = {now: was for now, was in names.items() if now != change.name}
        return table, target, {**own, change.new_name: change.new_name}

    def _natively(
        self, change: Change, inline: Sequence[AddConstraint], before: facts.Table
    ) -> facts.Table:
        after = change.after(before, self.catalog)
        for constraint in inline:
            after = constraint.after(after, self.catalog)
        with _explained(), self._same_readings(before, change):
            if isinstance(change, AddColumn):
                self._add_column_with(before, after, change.name)
            else:
                change.apply(self, before, after)
        self.changed(before, after)
        return self.catalog.table(before.key)

    def _same_readings(self, table: facts.Table, change: Change) -> AbstractContextManager[None]:
        if self.pretends or not isinstance(change, AddColumn | DropColumn):
            return nullcontext()
        return same_readings(self.connection, table.name, [change.name])

    def _add_column_with(self, before: facts.Table, after: facts.Table, name: str) -> None:
        words = [self.column_definition(after.column(name))]
        for added in after.constraints:
            if added in before.constraints:
                continue
            if isinstance(added, facts.ForeignKey):
                constraint = self.dialect.quote_name(added.name or "")
                words.append(f"CONSTRAINT {constraint}")
                words.append(clauses.references_clause(self.dialect, added))
            else:
                words.append(self.constraint_clause(added))
        self.execute(f"ALTER TABLE {self.table_name(after)} ADD COLUMN {' '.join(words)}")

    def _rebuild(
        self, before: facts.Table, after: facts.Table, names: Names | None = None
    ) -> facts.Table:
        names = _own_names(before) if names is None else names
        if _is_done(before, after, names):
            return before
        Rebuild(self, before, after, names).run()
        self.changed(before, after)
        return self.catalog.table(after.key)

    def _followers(
        self, table: facts.Table, changes: Sequence[Change]
    ) -> dict[tuple[str | None, str], dict[str, facts.Column]]:
        """The columns of other tables that take on the type of a changed one, by their tables."""
        found: dict[tuple[str | None, str], dict[str, facts.Column]] = {}
        names = _own_names(table)
        for change, before, after in self.steps(table, changes):
            if isinstance(change, ChangeColumn) and change.name in names:
                changed = after.column(change.name)
                if changed.type != before.column(change.name).type:
                    for other, name in followers(table, names[change.name], self.catalog)[1][1:]:
                        found.setdefault(other.key, {})[name] = changed
            names = change.carry(names)
        return found

    def _follow(self, table: facts.Table, columns: dict[str, facts.Column]) -> None:
        after = table
        for name, led in columns.items():
            followed = replace(after.column(name), type=led.type, collation=led.collation)
            after = with_column(after, followed)
        self._rebuild(table, after)

    def drop_column(self, before: facts.Table, after: facts.Table, name: str) -> None:
        for index in before.indexes:
            if index not in after.indexes:
                self.drop_index(before, index, concurrently=False)
        super().drop_column(before, after, name)

    def rename_index(self, table: facts.Table, old: facts.Index, new: facts.Index) -> None:
        self.drop_index(table, old, concurrently=False)
        self.add_index(table, new, concurrently=False)

    # Whole tables

    def _rename_table(self, before: facts.Table, after: facts.Table) -> None:
        with _explained():
            super()._rename_table(before, after)

    def _drop_table(self, table: facts.Table, *, cascade: bool) -> None:
        views = []
        for kind, name in users_of(self.connection, table.name):
            if kind == "view":
                views.append(name)
            elif name not in {trigger.name for trigger in table.triggers}:
                self._refuse_drop(table, f"the trigger {name!r} uses it", "Drop that first.")
        if views and not cascade:
            advice = "Drop that first, or say cascade=True."
            self._refuse_drop(table, f"the view {views[0]!r} reads it", advice)
        for name in views:
            self.execute(f"DROP VIEW {self.dialect.quote_name(name)}")
        super()._drop_table(table, cascade=cascade)

    def _refuse_drop(self, table: facts.Table, reason: str, advice: str) -> None:
        raise OperationError(f"Table {table.name!r} cannot be dropped: {reason}. {advice}")

    def drop_foreign_keys(self, table: facts.Table, keys: Sequence[facts.ForeignKey]) -> None:
        self._rebuild(table, without_constraints(table, keys))

    def drop_table(self, table: facts.Table, *, cascade: bool) -> None:
        with self.all_or_nothing():
            super().drop_table(table, cascade=cascade)

    def run_sql(self, sql: str, params: Sequence[object] | None) -> None:
        # One statement goes as it is: sqlparse, which splits scripts, breaks up triggers.
        if params is None and is_one_statement(sql):
            self.execute(sql)
            self.catalog.forget_all()
        else:
            super().run_sql(sql, params)


def _own_names(table: facts.Table) -> Names:
    return {name: name for name in table.column_names}


def _is_done(table: facts.Table, target: facts.Table, names: Names) -> bool:
    """Whether nothing waits: a new column may look just like the one that it replaces."""
    return table == target and names == _own_names(table)


@contextmanager
def _explained() -> Iterator[None]:
    """SQLite looks through all views and triggers when it alters a table, and may find one broken."""
    try:
        yield
    except DatabaseError as error:
        if not str(error).startswith("error in "):
            raise
        raise OperationError(
            f"SQLite refuses, because of what stands on the table: {error}. "
            "Drop or replace that first."
        ) from error


def is_one_statement(sql: str) -> bool:
    """Whether SQLite itself sees the end of the first statement only at the end of the text."""
    text = sql.strip().rstrip(";")
    heads = (text[: position + 1] for position, char in enumerate(text) if char == ";")
    return not any(sqlite3.complete_statement(head) for head in heads)
