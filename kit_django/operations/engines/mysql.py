"""MariaDB and MySQL: each change is one statement, and commits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import cached_property, partial
from itertools import groupby, pairwise

from django.db import DatabaseError, transaction

from kit_django.exceptions import OperationError
from kit_django.operations.changes.base import Change, Needs
from kit_django.operations.engines.base import Engine
from kit_django.operations.engines.mysql_dependents import Dependents
from kit_django.operations.engines.mysql_losses import lost
from kit_django.schema import clauses, facts, statements
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.types import SqlType
from kit_django.schema.introspection.mysql.dependents import StoredView, columns_that_take_from
from kit_django.schema.sql.changes import is_of_rows, locks_tables
from kit_django.schema.sql.mentions import mentioned_columns, mentions_row
from kit_django.schema.tables.dependents import Place, Reference, followers
from kit_django.schema.tables.difference import Difference, Part, difference, own_names
from kit_django.schema.tables.indexes import index_of_key, with_indexes_of_keys, without_index
from kit_django.schema.tables.parts import with_column, without_constraints

MANY = 10
"""Statements of rows in a row, from which on it pays to commit them together."""


class MySQLEngine(Engine):
    @cached_property
    def _pretended(self) -> dict[tuple[str, str], StoredView]:
        """The views as they would be by now, where nothing is run."""
        return {}

    def _dependents(self, table: facts.Table) -> Dependents:
        return Dependents(self, table, self._pretended)

    def steps(
        self, before: facts.Table, changes: Sequence[Change]
    ) -> list[tuple[Difference, Needs]]:
        """What names a column has the name that it has now, however often the block renames it."""
        steps = super().steps(before, changes)
        names, dependents = own_names(before), self._dependents(before)
        for step, _ in steps:
            for old in (names[old] for old, _ in step.renamed_columns if old in names):
                self._refuse_broken_triggers(before, old)
                dependents.refuse_column(old, is_renamed=True)
            for gone in (names[each.name] for each in step.gone_columns if each.name in names):
                self._refuse_broken_triggers(before, gone)
                dependents.refuse_column(gone, is_renamed=False)
            names = {now: names[was] for now, was in step.names.items() if was in names}
        return self._with_keys_beside_numbers(steps)

    def _with_keys_beside_numbers(
        self, steps: list[tuple[Difference, Needs]]
    ) -> list[tuple[Difference, Needs]]:
        """A column that numbers the rows is not without its key: that comes in the same step."""
        found = [*steps]
        for place, ((step, needs), (key, _)) in enumerate(pairwise(steps)):
            if any(column.identity for column in step.new_columns) and key.added:
                whole = difference(step.before, key.after, step.names, self.dialect)
                done = difference(key.after, key.after, own_names(key.after), self.dialect)
                found[place : place + 2] = [(whole, needs), (done, Needs())]
        return found

    def make(self, step: Difference, needs: Needs) -> None:
        if not (step.new_columns and step.added):
            its = [_its_index(step.before, each) for each in step.gone]
            gone = tuple(each for each in step.gone if each not in its)
            served = () if step.gone_columns else self._served(step)
            added = tuple(each for each in step.added if each not in served)
            super().make(replace(step, gone=gone, added=added), needs)
            return
        columns = [clauses.column_definition(self.dialect, each) for each in step.new_columns]
        keys = [each for each in step.added if not isinstance(each, facts.Index)]
        self.alter(
            step.before,
            *(f"ADD COLUMN {column}" for column in columns),
            *(f"ADD {clauses.constraint_clause(self.dialect, key)}" for key in keys),
        )
        for part in step.added:
            if isinstance(part, facts.Index):
                self.add(step.after, part)

    def _refuse_broken_triggers(self, table: facts.Table, column: str) -> None:
        """A trigger goes on naming what is not there any more, and then no row can be written."""
        for trigger in table.triggers:
            if mentions_row(trigger.sql, column, self.dialect):
                raise OperationError(
                    f"The trigger {trigger.name!r} of {table.name!r} uses column {column!r}, and "
                    f"{self.connection.display_name} would not change it. Drop the trigger first, "
                    "and make it anew."
                )

    def _drop_table(self, table: facts.Table, *, cascade: bool) -> None:
        dependents = self._dependents(table)
        dependents.refuse_drop(cascade=cascade)
        dependents.drop_readers()
        super()._drop_table(table, cascade=cascade)

    def refuse_used_view(self, view: facts.Table) -> None:
        self._dependents(view).refuse_drop(cascade=False)

    def refuse_used_sequence(self, name: str) -> None:
        for table, column in columns_that_take_from(self.connection, name):
            raise OperationError(
                f"Sequence {name!r} cannot be dropped: the default of column {column!r} of {table!r} "
                "takes from it, and no row could be written. Change that first."
            )

    def _rename_table(self, before: facts.Table, after: facts.Table) -> None:
        dependents = self._dependents(before)
        dependents.refuse_rename(after.name)
        followed = dependents.with_table(after.name)
        super()._rename_table(before, after)
        dependents.make_anew(followed)

    def change_column(
        self, step: Difference, old: facts.Column, new: facts.Column, using: str | None
    ) -> None:
        same = self.dialect.types.same(old.type, new.type) and old.collation == new.collation
        if same and old.options == new.options:
            self._modify(step.after, new)
        else:
            self._retype(step.before, step.after, old, new)

    def _modify(self, table: facts.Table, column: facts.Column) -> None:
        # MODIFY forgets whatever it is not told, so it is told the whole column.
        definition = clauses.column_definition(self.dialect, column)
        self.alter(table, f"MODIFY COLUMN {definition}{statements.own_checks(table, column)}")

    def _retype(
        self, before: facts.Table, after: facts.Table, old: facts.Column, new: facts.Column
    ) -> None:
        """A column of a foreign key changes only without the key; those that refer to it follow."""
        led_here, places = followers(before, new.name, self.catalog)
        references = dict.fromkeys([*led_here, *_own_references(places)])
        with self._taken_back() as back:
            for other, key in references:
                self._drop_key(other, key)
                back.append(partial(self.add, other, key))
            self._modify(after, new)
            back.append(partial(self._modify, before, old))
            for other, name in places[1:]:
                column = other.column(name)
                followed = replace(
                    column, type=new.type, collation=new.collation, options=new.options
                )
                self._modify(after if other.key == after.key else other, followed)
                back.append(partial(self._modify, other, column))
                self.others_changed([with_column(other, followed)])
            for other, key in references:
                self.add(other, key)
                back.append(partial(self._drop_key, other, key))

    @contextmanager
    def _taken_back(self) -> Iterator[list[Callable[[], None]]]:
        """Statements that are one change: where one fails, those before it are taken back."""
        back: list[Callable[[], None]] = []
        try:
            yield back
        except Exception:
            with self.progress.all_or_nothing() if _is_taken_back(back) else nullcontext():
                raise

    def _drop_key(self, table: facts.Table, key: facts.ForeignKey) -> None:
        self.alter(table, self._drop_clause(key))

    def run_script(self, script: Iterable[str]) -> None:
        """Many rows in a row are committed together: to commit each takes longer than to write it.

        The locks of a dump are left out, under which the history could not be written.
        """
        unlocked = (each for each in script if not locks_tables(each, self.dialect))
        for are_rows, found in groupby(unlocked, lambda each: is_of_rows(each, self.dialect)):
            part = [*found]
            together = are_rows and len(part) >= MANY and self._is_between_transactions()
            with transaction.atomic(self.connection.alias) if together else nullcontext():
                super().run_script(part)

    def _is_between_transactions(self) -> bool:
        """Whether each statement commits by itself: a transaction of the writer's own is theirs."""
        if not self.connection.get_autocommit():
            return False
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT @@autocommit")
            (commits,) = cursor.fetchone()
            try:
                cursor.execute("SET TRANSACTION READ WRITE")  # which none can be told amid one
            except DatabaseError:
                return False
        return bool(commits)

    def loss(self, column: str, old: facts.Column, new: facts.Column) -> str | None:
        """Strict mode refuses a text that is too long, and rounds a number without a word."""
        if self.dialect.types.same(old.type, new.type):
            return None
        return lost(column, SqlType.parse(old.type), SqlType.parse(new.type), self.dialect)

    def _rename_column(self, step: Difference, old: str, new: str) -> None:
        """MariaDB does not rename within checks: those go, and come back with the new name."""
        dependents = self._dependents(step.before)
        followed = dependents.with_column(old, new)
        pairs = [
            (check, renamed)
            for check, renamed in zip(step.before.checks, step.after.checks, strict=True)
            if check.column is None and mentioned_columns(check.sql, [old], self.dialect)
        ]
        quoted, new_quoted = (self.dialect.quote_name(each) for each in (old, new))
        self.alter(
            step.before,
            *(self._drop_clause(check) for check, _ in pairs),
            f"RENAME COLUMN {quoted} TO {new_quoted}",
            *(f"ADD {clauses.check_clause(self.dialect, check)}" for _, check in pairs),
        )
        dependents.make_anew(followed)

    def drop_columns(self, step: Difference) -> None:
        """What stands on the columns alone goes in the same statement."""
        names = [self.dialect.quote_name(column.name) for column in step.gone_columns]
        dropped = [
            self._drop_clause(each)
            for each in step.gone
            if isinstance(each, facts.ForeignKey | facts.Check)
        ]
        self.alter(step.before, *dropped, *(f"DROP COLUMN {name}" for name in names))

    def drop(self, table: facts.Table, part: Part, *, concurrently: bool = False) -> None:
        actions = [self._drop_clause(part)]
        if _its_index(table, part):
            actions.append(f"DROP INDEX {self.name_of(part)}")
        elif isinstance(part, facts.Index | facts.Unique | facts.PrimaryKey):
            # No foreign key is without an index, not even between two statements.
            left = _without(table, part, self.dialect)
            actions += [
                f"ADD INDEX {self.name_of(index)} ({self._columns_of(index)})"
                for index in left.indexes
                if index not in table.indexes
            ]
        self.alter(table, *actions)

    def _served(self, step: Difference) -> tuple[Part, ...]:
        """The indexes that come along with a drop."""
        lefts = [_without(step.before, each, self.dialect) for each in step.gone]
        return tuple(index for left in lefts for index in left.indexes)

    def _columns_of(self, index: facts.Index) -> str:
        return clauses.name_list(self.dialect, index.columns or ())

    def rename_part(self, table: facts.Table, old: Part, new: Part) -> None:
        if isinstance(new, facts.ForeignKey):  # which it cannot rename
            clause = clauses.constraint_clause(self.dialect, new)
            self.alter(table, self._drop_clause(old), f"ADD {clause}")
            return
        self.alter(table, f"RENAME INDEX {self.name_of(old)} TO {self.name_of(new)}")

    def _drop_clause(self, part: Part) -> str:
        match part:
            case facts.PrimaryKey():
                return "DROP PRIMARY KEY"
            case facts.Index() | facts.Unique():
                return f"DROP INDEX {self.name_of(part)}"
            case facts.ForeignKey():
                return f"DROP FOREIGN KEY {self.name_of(part)}"
            case _:
                return f"DROP CONSTRAINT {self.name_of(part)}"


ENGINE = MySQLEngine


def _is_taken_back(back: Sequence[Callable[[], None]]) -> bool:
    with suppress(DatabaseError):
        for undo in reversed(back):
            undo()
        return True
    return False


def _own_references(places: Iterable[Place]) -> Iterator[Reference]:
    """The foreign keys that start from one of the columns."""
    for table, name in places:
        yield from ((table, key) for key in table.foreign_keys if name in key.columns)


def _without(table: facts.Table, part: Part, dialect: Dialect) -> facts.Table:
    if isinstance(part, facts.Index):
        return with_indexes_of_keys(without_index(table, part.name, dialect), dialect)
    return with_indexes_of_keys(without_constraints(table, [part]), dialect)


def _its_index(table: facts.Table, part: Part) -> facts.Index | None:
    """The index that goes along with a foreign key."""
    return index_of_key(table, part) if isinstance(part, facts.ForeignKey) else None
