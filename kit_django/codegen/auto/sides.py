"""The tables of both states, made by Django in an empty database each, and read there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import ProjectState
from django.db.models import CheckConstraint

from kit_django.codegen.auto.conditions import condition_of
from kit_django.codegen.inference.names import fields_of, table_key
from kit_django.codegen.verifying.creating import create_models
from kit_django.codegen.verifying.scratch import empty_database
from kit_django.exceptions import SyncError
from kit_django.schema import facts
from kit_django.schema.constructs import Value
from kit_django.schema.dialects import Dialect, dialect_of
from kit_django.schema.introspection import introspect

Model = type[Any]


@dataclass(frozen=True)
class Side:
    """``tables`` are those of the models, by label; link tables that Django makes are among them.

    ``columns`` are the names of each model's columns, by field, and ``fields`` the fields of each
    table's columns; ``conditions`` are those of checks, by their names; ``given`` the names of
    indexes and constraints that a model gives: Django has made up the others.
    """

    tables: Mapping[str, facts.Table]
    models: Mapping[str, Model]
    columns: Mapping[str, Mapping[str, str]]
    fields: Mapping[facts.Key, Mapping[str, Any]]
    conditions: Mapping[tuple[facts.Key, str], Value]
    given: frozenset[str]


def side_of(
    connection: BaseDatabaseWrapper,
    state: ProjectState,
    labels: Iterable[str],
    surroundings: tuple[str, ...],
    schemas: Iterable[str],
) -> Side:
    """Raises SyncError where the database refuses a model."""
    own = [state.apps.get_model(label) for label in sorted(labels)]
    models = {each._meta.label: each for each in _with_links(own)}
    database = _made(connection, _with_targets(own), surroundings, tuple(schemas))
    dialect = dialect_of(connection)
    found = {label: _table_of(each, database, dialect) for label, each in models.items()}
    tables = {label: table for label, table in found.items() if table is not None}
    fields = {label: fields_of(each, dialect) for label, each in models.items()}
    columns = {label: {f.name: c for c, f in each.items()} for label, each in fields.items()}
    return Side(
        tables,
        models,
        columns,
        {tables[label].key: each for label, each in fields.items() if label in tables},
        {
            (table.key, str(each.name)): condition_of(each.condition, columns[label])
            for label, table in tables.items()
            for each in models[label]._meta.constraints
            if isinstance(each, CheckConstraint)
        },
        frozenset(name for each in models.values() for name in _given(each)),
    )


def _made(
    connection: BaseDatabaseWrapper,
    models: Iterable[Model],
    surroundings: tuple[str, ...],
    schemas: tuple[str, ...],
) -> facts.Database:
    with empty_database(connection, "to see what the models make"):
        errors = create_models(connection, models, surroundings)
        database = introspect(connection, schemas=schemas)
    if errors:
        raise SyncError(
            f"The database does not take the models as they are: {'; '.join(errors)}. Mend them; "
            "nothing was written."
        )
    dialect = dialect_of(connection)
    return replace(database, tables=tuple(_plain(each, dialect) for each in database))


def _table_of(model: Model, database: facts.Database, dialect: Dialect) -> facts.Table | None:
    schema, name = table_key(model._meta.db_table, dialect)
    return database.find(name, schema)


def _with_links(own: Iterable[Model]) -> Iterable[Model]:
    for model in own:
        yield model
        fields: Any = model._meta.local_many_to_many
        for each in fields:
            if each.remote_field.through._meta.auto_created:
                yield each.remote_field.through


def _with_targets(own: Iterable[Model]) -> list[Model]:
    """The models, and all that their keys lead to on any way."""
    found = list(dict.fromkeys(own))
    for model in found:  # which grows on the way
        for each in (model, *_with_links([model])):
            found += [target for target in dict.fromkeys(_targets(each)) if target not in found]
    return found


def _targets(model: Model) -> Iterator[Model]:
    fields: Any = model._meta.local_fields
    for target in (each.related_model for each in fields if each.remote_field):
        concrete = target._meta.concrete_model if target else None
        if concrete is not None and not concrete._meta.auto_created:
            yield concrete


def _given(model: Model) -> Iterable[str]:
    yield from (str(each.name) for each in model._meta.indexes)
    yield from (str(each.name) for each in model._meta.constraints)


def _plain(table: facts.Table, dialect: Dialect) -> facts.Table:
    """Without the second index that Django makes of a text for LIKE, which no migration of kit's has;
    and with actions by one name each."""
    kept = tuple(each for each in table.indexes if not _is_for_like(each))
    keys = tuple(
        replace(
            key,
            on_delete=dialect.plain_action(key.on_delete),
            on_update=dialect.plain_action(key.on_update),
        )
        for key in table.foreign_keys
    )
    return replace(table, indexes=kept, foreign_keys=keys)


def _is_for_like(index: facts.Index) -> bool:
    classes = {part.opclass for part in index.parts}
    is_djangos = index.name.endswith("_like") and len(index.parts) == 1
    return is_djangos and classes <= {"varchar_pattern_ops", "text_pattern_ops"}
