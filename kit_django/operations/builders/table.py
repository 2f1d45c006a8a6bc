"""TableBuilder: what ``with schema.create_table(...) as table`` hands out.

A builder only collects. Each method adds changes to its list; the operation is made of them when
the ``with`` block ends.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, Unpack

from kit_django.operations.base import Change, Operation
from kit_django.operations.builders.columns import ColumnChange, PreviousColumn, dropped_column
from kit_django.operations.builders.constraints import ConstraintMethods, PreviousConstraint
from kit_django.operations.builders.extras import column_extras, dropped_constraint, dropped_index
from kit_django.operations.changes.columns import AddColumn, RenameColumn
from kit_django.operations.changes.constraints import DropConstraint
from kit_django.operations.changes.indexes import DropIndex, RenameIndex
from kit_django.operations.definitions import column_types as types
from kit_django.operations.definitions.column import ColumnSpec, Modifiers
from kit_django.operations.objects import CreateEnum, ExtendEnum

Arguments = ParamSpec("Arguments")


def adding(
    make: Callable[Arguments, ColumnSpec],
) -> Callable[Concatenate[ColumnMethods, str, Arguments], None]:
    """A column method that takes the column's name before the arguments of its type."""

    @functools.wraps(make)
    def method(
        self: ColumnMethods, name: str, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> None:
        self.add_column(name, make(*args, **kwargs))

    return method


class ColumnMethods(ConstraintMethods):
    """Everything that adds to a table; ``create_table`` and ``alter_table`` share it."""

    def __init__(self, table: str) -> None:
        self.table_name = table
        self.changes: list[Change] = []
        self.enums: list[Operation] = []

    def add(self, change: Change) -> None:
        self.changes.append(change)

    def add_column(self, name: str, spec: ColumnSpec) -> None:
        """Add a column, and the constraints and indexes that its modifiers ask for."""
        spec = self.with_enum_type(name, spec, CreateEnum)
        self.changes.append(AddColumn(name, spec))
        self.changes.extend(column_extras(name, spec))

    def with_enum_type(
        self, name: str, spec: ColumnSpec, make: type[CreateEnum | ExtendEnum] | None = None
    ) -> ColumnSpec:
        """Name the type of an enum that has none after the column, and have it made before."""
        if spec.enum is None or spec.enum[0]:
            return spec
        type_name, labels = f"{self.table_name}_{name}", spec.enum[1]
        if make is not None:
            self.enums.append(make(type_name, labels))
        return ColumnSpec(enum=(type_name, labels), modifiers=spec.modifiers)

    string = adding(types.string)
    char = adding(types.char)
    text = adding(types.text)
    email = adding(types.email)
    url = adding(types.url)
    slug = adding(types.slug)
    small_integer = adding(types.small_integer)
    integer = adding(types.integer)
    big_integer = adding(types.big_integer)
    unsigned_small_integer = positive_small_integer = adding(types.unsigned_small_integer)
    unsigned_integer = positive_integer = adding(types.unsigned_integer)
    unsigned_big_integer = positive_big_integer = adding(types.unsigned_big_integer)
    boolean = adding(types.boolean)
    decimal = adding(types.decimal)
    float = adding(types.float_)
    date = adding(types.date)
    datetime = adding(types.datetime)
    time = adding(types.time)
    duration = adding(types.duration)
    timestamp = adding(types.timestamp)
    json = adding(types.json)
    uuid = adding(types.uuid)
    binary = adding(types.binary)
    ip_address = adding(types.ip_address)
    enum = adding(types.enum)
    foreign_id = adding(types.foreign_id)
    foreign_uuid = adding(types.foreign_uuid)
    generated = adding(types.generated)
    column = adding(types.column)

    def id(self, name: str = "id", **modifiers: Unpack[Modifiers]) -> None:
        """A numbered primary key: bigint identity / bigint auto_increment / integer autoincrement."""
        self.add_column(name, types.id_(**modifiers))

    big_id = id  # noqa: A003

    def uuid_id(self, name: str = "id", **modifiers: Unpack[Modifiers]) -> None:
        """A UUID as the primary key; the application makes its values."""
        self.add_column(name, types.uuid_id(**modifiers))

    def timestamps(self) -> None:
        """``created_at`` and ``updated_at``: points in time, not null, now unless told otherwise."""
        self.add_column("created_at", types.timestamps_column())
        self.add_column("updated_at", types.timestamps_column())

    def soft_deletes(self, name: str = "deleted_at") -> None:
        """A nullable point in time, as Laravel's."""
        self.add_column(name, types.timestamp(null=True))

    def remember_token(self, name: str = "remember_token") -> None:
        """Laravel's token for "remember me": a nullable varchar(100)."""
        self.add_column(name, types.remember_token())

    def morphs(self, name: str, *, null: bool = False) -> None:
        """``name_type`` and ``name_id``, with one index, as Laravel's polymorphic relations."""
        self.add_column(f"{name}_type", types.string(null=null))
        self.add_column(f"{name}_id", types.big_integer(null=null))
        self.index([f"{name}_type", f"{name}_id"])


class TableBuilder(ColumnMethods):
    """Collects what a new table consists of."""


class AlterTableBuilder(ColumnMethods):
    """Collects changes to a table that exists."""

    def change(self, name: str) -> ColumnChange:
        """A column to change: ``table.change("name").string(max_length=80)``.

        Only what is said changes; ``.set(null=True)`` changes modifiers alone.
        """
        return ColumnChange(self, name)

    def rename(self, name: str, new_name: str) -> None:
        self.changes.append(RenameColumn(name, new_name))

    def drop(self, name: str) -> PreviousColumn:
        """Drop a column. ``table.drop("legacy").was.string(null=True)`` makes it reversible."""
        return dropped_column(self, name)

    def drop_timestamps(self) -> None:
        for name in ("updated_at", "created_at"):  # so that they come back in their order
            self.drop(name).was.become(types.timestamps_column())

    def drop_soft_deletes(self, name: str = "deleted_at") -> None:
        self.drop(name).was.timestamp(null=True)

    def drop_index(self, index: str | Sequence[str]) -> PreviousConstraint:
        """Drop an index, by its name (a string) or by its columns (a list).

        ``.was.index(...)`` says what it was, as the other drops have it too.
        """
        return self._dropped(dropped_index(index))

    def rename_index(self, name: str, new_name: str) -> None:
        self.changes.append(RenameIndex(name, new_name))

    def drop_unique(self, unique: str | Sequence[str]) -> PreviousConstraint:
        """Drop a unique constraint, by its name or by its columns."""
        return self._dropped(dropped_constraint("unique", unique))

    def drop_foreign_key(self, key: str | Sequence[str]) -> PreviousConstraint:
        """Drop a foreign key, by its name or by its columns."""
        return self._dropped(dropped_constraint("foreign key", key))

    def drop_check(self, check: str | Sequence[str]) -> PreviousConstraint:
        """Drop a check, by its name or by exactly its columns."""
        return self._dropped(dropped_constraint("check", check))

    def drop_primary_key(self) -> PreviousConstraint:
        return self._dropped(DropConstraint("primary key"))

    def drop_exclusion(self, name: str) -> PreviousConstraint:
        return self._dropped(dropped_constraint("exclusion", name))

    def _dropped(self, change: DropIndex | DropConstraint) -> PreviousConstraint:
        place = len(self.changes)
        self.changes.append(change)

        def say(with_was: Change) -> None:
            self.changes[place] = with_was

        return PreviousConstraint(change, say)
