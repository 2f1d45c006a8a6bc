"""MariaDB and MySQL: each change is one statement, and commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from kit_django.exceptions import OperationError
from kit_django.operations.changes.base import Change, Needs
from kit_django.operations.engines.base import Engine
from kit_django.operations.engines.mysql_dependents import Dependents
from kit_django.operations.engines.mysql_losses import lost
from kit_django.schema import clauses, facts, statements
from kit_django.schema.dialects.types import SqlType
from kit_django.schema.introspection.mysql.dependents import StoredView
from kit_django.schema.sql.mentions import mentioned_columns, mentions_row
from kit_django.schema.tables.dependents import Place, Reference, followers
from kit_django.schema.tables.difference import Difference, Part, own_names
from kit_django.schema.tables.parts import with_column


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
        return steps

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
            self._retype(step.before, step.after, new)

    def _modify(self, table: facts.Table, column: facts.Column) -> None:
        # MODIFY forgets whatever it is not told, so it is told the whole column.
        definition = clauses.column_definition(self.dialect, column)
        self.alter(table, f"MODIFY COLUMN {definition}{statements.own_checks(table, column)}")

    def _retype(self, before: facts.Table, after: facts.Table, new: facts.Column) -> None:
        """A column of a foreign key changes only without the key; those that refer to it follow."""
        led_here, places = followers(before, new.name, self.catalog)
        references = dict.fromkeys([*led_here, *_own_references(places)])
        for other, key in references:
            self.alter(other, self._drop_clause(key))
        self._modify(after, new)
        for other, name in places[1:]:
            followed = replace(
                other.column(name), type=new.type, collation=new.collation, options=new.options
            )
            self._modify(after if other.key == after.key else other, followed)
            self.others_changed([with_column(other, followed)])
        for other, key in references:
            self.add(other, key)

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
        if isinstance(part, facts.ForeignKey) and _made_index(table, part):
            actions.append(f"DROP INDEX {self.name_of(part)}")
        elif isinstance(part, facts.Index | facts.Unique | facts.PrimaryKey):
            actions.extend(self._serve_foreign_keys(table, part.name))
        self.alter(table, *actions)

    def rename_part(self, table: facts.Table, old: Part, new: Part) -> None:
        self.alter(table, f"RENAME INDEX {self.name_of(old)} TO {self.name_of(new)}")

    def _serve_foreign_keys(self, table: facts.Table, gone: str | None) -> Iterator[str]:
        """A foreign key is not without an index: it gets the one that it would have made."""
        left = [columns for name, columns in _index_columns(table) if name != gone]
        for key in table.foreign_keys:
            if not any(columns[: len(key.columns)] == key.columns for columns in left):
                left.append(key.columns)
                columns = clauses.name_list(self.dialect, key.columns)
                yield f"ADD INDEX {self.name_of(key)} ({columns})"

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


def _own_references(places: Iterable[Place]) -> Iterator[Reference]:
    """The foreign keys that start from one of the columns."""
    for table, name in places:
        yield from ((table, key) for key in table.foreign_keys if name in key.columns)


def _made_index(table: facts.Table, key: facts.ForeignKey) -> bool:
    """Whether the key made an index of its own, which no other key needs."""
    is_there = any(
        index.name == key.name and index.columns == key.columns for index in table.indexes
    )
    others = [each.columns for each in table.foreign_keys if each != key]
    return is_there and not any(columns[:1] == key.columns[:1] for columns in others)


def _index_columns(table: facts.Table) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """The columns of each index, whatever it is for; the primary key's has no name."""
    if table.primary_key:
        yield None, table.primary_key.columns
    yield from ((unique.name, unique.columns) for unique in table.uniques)
    yield from ((index.name, index.columns or ()) for index in table.indexes)
