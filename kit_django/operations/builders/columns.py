"""``table.change("name")`` and ``table.drop("name").was``: columns that have their name already."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Unpack

from kit_django.operations.base import Change
from kit_django.operations.builders.extras import changed_extras, column_extras
from kit_django.operations.changes.columns import AddColumn, ChangeColumn, DropColumn
from kit_django.operations.definitions import column_types as types
from kit_django.operations.definitions.column import ColumnSpec, Modifiers
from kit_django.operations.objects import ExtendEnum

if TYPE_CHECKING:
    from kit_django.operations.builders.table import AlterTableBuilder

Arguments = ParamSpec("Arguments")


def changing(
    make: Callable[Arguments, ColumnSpec],
) -> Callable[Concatenate[ColumnTypes, Arguments], PreviousColumn]:
    """A column method of a column that has its name already."""

    @functools.wraps(make)
    def method(
        self: ColumnTypes, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> PreviousColumn:
        return self.become(make(*args, **kwargs))

    return method


class ColumnTypes:
    """The column methods of a column that has a name already."""

    def become(self, spec: ColumnSpec) -> PreviousColumn:
        raise NotImplementedError

    string = changing(types.string)
    char = changing(types.char)
    text = changing(types.text)
    email = changing(types.email)
    url = changing(types.url)
    slug = changing(types.slug)
    small_integer = changing(types.small_integer)
    integer = changing(types.integer)
    big_integer = changing(types.big_integer)
    unsigned_small_integer = positive_small_integer = changing(types.unsigned_small_integer)
    unsigned_integer = positive_integer = changing(types.unsigned_integer)
    unsigned_big_integer = positive_big_integer = changing(types.unsigned_big_integer)
    boolean = changing(types.boolean)
    decimal = changing(types.decimal)
    float = changing(types.float_)
    date = changing(types.date)
    datetime = changing(types.datetime)
    time = changing(types.time)
    duration = changing(types.duration)
    timestamp = changing(types.timestamp)
    json = changing(types.json)
    uuid = changing(types.uuid)
    binary = changing(types.binary)
    ip_address = changing(types.ip_address)
    enum = changing(types.enum)
    foreign_id = changing(types.foreign_id)
    foreign_uuid = changing(types.foreign_uuid)
    generated = changing(types.generated)
    column = changing(types.column)

    def set(self, **modifiers: Unpack[Modifiers]) -> PreviousColumn:
        """Modifiers alone; the type stays."""
        return self.become(ColumnSpec(modifiers=modifiers))


class ColumnChange(ColumnTypes):
    """``table.change("name")``: what the column is to become."""

    def __init__(self, builder: AlterTableBuilder, name: str) -> None:
        self._builder = builder
        self._name = name

    def become(self, spec: ColumnSpec) -> PreviousColumn:
        builder, name = self._builder, self._name
        spec = builder.with_enum_type(name, spec, ExtendEnum)
        changes = _changes(name, spec)
        start = len(builder.changes)
        builder.changes.extend(changes)

        def say(was: ColumnSpec) -> None:
            was = builder.with_enum_type(name, was)
            builder.changes[start : start + len(changes)] = _changes(name, spec, was)

        return PreviousColumn(say)


class PreviousColumn:
    """What a column was before; saying it makes its change, or its drop, reversible."""

    def __init__(self, say: Callable[[ColumnSpec], None]) -> None:
        self._say = say

    @property
    def was(self) -> ColumnTypes:
        return _Was(self._say)


class _Was(ColumnTypes):
    def __init__(self, say: Callable[[ColumnSpec], None]) -> None:
        self._say = say

    def become(self, spec: ColumnSpec) -> PreviousColumn:
        self._say(spec)
        return PreviousColumn(self._say)


def dropped_column(builder: AlterTableBuilder, name: str) -> PreviousColumn:
    """Have the column dropped; what it was can be said of the result."""
    place = len(builder.changes)
    builder.changes.append(DropColumn(name))

    def say(was: ColumnSpec) -> None:
        was = builder.with_enum_type(name, was)
        added = (AddColumn(name, was), *column_extras(name, was))
        builder.changes[place] = DropColumn(name, added)

    return PreviousColumn(say)


def _changes(name: str, spec: ColumnSpec, was: ColumnSpec | None = None) -> list[Change]:
    own: list[Change] = [ChangeColumn(name, spec, was)] if spec.is_of_the_column else []
    return [*own, *changed_extras(name, spec, was)]
