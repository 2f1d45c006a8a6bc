"""Columns that are added, ``table.string("name")``, and changed, ``table.change("name").string()``."""

from __future__ import annotations

from kit_django.operations.builders.block import Said
from kit_django.operations.builders.extras import changed_extras, column_extras
from kit_django.operations.builders.strict import Strict
from kit_django.operations.builders.was import ColumnTypes, PreviousColumn, says_nothing
from kit_django.operations.changes.base import Change
from kit_django.operations.changes.columns import AddColumn, ChangeColumn, DropColumn
from kit_django.operations.definitions.column import ColumnSpec


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

        return PreviousColumn(self.called, said.loose, say)


def dropped_column(said: Said, name: str) -> PreviousColumn:
    """Have the column dropped; what it was can be said of the result."""
    place = said.add(DropColumn(name))

    def say(was: ColumnSpec) -> None:
        said.require_open()
        added = (AddColumn(name, was), *column_extras(name, was))
        said.changes[place] = DropColumn(name, added)

    return PreviousColumn(f'table.drop("{name}")', said.loose, say)


def _changes(name: str, spec: ColumnSpec, was: ColumnSpec | None = None) -> list[Change]:
    own: list[Change] = [ChangeColumn(name, spec, was)] if spec.is_of_the_column else []
    return [*own, *changed_extras(name, spec, was)]
