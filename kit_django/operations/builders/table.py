"""TableBuilder: what ``with schema.create_table(...) as table`` hands out.

A builder only collects. Each method adds changes to its list; the operation is made of them when
the ``with`` block ends.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models.functions import Now

from kit_django.operations.builders.block import Said
from kit_django.operations.builders.columns import (
    AddedColumn,
    ColumnChange,
    PreviousColumn,
    column_extras,
    dropped_column,
)
from kit_django.operations.builders.constraints import ConstraintMethods
from kit_django.operations.builders.strict import strict
from kit_django.operations.builders.was import ConstraintWas, Previous, PreviousConstraint
from kit_django.operations.changes.base import Change
from kit_django.operations.changes.columns import AddColumn, RenameColumn
from kit_django.operations.changes.constraints import DropConstraint
from kit_django.operations.changes.indexes import AddIndex, DropIndex, RenameIndex
from kit_django.operations.changes.tables import SetComment, SetOption
from kit_django.operations.definitions.column import ColumnSpec
from kit_django.operations.definitions.column_method import NewColumns
from kit_django.operations.definitions.column_types import ColumnMethods, timestamps_column
from kit_django.operations.definitions.index import IndexDefinition
from kit_django.operations.definitions.kinds import Columns


class TableBuilder(ConstraintMethods, ColumnMethods, NewColumns[AddedColumn]):
    """Collects what a new table consists of."""

    def __init__(self, said: Said) -> None:
        self._said = said

    def add(self, change: Change) -> None:
        self._said.add(change)

    def _take(self, name: str, spec: ColumnSpec) -> AddedColumn:
        """Add a column, and the constraints and indexes that its modifiers ask for."""
        self._said.add(AddColumn(name, spec), *column_extras(name, spec))
        return AddedColumn(name)

    @classmethod
    def _checked(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        return strict(method)

    def comment(self, text: str, *, was: str | None = None) -> None:
        """The table's own comment; ``was`` makes a change of it reversible."""
        self.add(SetComment(text, was))

    def engine(self, name: str, *, was: str | None = None) -> None:
        """Which of MariaDB's engines keeps the table."""
        self.add(SetOption("engine", name, was))

    def charset(self, name: str, *, was: str | None = None) -> None:
        """The character set of texts that say none of their own, on MariaDB; those there keep theirs."""
        self.add(SetOption("charset", name, was))

    def collation(self, name: str, *, was: str | None = None) -> None:
        """The same of a collation, which implies its character set."""
        self.add(SetOption("collation", name, was))

    def timestamps(self) -> None:
        """``created_at`` and ``updated_at``: points in time, not null, now unless told otherwise."""
        self._take("created_at", timestamps_column())
        self._take("updated_at", timestamps_column())

    def morphs(self, name: str, *, null: bool = False) -> None:
        """``name_type`` and ``name_id``, with one index, as Laravel's polymorphic relations."""
        self.string(f"{name}_type", null=null)
        self.big_integer(f"{name}_id", null=null)
        self.index([f"{name}_type", f"{name}_id"])


class AlterTableBuilder(TableBuilder):
    """Collects changes to a table that exists."""

    def change(self, name: str) -> ColumnChange:
        """A column to change: ``table.change("name").string(max_length=80)``.

        Only what is said changes; ``.set(null=True)`` changes modifiers alone.
        """
        return ColumnChange(self._said, name)

    def rename(self, name: str, new_name: str) -> None:
        self.add(RenameColumn(name, new_name))

    def drop(self, name: str) -> PreviousColumn:
        """Drop a column. ``table.drop("legacy").was.string(null=True)`` makes it reversible."""
        return dropped_column(self._said, name)

    def drop_timestamps(self) -> None:
        for name in ("updated_at", "created_at"):  # so that they come back in their order
            self.drop(name).was.timestamp(default=Now())

    def drop_soft_deletes(self, name: str = "deleted_at") -> None:
        self.drop(name).was.soft_deletes()

    def drop_morphs(self, name: str, *, null: bool = False) -> None:
        """Drop what ``morphs`` makes; ``null`` is what was said there."""
        index = IndexDefinition((f"{name}_type", f"{name}_id"))
        self.add(DropIndex(columns=(f"{name}_type", f"{name}_id"), was=AddIndex(index)))
        self.drop(f"{name}_id").was.big_integer(null=null)
        self.drop(f"{name}_type").was.string(null=null)

    def drop_index(self, index: Columns) -> PreviousConstraint:
        """Drop an index, by its name (a string) or by its columns (a list).

        ``.was.index(...)`` says what it was, as the other drops have it too.
        """
        return self._dropped(DropIndex.of(index))

    def rename_index(self, name: str, new_name: str) -> None:
        self.add(RenameIndex(name, new_name))

    def drop_unique(self, unique: Columns) -> PreviousConstraint:
        """Drop a unique constraint, by its name or by its columns."""
        return self._dropped(DropConstraint.of("unique", unique))

    def drop_foreign_key(self, key: Columns) -> PreviousConstraint:
        """Drop a foreign key, by its name or by its columns."""
        return self._dropped(DropConstraint.of("foreign key", key))

    def drop_check(self, check: Columns) -> PreviousConstraint:
        """Drop a check, by its name or by exactly its columns."""
        return self._dropped(DropConstraint.of("check", check))

    def drop_primary_key(self) -> PreviousConstraint:
        return self._dropped(DropConstraint("primary key", is_told=True))

    def drop_exclusion(self, name: str) -> PreviousConstraint:
        return self._dropped(DropConstraint.of("exclusion", name))

    def _dropped(self, change: DropIndex | DropConstraint) -> PreviousConstraint:
        said, place = self._said, self._said.add(change)

        def say(was: Change) -> None:
            said.require_open()
            said.changes[place] = change.with_was(was)

        called = f"table.drop_{_kind_of(change).replace(' ', '_')}()"
        return Previous(called, partial(ConstraintWas, loose=said.loose, say=say))


def _kind_of(change: DropIndex | DropConstraint) -> str:
    return "index" if isinstance(change, DropIndex) else change.kind
