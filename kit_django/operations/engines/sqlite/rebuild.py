"""SQLite's way to alter a table: make it anew, move the rows, take its name.

The procedure is the one that SQLite documents for changes that ALTER TABLE does not know
(https://www.sqlite.org/lang_altertable.html#otheralter). The new table is made of the whole target,
never of a model that could lack a column, and it is compared with what it had to carry over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kit_django.exceptions import OperationError
from kit_django.operations.engines.sqlite.compiled import broken
from kit_django.operations.engines.sqlite.quoted import same_readings
from kit_django.schema import facts, statements
from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.introspection import introspect_table
from kit_django.schema.sql.mentions import fires_on
from kit_django.schema.tables.difference import Names

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine

ROWIDS = ("rowid", "_rowid_", "oid")


class Rebuild:
    """From ``before`` to ``after``, within the caller's transaction. Raises OperationError.

    ``names`` has the old name of each column that is carried over, by its name in ``after``.
    """

    def __init__(
        self, engine: Engine, before: facts.Table, after: facts.Table, names: Names
    ) -> None:
        self.engine = engine
        self.connection = engine.connection
        self.dialect = engine.dialect
        self.before = before
        self.after = after
        self.names = names
        self.temporary = replace(after, name=self._free_name())

    def _free_name(self) -> str:
        name = f"new__{self.after.name}"
        while self.engine.catalog.find(name) is not None:
            name = f"new__{name}"
        return name

    def run(self) -> None:
        self._refuse_what_cannot_be_read()
        if self.engine.pretends:
            self._make_anew()
            return
        broken_before = broken(self.connection)
        with same_readings(self.connection, self.after.name, self._that_come_or_go()):
            self._make_anew()
        self._refuse_broken(broken_before)
        self._refuse_losses()

    def _make_anew(self) -> None:
        self._execute(statements.create_table(self.dialect, self.temporary))
        self._copy_rows()
        self._keep_autoincrement()
        self._take_name()
        self._create_indexes_and_triggers()

    def _that_come_or_go(self) -> set[str]:
        columns = {*self.before.column_names, *self.after.column_names}
        return {name for name in columns if self.names.get(name) != name}

    def _refuse_what_cannot_be_read(self) -> None:
        if self.before.option("unreadable") is not None:
            raise OperationError(
                f"The CREATE TABLE statement of {self.before.name!r} cannot be read, so the table "
                "cannot be rebuilt with nothing lost. Change it with schema.run_sql()."
            )
        for trigger in self.before.triggers:
            for column in self.before.column_names:
                if not self.after.has_column(column) and fires_on(trigger.sql, column, SQLITE):
                    raise OperationError(
                        f"The trigger {trigger.name!r} is for updates of column {column!r}. "
                        "Drop or replace it first."
                    )

    def _execute(self, sql: str) -> None:
        self.engine.execute(sql)

    def _name(self, table: facts.Table) -> str:
        return self.engine.table_name(table)

    def _copy_rows(self) -> None:
        kept = {
            self.dialect.quote_name(column.name): self.dialect.quote_name(self.names[column.name])
            for column in self.after.columns
            if column.name in self.names and not column.generated
        }
        kept |= {name: name for name in self._rowid()}
        kept = kept or self._fresh()
        if kept:
            self._execute(
                f"INSERT INTO {self._name(self.temporary)} ({', '.join(kept)}) "
                f"SELECT {', '.join(kept.values())} FROM {self._name(self.before)}"
            )

    def _fresh(self) -> dict[str, str]:
        """Where all columns are new, there are still as many rows as there were."""
        stored = [column for column in self.after.columns if not column.generated]
        return {self.dialect.quote_name(each.name): each.default or "NULL" for each in stored[:1]}

    def _rowid(self) -> list[str]:
        """A rowid without a column of its own is carried over too: full-text tables point to it."""
        tables = (self.before, self.after)
        if any(table.option("without rowid") is not None for table in tables):
            return []
        if any(_has_rowid_column(table) for table in tables):
            return []
        taken = {name.lower() for table in tables for name in table.column_names}
        return [name for name in ROWIDS if name not in taken][:1]

    def _keep_autoincrement(self) -> None:
        """Numbers of rows that were deleted long ago are not given out again."""
        if not all(map(_has_autoincrement, (self.before, self.after))):
            return
        old, new = (
            self.dialect.quote_literal(table.name) for table in (self.before, self.temporary)
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

    def _create_indexes_and_triggers(self) -> None:
        for index in self.after.indexes:
            for statement in statements.index_statements(self.dialect, self.after, index):
                self._execute(statement)
        for trigger in self.before.triggers:
            self._execute(trigger.sql)

    def _refuse_broken(self, broken_before: dict[str, str]) -> None:
        for what, reason in broken(self.connection).items():
            if what not in broken_before:
                raise OperationError(
                    f"With the new {self.after.name!r}, {what} would no longer work: {reason}. "
                    "Drop or replace it first."
                )

    def _refuse_losses(self) -> None:
        found = introspect_table(self.connection, self.after.name)
        assert found is not None
        lost = list(_lost(self.before, self.after, found))
        if lost:
            raise OperationError(
                f"A rebuild of {self.after.name!r} would lose {', '.join(lost)}, which SQLite "
                "cannot be told in this way. Change the table with schema.run_sql()."
            )


def _lost(before: facts.Table, after: facts.Table, found: facts.Table) -> Iterator[str]:
    """What was to stay as it was, and did not."""
    if found.column_names != after.column_names:
        yield "the order of its columns"
    if before.options == after.options != found.options:
        yield "what it says behind its columns"
    same_key = before.primary_key == after.primary_key
    if same_key and found.primary_key != after.primary_key:
        yield "its primary key"
    for column in after.columns:
        # A new key makes another column the rowid.
        if same_key and column in before.columns and column not in found.columns:
            yield f"a part of column {column.name!r}"
    for what, old, new, there in _parts(before, after, found):
        kept = [each for each in old if each in new]
        if any(each not in there for each in kept):
            yield what


def _parts(
    before: facts.Table, after: facts.Table, found: facts.Table
) -> Iterator[tuple[str, Sequence[object], Sequence[object], Sequence[object]]]:
    yield "a check", before.checks, after.checks, found.checks
    yield "a foreign key", before.foreign_keys, after.foreign_keys, found.foreign_keys
    yield "a trigger", before.triggers, after.triggers, found.triggers
    if _collations(before) == _collations(after):
        # Otherwise what the keys say of collations is told beside another one.
        yield "a unique constraint", before.uniques, after.uniques, found.uniques
        yield "an index", before.indexes, after.indexes, found.indexes


def _collations(table: facts.Table) -> list[str | None]:
    return [column.collation for column in table.columns]


def _has_autoincrement(table: facts.Table) -> bool:
    return any(each.identity and each.identity.kind == "autoincrement" for each in table.columns)


def _has_rowid_column(table: facts.Table) -> bool:
    """Whether a column is the rowid by another name, or may become that."""
    key = table.primary_key
    alone = table.column(key.columns[0]) if key and len(key.columns) == 1 else None
    return alone is not None and alone.type.upper() == "INTEGER"
