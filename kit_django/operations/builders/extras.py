"""What the arguments of the builders stand for: lists of columns, and the changes behind modifiers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kit_django.operations.changes.base import Change
from kit_django.operations.changes.constraints import AddConstraint, DropConstraint
from kit_django.operations.changes.indexes import AddIndex, DropIndex
from kit_django.operations.definitions.column import ColumnSpec
from kit_django.operations.definitions.constraint import (
    CheckDefinition,
    PrimaryKeyDefinition,
    UniqueDefinition,
)
from kit_django.operations.definitions.index import IndexDefinition, IndexOptions
from kit_django.operations.definitions.kinds import Columns, Parts
from kit_django.schema import facts


def names(columns: Columns) -> tuple[str, ...]:
    """``"email"`` and ``["email"]`` -> ``("email",)``."""
    return (columns,) if isinstance(columns, str) else tuple(columns)


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


def changed_extras(name: str, spec: ColumnSpec, was: ColumnSpec | None = None) -> list[Change]:
    """As ``column_extras``, and False takes away what is there: what ``was`` says of it."""
    extras = column_extras(name, spec)
    if spec.modifiers.get("unique") is False:
        unique = _unique(name, was or spec)
        extras.append(DropConstraint("unique", unique.name, (name,), was=AddConstraint(unique)))
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


def added_index(columns: Parts, options: IndexOptions) -> AddIndex:
    """One column or expression, or a list of them, and what is said of the index."""
    parts = tuple(columns) if isinstance(columns, list | tuple) else (columns,)
    said: dict[str, Any] = {
        **options,
        "include": names(options.get("include", ())),
        "opclasses": names(options.get("opclasses", ())),
        "lengths": options.get("lengths") or {},
    }
    concurrently = said.pop("concurrently", False)
    return AddIndex(IndexDefinition(parts, **said), concurrently)


def dropped_index(index: Columns, concurrently: bool = False) -> DropIndex:
    """A string is an index's name, a list its columns."""
    if isinstance(index, str):
        return DropIndex(index, concurrently=concurrently)
    return DropIndex(columns=tuple(index), concurrently=concurrently)


def dropped_constraint(kind: facts.ConstraintKind, given: Columns) -> DropConstraint:
    """A string is a constraint's name, a list its columns."""
    if isinstance(given, str):
        return DropConstraint(kind, given)
    return DropConstraint(kind, columns=tuple(given))
