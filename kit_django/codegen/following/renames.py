"""Columns that have another name now: their fields keep their names and all their keywords."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
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

    Between two columns that are still there, as many are new as are gone, and each new one has
    the place, the type and the null of a gone one.
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
        pairs = list(zip(gone, new_columns.get(place, []), strict=False))
        is_clear = len(pairs) == len(gone) == len(new_columns.get(place, []))
        if is_clear and all(
            _is_alike(fields[old], table.column(new), connection) for old, new in pairs
        ):
            renamed |= dict(pairs)
    return renamed


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
