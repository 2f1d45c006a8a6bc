"""Columns that have another name now: their fields keep their names and all their keywords."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.inference.names import plain_name
from kit_django.codegen.project.context import Claim, KnownModel
from kit_django.schema.facts import Column, Table
from kit_django.schema.sql_types import same_type

Place = tuple[str | None, str | None]


def follow_renames(claims: Iterable[Claim], connection: BaseDatabaseWrapper) -> Iterator[Claim]:
    """The claims with the columns' new names in place of the old in their known models."""
    for claim in claims:
        if claim.known is None:
            yield claim
            continue
        model = apps.get_model(claim.known.label)
        renamed = renamed_columns(model, claim.table, connection)
        yield replace(claim, known=_with_columns(claim.known, renamed)) if renamed else claim


def _with_columns(model: KnownModel, renamed: Mapping[str, str]) -> KnownModel:
    return replace(
        model,
        fields={renamed.get(column, column): name for column, name in model.fields.items()},
        key=tuple(renamed.get(column, column) for column in model.key),
        unique=frozenset(renamed.get(column, column) for column in model.unique),
        relations=frozenset(renamed.get(column, column) for column in model.relations),
    )


def renamed_columns(
    model: type[models.Model], table: Table, connection: BaseDatabaseWrapper
) -> dict[str, str]:
    """Old names to new ones, where there is one way alone to tell which became which.

    Columns keep their places, and new ones come last: between two columns that are still there,
    the new ones have in the same order the type and the null of some that are gone. Behind all
    others the rest of them may have been added.
    """
    fields = {
        plain_name(field.column, connection.vendor): field
        for field in model._meta.local_concrete_fields
        if field.column
    }
    there = fields.keys() & set(table.column_names)
    new_columns = _between(table.column_names, there)
    renamed: dict[str, str] = {}
    for place, gone in _between(fields, there).items():
        new = new_columns.get(place, [])
        alike = {
            (old, each)
            for old in gone
            for each in new
            if _is_alike(fields[old], table.column(each), connection)
        }
        renamed |= _aligned(gone, new, alike, may_add=place[1] is None)
    return renamed


def _aligned(
    gone: list[str], new: list[str], alike: Container[tuple[str, str]], *, may_add: bool
) -> dict[str, str]:
    """The one way to take the new columns, or the most of the first of them, for gone ones."""
    for count in range(len(new), 0 if may_add else len(new) - 1, -1):
        ways = islice(_ways(gone, new[:count], alike), 2)
        if found := list(ways):
            return found[0] if len(found) == 1 else {}
    return {}


def _ways(
    gone: list[str], new: list[str], alike: Container[tuple[str, str]]
) -> Iterator[dict[str, str]]:
    """Each way to find all the new columns among the gone ones, in their order."""
    if not new:
        yield {}
        return
    for number, old in enumerate(gone):
        if (old, new[0]) in alike:
            for rest in _ways(gone[number + 1 :], new[1:], alike):
                yield {old: new[0], **rest}


def _between(names: Iterable[str], there: Container[str]) -> dict[Place, list[str]]:
    """The names that are not there any more, or not yet, by the two around them that are."""
    found: dict[Place, list[str]] = {}
    before: str | None = None
    others: list[str] = []
    for name in [*names, None]:
        if name is None or name in there:
            if others:
                found[before, name] = others
            before, others = name, []
        else:
            others.append(name)
    return found


def _is_alike(field: Any, column: Column, connection: BaseDatabaseWrapper) -> bool:
    made = field.db_type(connection)
    if made is None or field.null != column.null or field.auto_created:
        return False
    return same_type(connection, made.removesuffix(" AUTO_INCREMENT"), column.type)
