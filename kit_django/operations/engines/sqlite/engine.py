"""SQLite: a few changes by ALTER TABLE, all others by one rebuild of the table."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace

from django.db import DatabaseError, transaction

from kit_django.exceptions import OperationError
from kit_django.operations.changes.base import Change, Needs
from kit_django.operations.engines.base import Engine
from kit_django.operations.engines.sqlite.compiled import users_of
from kit_django.operations.engines.sqlite.losses import lost
from kit_django.operations.engines.sqlite.native import is_beside, is_native, only_indexes
from kit_django.operations.engines.sqlite.quoted import same_readings
from kit_django.operations.engines.sqlite.rebuild import Rebuild
from kit_django.operations.lookups import Steps, refuse_rows_in_the_way
from kit_django.operations.lookups.names import refuse_taken_names
from kit_django.schema import clauses, facts
from kit_django.schema.tables.dependents import followers
from kit_django.schema.tables.difference import Difference, Names, Part, difference, own_names
from kit_django.schema.tables.following import exchanged, following_names
from kit_django.schema.tables.parts import with_column, without_constraints
from kit_django.schema.tables.renaming import renamed_column

STRICT_TYPES = {"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"}


class SQLiteEngine(Engine):
    def refuse(self, step: Difference, needs: Needs) -> None:
        super().refuse(step, needs)
        if step.before.option("strict") is None:
            return
        for column in (*step.new_columns, *(new for _, new in step.changed_columns)):
            if column.type.upper() not in STRICT_TYPES:
                raise OperationError(
                    f"{step.before.name!r} is a STRICT table of SQLite's, and takes no column of "
                    f"type {column.type!r}. Say table.column({column.name!r}, "
                    f"DatabaseTypeField(...)) with one of {', '.join(sorted(STRICT_TYPES))}."
                )

    def loss(self, column: str, old: facts.Column, new: facts.Column) -> str | None:
        is_kept = old.type == new.type or self.dialect.types.keeps(old.type, new.type)
        return None if is_kept else lost(column, new.type)

    # Altering

    def alter_table(self, before: facts.Table, changes: Sequence[Change]) -> None:
        """``target`` is what the table is to be, where changes wait for the rebuild.

        ``names`` tells which of its columns are columns of ``table``: one that was dropped and
        added anew is another, whose rows begin with its default.
        """
        # Refuses, too, what cannot be done, before anything is.
        steps = self.steps(before, changes)
        refuse_taken_names(self, before, [step.after for step, _ in steps])
        refuse_rows_in_the_way(self, before, steps)
        followed = self._followers(before, steps)
        waiting = deque(changes)
        table = target = before
        names = own_names(table)
        with self.all_or_nothing():
            while waiting:
                change = waiting.popleft()
                step = self.step(change, target)
                if any(names.get(old) == old for old, _ in step.renamed_columns):
                    table, target, names = self._rename_amid(change, table, target, names)
                elif _is_done(table, target, names) and is_native(step, self.connection):
                    table = target = self._natively(self._with_inline(step, waiting))
                    names = own_names(table)
                else:
                    target, names = step.after, change.carry(names)
            self._rebuild(table, target, names)
            for key, columns in followed.items():
                self._follow(self.catalog.table(key), columns)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """What SQLite finds wrong half-way is as if it had not been begun."""
        if self.pretends:
            yield
            return
        with self.progress.all_or_nothing(), transaction.atomic(self.connection.alias):
            yield

    def _rename_amid(
        self, change: Change, table: facts.Table, target: facts.Table, names: Names
    ) -> tuple[facts.Table, facts.Table, Names]:
        """Only ALTER TABLE renames a column in views, triggers and other tables as well."""
        ((old, new),) = self.step(change, target).renamed_columns
        if table.has_column(new):  # it is to be dropped
            table = target = self._rebuild(table, target, names)
            names = own_names(table)
        step = self.step(change, table)
        if is_native(step, self.connection) and _is_done(table, target, names):
            table = self._natively(step)
            return table, table, own_names(table)
        target = change.after(target, self.catalog)
        renamed = renamed_column(table, old, new, self.dialect)
        table = self._natively(difference(table, renamed, step.names, self.dialect))
        own = {now: was for now, was in names.items() if now != old}
        return table, replace(target, triggers=table.triggers), {**own, new: new}

    def _with_inline(self, step: Difference, waiting: deque[Change]) -> Difference:
        """With the constraints that can be said beside a new column, of those that come next."""
        if not step.new_columns:
            return step
        (column,) = step.new_columns
        after = walked = step.after
        for change in tuple(waiting):
            further = self.step(change, walked)
            walked = further.after
            if is_beside(further, column.name, self.connection):
                after = change.after(after, self.catalog)
                waiting.remove(change)
            elif not (further.added and only_indexes(further)):
                break
        return difference(step.before, after, step.names, self.dialect)

    def _natively(self, step: Difference) -> facts.Table:
        with _explained(), self._same_readings(step):
            self.make(step, Needs())
        self.changed(step.before, step.after)
        return self.catalog.table(step.before.key)

    def _same_readings(self, step: Difference) -> AbstractContextManager[None]:
        columns = [column.name for column in (*step.new_columns, *step.gone_columns)]
        if self.pretends or not columns:
            return nullcontext()
        return same_readings(self.connection, step.before.name, columns)

    def make(self, step: Difference, needs: Needs) -> None:
        if step.new_columns:
            self._add_column_with(step)
        else:
            super().make(step, needs)

    def _add_column_with(self, step: Difference) -> None:
        (column,) = step.new_columns
        words = [clauses.column_definition(self.dialect, column)]
        for part in step.added:
            if isinstance(part, facts.ForeignKey):
                words.append(f"CONSTRAINT {self.name_of(part)}")
                words.append(clauses.references_clause(self.dialect, part))
            elif not isinstance(part, facts.Index):
                words.append(clauses.constraint_clause(self.dialect, part))
        self.alter(step.after, f"ADD COLUMN {' '.join(words)}")

    def _rebuild(
        self, before: facts.Table, after: facts.Table, names: Names | None = None
    ) -> facts.Table:
        names = own_names(before) if names is None else names
        if _is_done(before, after, names):
            return before
        Rebuild(self, before, after, names).run()
        self.changed(before, after)
        return self.catalog.table(after.key)

    def _followers(
        self, table: facts.Table, steps: Steps
    ) -> dict[tuple[str | None, str], dict[str, facts.Column]]:
        """The columns of other tables that take on the type of a changed one, by their tables."""
        found: dict[tuple[str | None, str], dict[str, facts.Column]] = {}
        names = own_names(table)
        for step, _ in steps:
            for old, new in step.changed_columns:
                if new.type != old.type and new.name in names:
                    for other, name in followers(table, names[new.name], self.catalog)[1][1:]:
                        found.setdefault(other.key, {})[name] = new
            names = {now: names[was] for now, was in step.names.items() if was in names}
        return found

    def _follow(self, table: facts.Table, columns: dict[str, facts.Column]) -> None:
        after = table
        for name, led in columns.items():
            followed = replace(after.column(name), type=led.type, collation=led.collation)
            after = with_column(after, followed)
        self._rebuild(table, after)

    def drop_columns(self, step: Difference) -> None:
        for part in step.gone:
            self.drop(step.before, part)
        super().drop_columns(step)

    def rename_part(self, table: facts.Table, old: Part, new: Part) -> None:
        self.drop(table, old)
        self.add(table, new)

    def _follow_name(self, table: facts.Table, old_name: str) -> None:
        """The name of a constraint stands in the table's own text, and changes with all of it."""
        table = after = self.catalog.table(table.key)
        for old, new in following_names(table, old_name, self.dialect.renames):
            after = exchanged(after, old, new)
        if table.constraints == after.constraints:
            super()._follow_name(table, old_name)
        elif table.option("unreadable") is None:
            self._rebuild(table, after)

    # Whole tables

    def _rename_table(self, before: facts.Table, after: facts.Table) -> None:
        with _explained():
            super()._rename_table(before, after)

    def _drop_table(self, table: facts.Table, *, cascade: bool) -> None:
        views = []
        for kind, name in users_of(self.connection, table.name):
            if kind == "view":
                views.append(name)
            elif name not in _names(table.triggers):
                self._refuse_drop(table, f"the trigger {name!r} uses it", "Drop that first.")
        if views and not cascade:
            advice = "Drop that first, or say cascade=True."
            self._refuse_drop(table, f"the view {views[0]!r} reads it", advice)
        for name in views:
            self.execute(f"DROP VIEW {self.dialect.quote_name(name)}")
        super()._drop_table(table, cascade=cascade)

    def refuse_used_view(self, view: facts.Table) -> None:
        for kind, name in users_of(self.connection, view.name):
            if (kind, name) != ("view", view.name) and name not in _names(view.triggers):
                raise OperationError(
                    f"View {view.name!r} cannot be dropped: the {kind} {name!r} reads it. Drop that "
                    "first, and make it anew behind this."
                )

    def _refuse_drop(self, table: facts.Table, reason: str, advice: str) -> None:
        raise OperationError(f"Table {table.name!r} cannot be dropped: {reason}. {advice}")

    def drop_foreign_keys(self, table: facts.Table, keys: Sequence[facts.ForeignKey]) -> None:
        self._rebuild(table, without_constraints(table, keys))

    def drop_table(self, table: facts.Table, *, cascade: bool) -> None:
        with self.all_or_nothing():
            super().drop_table(table, cascade=cascade)


def _names(triggers: Sequence[facts.Trigger]) -> set[str]:
    return {trigger.name for trigger in triggers}


def _is_done(table: facts.Table, target: facts.Table, names: Names) -> bool:
    """Whether nothing waits: a new column may look just like the one that it replaces."""
    return table == target and names == own_names(table)


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
