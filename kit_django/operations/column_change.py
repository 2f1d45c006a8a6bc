"""``table.change("name")`` and ``table.drop("name").was``: columns that have their name already."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Unpack

from kit_django.operations import types
from kit_django.operations.columns import AddColumn, ChangeColumn, DropColumn
from kit_django.operations.extras import changed_extras, column_extras
from kit_django.operations.lowering import ColumnSpec, Modifiers
from kit_django.operations.objects import ExtendEnum

if TYPE_CHECKING:
    from kit_django.operations.table import AlterTableBuilder

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
        changes = self._builder.changes
        spec = self._builder.with_enum_type(self._name, spec, ExtendEnum)
        changes.append(ChangeColumn(self._name, spec))
        position = len(changes) - 1
        changes.extend(changed_extras(self._name, spec))
        return PreviousColumn(self._builder, self._name, position)


class PreviousColumn:
    """What a changed column was before; saying it makes the change reversible."""

    def __init__(self, builder: AlterTableBuilder, name: str, position: int) -> None:
        self._builder = builder
        self._name = name
        self._position = position

    @property
    def was(self) -> ColumnTypes:
        return _WasChanged(self._builder, self._name, self._position)


class DroppedColumn(PreviousColumn):
    """What a dropped column was; saying it makes the drop reversible."""

    @property
    def was(self) -> ColumnTypes:
        return _WasDropped(self._builder, self._name, self._position)


class _WasChanged(ColumnTypes):
    def __init__(self, builder: AlterTableBuilder, name: str, position: int) -> None:
        self._builder = builder
        self._name = name
        self._position = position

    def become(self, spec: ColumnSpec) -> PreviousColumn:
        change = self._builder.changes[self._position]
        assert isinstance(change, ChangeColumn)
        self._builder.changes[self._position] = ChangeColumn(self._name, change.spec, was=spec)
        return PreviousColumn(self._builder, self._name, self._position)


class _WasDropped(_WasChanged):
    def become(self, spec: ColumnSpec) -> PreviousColumn:
        was = (AddColumn(self._name, spec), *column_extras(self._name, spec))
        self._builder.changes[self._position] = DropColumn(self._name, was)
        return PreviousColumn(self._builder, self._name, self._position)
