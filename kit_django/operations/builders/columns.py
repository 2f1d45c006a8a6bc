"""Columns that are added, ``table.string("name")``, and changed, ``table.change("name").string()``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from kit_django.operations.builders.block import Said
from kit_django.operations.builders.strict import Strict
from kit_django.operations.builders.was import ColumnTypes, ColumnWas, Previous, says_nothing
from kit_django.operations.changes.base import Change
from kit_django.operations.changes.columns import AddColumn, ChangeColumn, DropColumn
from kit_django.operations.changes.constraints import AddConstraint, DropConstraint
from kit_django.operations.changes.indexes import AddIndex, DropIndex
from kit_django.operations.definitions.column import ColumnSpec
from kit_django.operations.definitions.constraint import (
    CheckDefinition,
    PrimaryKeyDefinition,
    UniqueDefinition,
)
from kit_django.operations.definitions.index import IndexDefinition

PreviousColumn = Previous[ColumnWas]


class AddedColumn(Strict):
    """A new column, of which all has been said: what Laravel chains is a keyword here."""

    def __init__(self, name: str) -> None:
        self.called = f"The column {name!r}"


class ColumnChange(ColumnTypes[PreviousColumn]):
    """``table.change("name")``: what the column is to become."""

    def __init__(self, said: Said, name: str) -> None:
        self.called = f'table.change("{name}")'
        self._said = said
        self._name = name
        said.require_open()
        said.loose.begin(self, says_nothing(self.called))

    def _take(self, spec: ColumnSpec) -> PreviousColumn:
        said, name = self._said, self._name
        changes = _changes(name, spec)
        start = said.add(*changes)
        said.loose.tie(self)

        def say(was: ColumnSpec) -> None:
            said.require_open()
            said.changes[start : start + len(changes)] = _changes(name, spec, was)

        return Previous(self.called, partial(ColumnWas, loose=said.loose, say=say))


def dropped_column(said: Said, name: str) -> PreviousColumn:
    """Have the column dropped; what it was can be said of the result."""
    place = said.add(DropColumn(name))

    def say(was: ColumnSpec) -> None:
        said.require_open()
        added = (AddColumn(name, was), *column_extras(name, was))
        said.changes[place] = DropColumn(name, added, is_told=True)

    return Previous(f'table.drop("{name}")', partial(ColumnWas, loose=said.loose, say=say))


def _changes(name: str, spec: ColumnSpec, was: ColumnSpec | None = None) -> list[Change]:
    own: list[Change] = (
        [ChangeColumn(name, spec, was, is_told=True)] if spec.is_of_the_column else []
    )
    return [*own, *_changed_extras(name, spec, was)]


def column_extras(name: str, spec: ColumnSpec) -> list[Change]:
    """The constraints and indexes that a column's modifiers ask for.

    The foreign key comes behind the index, without which MariaDB would make one of its own.
    """
    modifiers = spec.modifiers
    extras: list[Change] = []
    if modifiers.get("primary_key"):
        extras.append(AddConstraint(PrimaryKeyDefinition((name,))))
    if modifiers.get("unique"):
        extras.append(AddConstraint(_unique(name, spec)))
    if modifiers.get("index"):
        extras.append(AddIndex(_index(name, spec)))
    if spec.reference is not None:
        extras.append(AddConstraint(replace(spec.reference, columns=(name,))))
    if "check" in modifiers:
        extras.append(AddConstraint(CheckDefinition(modifiers["check"], columns=(name,))))
    return extras


def _changed_extras(name: str, spec: ColumnSpec, was: ColumnSpec | None = None) -> list[Change]:
    """As ``column_extras``, and False takes away what is there: what ``was`` says of it."""
    extras = column_extras(name, spec)
    if spec.modifiers.get("unique") is False:
        unique = _unique(name, was or spec)
        extras.append(
            DropConstraint("unique", unique.name, (name,), was=AddConstraint(unique), is_told=True)
        )
    if spec.modifiers.get("index") is False:
        index = _index(name, was or spec)
        extras.append(DropIndex(index.name, (name,), was=AddIndex(index)))
    return extras


def _unique(name: str, spec: ColumnSpec) -> UniqueDefinition:
    return UniqueDefinition((name,), _name_in(spec.modifiers.get("unique")))


def _index(name: str, spec: ColumnSpec) -> IndexDefinition:
    return IndexDefinition((name,), _name_in(spec.modifiers.get("index")))


def _name_in(modifier: bool | str | None) -> str | None:
    return modifier if isinstance(modifier, str) else None
