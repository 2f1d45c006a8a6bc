"""A model's indexes, constraints and table comment against those of its table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.edits import (
    AddEntry,
    ChangeEntry,
    Difference,
    Edit,
    RemoveEntry,
    SetOption,
)
from kit_django.codegen.specs import ModelSpec
from kit_django.schema.constructs import Call, build
from kit_django.schema.facts import Table

NOUNS = {"indexes": "index", "constraints": "constraint"}


def meta_differences(
    model: type[models.Model],
    spec: ModelSpec,
    table: Table,
    connection: BaseDatabaseWrapper,
) -> Iterator[Difference]:
    """Entries are told apart by their names; one that only has another name is renamed."""
    wanted = dict(spec.meta)
    label = (".".join(filter(None, table.key)), model._meta.label)
    names = _names(table)
    for option in NOUNS:
        entries: Any = wanted.get(option) or []
        for about, message, edit in _entries(option, model, list(entries), names, connection):
            yield Difference(*label, about, message, edit)
    if connection.features.supports_comments:
        comment = wanted.get("db_table_comment")
        if (model._meta.db_table_comment or None) != comment:
            edit = SetOption("db_table_comment", comment)
            yield Difference(*label, "Meta", "the table's comment is another", edit)


def _names(table: Table) -> frozenset[str]:
    """The names that the database has given, or was given; the others were made up for Django."""
    named: tuple[Any, ...] = (
        *table.indexes,
        *table.uniques,
        *table.checks,
        *table.exclusions,
        *table.foreign_keys,
    )
    return frozenset(each.name for each in named if each.name)


def _entries(
    option: str,
    model: type[models.Model],
    wanted: list[Call],
    names: frozenset[str],
    connection: BaseDatabaseWrapper,
) -> Iterator[tuple[str, str, Edit]]:
    noun = NOUNS[option]
    there = {
        entry.name: entry for entry in getattr(model._meta, option) if _is_for(entry, connection)
    }
    missing = {str(call.get("name")): call for call in wanted}
    for name, call in list(missing.items()):
        if name in there:
            entry = there.pop(name)
            del missing[name]
            if not _is_same(entry, build(call), model, connection):
                yield name, f"the {noun} is another", ChangeEntry(option, name, call)
    for name, call in missing.items():
        twin = _twin(build(call), there, model, connection)
        if twin is not None:
            del there[twin]
            if name in names:
                yield twin, f"the {noun} is called {name} now", ChangeEntry(option, twin, call)
        elif not _is_said_by_fields(build(call), model):
            yield name, f"there is a new {noun}", AddEntry(option, call)
    for name in there:
        yield name, f"the {noun} is gone", RemoveEntry(option, name)


def _is_for(entry: Any, connection: BaseDatabaseWrapper) -> bool:
    """Whether the entry has a meaning on this database at all."""
    vendor = getattr(entry, "vendor", None)
    if vendor is None and type(entry).__module__.startswith("django.contrib.postgres"):
        vendor = "postgresql"
    if vendor is not None:
        return bool(vendor == connection.vendor)
    features = connection.features
    if getattr(entry, "condition", None) is not None and not isinstance(
        entry, models.CheckConstraint
    ):
        return features.supports_partial_indexes
    if getattr(entry, "expressions", ()):
        return features.supports_expression_indexes
    return True


def _twin(
    wanted: Any, there: dict[str, Any], model: type[models.Model], connection: BaseDatabaseWrapper
) -> str | None:
    """The name of an entry that differs in nothing but its name."""
    for name, entry in there.items():
        renamed = entry.clone()
        renamed.name = wanted.name
        if _is_same(renamed, wanted, model, connection):
            return name
    return None


def _is_same(
    one: Any, other: Any, model: type[models.Model], connection: BaseDatabaseWrapper
) -> bool:
    """Whether both make the same in the database, however they are written."""
    if one == other:
        return True
    return _sql(one, model, connection) == _sql(other, model, connection)


def _sql(entry: Any, model: type[models.Model], connection: BaseDatabaseWrapper) -> str:
    editor = connection.schema_editor(collect_sql=True)
    if isinstance(entry, models.Index):
        return str(entry.create_sql(model, editor))
    made = entry.constraint_sql(model, editor)
    return str(made or [str(statement) for statement in editor.deferred_sql])


def _is_said_by_fields(entry: Any, model: type[models.Model]) -> bool:
    """Whether a field's ``unique`` or ``db_index``, or ``unique_together``, says it already."""
    names = getattr(entry, "fields", None)
    if not names or getattr(entry, "condition", None) or getattr(entry, "include", None):
        return False
    opts = model._meta
    if isinstance(entry, models.UniqueConstraint):
        if tuple(names) in {tuple(each) for each in opts.unique_together}:
            return True
        return len(names) == 1 and bool(opts.get_field(names[0]).unique)  # type: ignore[union-attr]
    if type(entry) is not models.Index or len(names) != 1 or names[0].startswith("-"):
        return False
    return bool(getattr(opts.get_field(names[0]), "db_index", False))
