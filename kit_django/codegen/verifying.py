"""The round trip: the models of a database's facts, made in an empty one, and what got lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.apps.registry import Apps
from django.db import DatabaseError, models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.specs import Inference, ModelSpec
from kit_django.schema.constructs import build
from kit_django.schema.facts import Database
from kit_django.schema.quoting import quote_literal, quote_name, quote_qualified


def build_models(inference: Inference) -> list[type[models.Model]]:
    """The model classes, in an app registry of their own."""
    registry = Apps()
    return [_build_model(model, registry) for model in inference.models]


def _build_model(spec: ModelSpec, registry: Apps) -> type[models.Model]:
    meta = {name: build(value) for name, value in spec.meta}
    meta |= {"apps": registry, "app_label": spec.app_label, "managed": True}
    body: dict[str, Any] = {field.name: build(field.call) for field in spec.fields}
    body |= {"__module__": __name__, "Meta": type("Meta", (), meta)}
    return type(spec.name, (models.Model,), body)


def create_models(
    connection: BaseDatabaseWrapper,
    classes: Iterable[type[models.Model]],
    facts: Database,
    extensions: Iterable[str] = (),
) -> list[str]:
    """Make the tables of models in an empty database; the errors of those that it refused.

    What models cannot say and columns need (types, sequences, schemas, extensions) is made of
    ``facts`` first.
    """
    errors = []
    made = (f"CREATE EXTENSION IF NOT EXISTS {quote_name(connection, name)}" for name in extensions)
    for statement in (*made, *_surroundings(connection, facts)):
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute(statement)
    with _without_checks(connection):
        deferred = []
        for model in classes:
            try:
                with connection.schema_editor(atomic=False) as editor:
                    editor.create_model(model)
                    deferred += editor.deferred_sql
                    editor.deferred_sql = []
            except DatabaseError as error:
                errors.append(f"{model._meta.db_table}: {error}")
        for statement in deferred:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(str(statement))
            except DatabaseError as error:
                errors.append(f"{statement}: {error}")
    return errors


def extensions_of(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    """The extensions that a PostgreSQL database has beyond its own."""
    if connection.vendor != "postgresql":
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1")
        return tuple(name for (name,) in cursor.fetchall())


@contextmanager
def _without_checks(connection: BaseDatabaseWrapper) -> Iterator[None]:
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


def _surroundings(connection: BaseDatabaseWrapper, facts: Database) -> Iterator[str]:
    if connection.vendor != "postgresql":
        return
    for schema in sorted({table.schema for table in facts if table.schema}):
        yield f"CREATE SCHEMA {quote_name(connection, schema)}"
    for sequence in _sequences(facts):
        yield f"CREATE SEQUENCE {sequence}"
    for enum in facts.enums:
        labels = ", ".join(quote_literal(connection, label) for label in enum.labels)
        yield f"CREATE TYPE {quote_qualified(connection, enum.name, enum.schema)} AS ENUM ({labels})"
    for domain in facts.domains:
        checks = "".join(f" CHECK ({check.sql})" for check in domain.checks)
        null = "" if domain.null else " NOT NULL"
        name = quote_qualified(connection, domain.name, domain.schema)
        yield f"CREATE DOMAIN {name} AS {domain.type}{null}{checks}"


def _sequences(facts: Database) -> Iterator[str]:
    for sequence in facts.sequences:
        yield quote_qualified("postgresql", sequence.name, sequence.schema)
