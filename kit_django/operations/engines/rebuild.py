"""SQLite's way to alter a table: make it anew, move the rows, take its name.

The procedure is the one that SQLite documents for changes that ALTER TABLE does not know
(https://www.sqlite.org/lang_altertable.html#otheralter). The new table is made of the whole target,
never of a model that could lack a column.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from kit_django.exceptions import OperationError
from kit_django.schema import clauses, facts
from kit_django.schema.quoting import quote_literal, quote_name
from kit_django.schema.rendering import render_table

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine


class Rebuild:
    def __init__(self, engine: Engine, before: facts.Table, after: facts.Table) -> None:
        self.engine = engine
        self.before = before
        self.after = after
        self.temporary = replace(after, name=f"new__{after.name}")

    def run(self) -> None:
        views = self._usable_views()
        self._create()
        self._copy_rows()
        self._keep_autoincrement()
        self._take_name()
        self._create_indexes()
        self._create_triggers()
        self._refuse_broken_views(views)

    def _execute(self, sql: str) -> None:
        self.engine.execute(sql)

    def _name(self, table: facts.Table) -> str:
        return self.engine.table_name(table)

    def _create(self) -> None:
        with self._table_options():
            self.engine.editor.create_model(render_table(self.engine.connection, self.temporary))
        self.engine.editor.deferred_sql.clear()

    @contextmanager
    def _table_options(self) -> Iterator[None]:
        """Say STRICT and WITHOUT ROWID behind the table, for which Django has no place."""
        words = [name.upper() for name in ("strict", "without rowid") if self._has_option(name)]
        editor = self.engine.editor
        template = editor.sql_create_table
        editor.sql_create_table = f"{template} {', '.join(words)}".strip()
        try:
            yield
        finally:
            editor.sql_create_table = template

    def _has_option(self, name: str) -> bool:
        return self.after.option(name) is not None

    def _copy_rows(self) -> None:
        kept = [
            column.name
            for column in self.after.columns
            if self.before.has_column(column.name)
            and not column.generated
            and not self.before.column(column.name).generated
        ]
        if kept:
            names = clauses.name_list(self.engine.connection, kept)
            self._execute(
                f"INSERT INTO {self._name(self.temporary)} ({names}) "
                f"SELECT {names} FROM {self._name(self.before)}"
            )

    def _keep_autoincrement(self) -> None:
        """Numbers of rows that were deleted long ago are not given out again."""
        if not any(_is_autoincrement(column) for column in self.after.columns):
            return
        if not any(_is_autoincrement(column) for column in self.before.columns):
            return
        old, new = (
            quote_literal(self.engine.connection, table.name)
            for table in (self.before, self.temporary)
        )
        self._execute(f"DELETE FROM sqlite_sequence WHERE name = {new}")
        self._execute(
            f"INSERT INTO sqlite_sequence (name, seq) "
            f"SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"
        )

    def _take_name(self) -> None:
        """Under ``legacy_alter_table`` views and triggers that name the table stay as they are."""
        self._execute(f"DROP TABLE {self._name(self.before)}")
        self._execute("PRAGMA legacy_alter_table = ON")
        try:
            self._execute(
                f"ALTER TABLE {self._name(self.temporary)} RENAME TO {self._name(self.after)}"
            )
        finally:
            self._execute("PRAGMA legacy_alter_table = OFF")

    def _create_indexes(self) -> None:
        for index in self.after.indexes:
            statement = clauses.index_statement(self.engine.connection, self.after, index)
            self._execute(index.sql or statement)

    def _create_triggers(self) -> None:
        for trigger in self.before.triggers:
            self._execute(trigger.sql)

    def _usable_views(self) -> set[str]:
        if self.engine.pretends:
            return set()
        with self.engine.connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
            names = {name for (name,) in cursor.fetchall()}
        return {name for name in names if self._view_error(name) is None}

    def _view_error(self, name: str) -> str | None:
        view = quote_name(self.engine.connection, name)
        try:
            with self.engine.connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN SELECT * FROM {view}")
        except sqlite3.DatabaseError as error:
            return str(error)
        return None

    def _refuse_broken_views(self, usable_before: set[str]) -> None:
        for name in sorted(usable_before):
            error = self._view_error(name)
            if error is not None:
                raise OperationError(
                    f"View {name!r} would not work any more on the new {self.after.name!r} "
                    f"({error}). Drop or replace the view first."
                )


def _is_autoincrement(column: facts.Column) -> bool:
    return column.identity is not None and column.identity.kind == "autoincrement"
