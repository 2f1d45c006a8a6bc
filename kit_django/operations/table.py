"""TableBuilder: what ``with schema.create_table(...) as table`` hands out.

A builder only collects. Each method adds changes to its list; the operation is made of them when
the ``with`` block ends.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Unpack

from kit_django.operations import types
from kit_django.operations.base import Change, Operation
from kit_django.operations.column_change import ColumnChange, PreviousColumn, dropped_column
from kit_django.operations.columns import AddColumn, RenameColumn
from kit_django.operations.constraints import AddConstraint, ConstraintKind, DropConstraint
from kit_django.operations.definitions import (
    CheckDefinition,
    Condition,
    DeferrableChoice,
    ExclusionDefinition,
    ForeignKeyDefinition,
    PrimaryKeyDefinition,
    UniqueDefinition,
    action,
)
from kit_django.operations.extras import (
    Columns,
    column_extras,
    dropped_index,
    index_definition,
    names,
)
from kit_django.operations.indexes import AddIndex, RenameIndex
from kit_django.operations.lowering import ColumnSpec, Modifiers
from kit_django.operations.objects import CreateEnum, ExtendEnum

if TYPE_CHECKING:
    from kit_django.schema import facts

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


class ColumnMethods:
    """Everything that adds to a table; ``create_table`` and ``alter_table`` share it."""

    def __init__(self, table: str) -> None:
        self.table_name = table
        self.changes: list[Change] = []
        self.enums: list[Operation] = []

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

    def index(
        self,
        columns: str | Sequence[Any],
        *,
        name: str | None = None,
        unique: bool = False,
        where: Condition | None = None,
        include: Columns = (),
        method: str = "",
        opclasses: Columns = (),
        lengths: dict[str, int] | None = None,
        nulls_distinct: bool = True,
        options: str = "",
        comment: str = "",
        concurrently: bool = False,
    ) -> None:
        """An index on columns (``"-name"`` descends) or Django expressions."""
        definition = index_definition(
            columns,
            name=name,
            unique=unique,
            where=where,
            include=include,
            method=method,
            opclasses=opclasses,
            lengths=lengths,
            nulls_distinct=nulls_distinct,
            options=options,
            comment=comment,
        )
        self.changes.append(AddIndex(definition, concurrently))

    def full_text(self, columns: Columns, *, name: str | None = None) -> None:
        """MariaDB's and MySQL's full-text index."""
        self.index(columns, name=name, method="fulltext")

    def unique(
        self,
        columns: Columns,
        *,
        name: str | None = None,
        where: Condition | None = None,
        deferrable: facts.Deferrable | None = None,
        nulls_distinct: bool = True,
        include: Columns = (),
    ) -> None:
        """A unique constraint; with ``where`` a partial unique index, as only that can be partial."""
        if where is not None:
            self.index(
                columns,
                name=name,
                unique=True,
                where=where,
                include=include,
                nulls_distinct=nulls_distinct,
            )
            return
        definition = UniqueDefinition(
            names(columns), name, deferrable, nulls_distinct, names(include)
        )
        self.changes.append(AddConstraint(definition))

    def primary_key(self, columns: Columns, *, name: str | None = None) -> None:
        """The primary key, of one column or several."""
        self.changes.append(AddConstraint(PrimaryKeyDefinition(names(columns), name)))

    def check(self, condition: Condition, *, name: str | None = None) -> None:
        """A check: SQL, a ``Q`` or a Django expression."""
        self.changes.append(AddConstraint(CheckDefinition(condition, name)))

    def foreign_key(
        self,
        columns: Columns,
        *,
        references: str,
        to: Columns = (),
        on_delete: str = "no action",
        on_update: str = "no action",
        deferrable: DeferrableChoice = "default",
        name: str | None = None,
    ) -> None:
        """A foreign key over columns that are there; ``to`` defaults to the other primary key.

        ``on_delete`` and ``on_update`` are the database's own actions: cascade, set null,
        set default, restrict, no action.
        """
        definition = ForeignKeyDefinition(
            names(columns),
            references,
            names(to),
            action(on_delete),
            action(on_update),
            deferrable,
            name,
        )
        self.changes.append(AddConstraint(definition))

    def exclude(
        self,
        elements: Sequence[tuple[Condition, str]],
        *,
        name: str,
        method: str = "gist",
        where: Condition | None = None,
        deferrable: facts.Deferrable | None = None,
        include: Columns = (),
    ) -> None:
        """PostgreSQL's exclusion constraint: pairs of a column and an operator."""
        definition = ExclusionDefinition(
            tuple(elements), name, method, where, deferrable, names(include)
        )
        self.changes.append(AddConstraint(definition))


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
        for name in ("created_at", "updated_at"):
            self.drop(name).was.become(types.timestamps_column())

    def drop_soft_deletes(self, name: str = "deleted_at") -> None:
        self.drop(name).was.timestamp(null=True)

    def drop_index(self, index: str | Sequence[str]) -> None:
        """Drop an index, by its name (a string) or by its columns (a list)."""
        self.changes.append(dropped_index(index))

    def rename_index(self, name: str, new_name: str) -> None:
        self.changes.append(RenameIndex(name, new_name))

    def drop_unique(self, unique: str | Sequence[str]) -> None:
        """Drop a unique constraint, by its name or by its columns."""
        self._drop_constraint("unique", unique)

    def drop_foreign_key(self, key: str | Sequence[str]) -> None:
        """Drop a foreign key, by its name or by its columns."""
        self._drop_constraint("foreign key", key)

    def drop_check(self, name: str) -> None:
        self._drop_constraint("check", name)

    def drop_primary_key(self) -> None:
        self.changes.append(DropConstraint("primary key"))

    def drop_exclusion(self, name: str) -> None:
        self._drop_constraint("exclusion", name)

    def _drop_constraint(self, kind: ConstraintKind, given: str | Sequence[str]) -> None:
        name = given if isinstance(given, str) else None
        columns = () if isinstance(given, str) else tuple(given)
        self.changes.append(DropConstraint(kind, name, columns))
