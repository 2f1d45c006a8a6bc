"""Columns that have another name now: their fields keep their names and all their keywords."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.following.places import Place, aligned, between
from kit_django.codegen.following.said import Said
from kit_django.codegen.following.table_renames import Ask, Renames
from kit_django.codegen.inference.context import Claim, KnownModel
from kit_django.codegen.inference.names import fields_of
from kit_django.codegen.specs import TableKey
from kit_django.schema.dialects import dialect_of
from kit_django.schema.dialects.types import SqlType
from kit_django.schema.facts import Column, Table, display_name

Undecided = Mapping[str, tuple[str, ...]]
"""Columns that are gone, each with those that it may be now."""


@dataclass(frozen=True, slots=True)
class ColumnRenames:
    """``renamed`` maps old names to new ones, of which there is no doubt."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    undecided: Undecided = field(default_factory=dict)


def follow_renames(
    claims: Iterable[Claim],
    tables: Renames,
    said: Said,
    connection: BaseDatabaseWrapper,
    ask: Ask | None,
    is_bare: Callable[[type[models.Model], str], bool],
) -> tuple[list[Claim], dict[TableKey, Undecided]]:
    """The claims with the columns' new names in place of the old in their known models, and what
    is not decided of each table. ``is_bare`` tells of a model's field that nothing would be lost."""
    followed, undecided = [], {}
    for claim in claims:
        if claim.known is None:
            followed.append(claim)
            continue
        model = apps.get_model(claim.known.label)
        old_key = tables.before(claim.table.key)
        names = _Columns(model, claim.table, connection, said.columns.get(old_key, {}), ask)
        found = names.renames(is_bare)
        known = _with_columns(claim.known, found.renamed)
        followed.append(replace(claim, known=known))
        if found.undecided:
            undecided[claim.table.key] = found.undecided
    return followed, undecided


def _with_columns(model: KnownModel, renamed: Mapping[str, str]) -> KnownModel:
    return replace(
        model,
        fields={renamed.get(column, column): name for column, name in model.fields.items()},
        key=tuple(renamed.get(column, column) for column in model.key),
        unique=frozenset(renamed.get(column, column) for column in model.unique),
        relations=frozenset(renamed.get(column, column) for column in model.relations),
    )


@dataclass(frozen=True)
class _Columns:
    """A model's columns and those of its table; ``said`` are renames that are known."""

    model: type[models.Model]
    table: Table
    connection: BaseDatabaseWrapper
    said: Mapping[str, str | None]
    ask: Ask | None

    @property
    def fields(self) -> dict[str, Any]:
        return fields_of(self.model, dialect_of(self.connection))

    def renames(self, is_bare: Callable[[type[models.Model], str], bool]) -> ColumnRenames:
        renamed = {
            old: new
            for old, new in self.said.items()
            if new is not None and old in self.fields and self.table.has_column(new)
        }
        renamed |= self._by_place(renamed)
        undecided = {}
        for old, new in self._candidates(renamed):
            if self.ask is None:
                if not is_bare(self.model, self.fields[old].name):
                    undecided[old] = new
            elif chosen := next((each for each in new if self._is_told(old, each, renamed)), None):
                renamed[old] = chosen
        return ColumnRenames(renamed, undecided)

    def _is_told(self, old: str, new: str, renamed: Mapping[str, str]) -> bool:
        assert self.ask is not None
        shown = display_name(self.table.key)
        return new not in renamed.values() and self.ask(
            f"Was {shown}.{old} renamed to {shown}.{new}?"
        )

    def _places(
        self, renamed: Mapping[str, str]
    ) -> tuple[dict[Place, list[str]], dict[Place, list[str]]]:
        """What is gone and what is new, between what is still there."""
        before = [renamed.get(old, old) for old in self.fields]
        there = set(before) & set(self.table.column_names)
        return between(before, there), between(self.table.column_names, there)

    def _by_place(self, renamed: Mapping[str, str]) -> dict[str, str]:
        """Old names to new ones, where there is one way alone to tell which became which.

        Columns keep their places, and new ones come last: between two columns that are still
        there, the new ones have in the same order the type and the null of some that are gone.
        Behind all others the rest of them may have been added.
        """
        gone, new = self._places(renamed)
        found: dict[str, str] = {}
        for place, names in gone.items():
            old = [name for name in names if name not in self.said]
            alike = {
                (one, other)
                for one in old
                for other in new.get(place, [])
                if _is_alike(self.fields[one], self.table.column(other), self.connection)
            }
            found |= aligned(old, new.get(place, []), alike, may_add=place[1] is None)
        return found

    def _candidates(self, renamed: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each column that is gone, with those of its place that it may be. Behind all others,
        where columns are added, only those of its type."""
        gone, new = self._places(renamed)
        for place, names in gone.items():
            for old in (name for name in names if name not in self.said):
                found = tuple(
                    each for each in new.get(place, []) if place[1] or self._may_be(old, each)
                )
                if found:
                    yield old, found

    def _may_be(self, old: str, new: str) -> bool:
        """Whether the two have a type of one name, whatever its length."""
        made = (self.fields[old].db_type(self.connection) or "").removesuffix(" AUTO_INCREMENT")
        types = dialect_of(self.connection).types
        one, other = map(SqlType.parse, (made, self.table.column(new).type))
        return types.reported(one).name == types.reported(other).name


def _is_alike(field: Any, column: Column, connection: BaseDatabaseWrapper) -> bool:
    made = field.db_type(connection)
    if made is None or field.null != column.null or field.auto_created:
        return False
    return dialect_of(connection).types.same(made.removesuffix(" AUTO_INCREMENT"), column.type)
