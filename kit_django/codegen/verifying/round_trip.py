"""The round trip: the models of a database's facts, made in an empty one, and what got lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.inference import infer
from kit_django.codegen.inference.context import Claim, Context
from kit_django.codegen.inference.domains import with_domains
from kit_django.codegen.specs import Inference, ModelSpec
from kit_django.codegen.verifying.beside import MADE_BY_MODELS, beside_models, beside_tables
from kit_django.codegen.verifying.creating import create_models
from kit_django.codegen.verifying.losses import REFUSED, Comparison, Loss, compare
from kit_django.codegen.verifying.otherwise import otherwise
from kit_django.codegen.verifying.scratch import empty_database
from kit_django.codegen.verifying.surroundings import surroundings_of
from kit_django.schema.constructs import build
from kit_django.schema.dialects import dialect_of
from kit_django.schema.field_reader import FieldReader
from kit_django.schema.introspection import introspect


def verify(
    connection: BaseDatabaseWrapper, app_label: str, schemas: Iterable[str] = ()
) -> Comparison:
    """What of a connection's database its models keep, when they are made in an empty one.

    ``schemas`` are those of PostgreSQL beside the default one; on MySQL they would be databases
    of their own, and are left alone. The empty database is the one that Django's test runner would
    make beside it, and is dropped again. Raises SyncError where it cannot be made.
    """
    inside = tuple(schemas) if dialect_of(connection).has_schemas else ()
    before = with_domains(introspect(connection, schemas=inside))
    at_tables, beside = beside_tables(connection, before), beside_models(connection, before)
    reader = FieldReader.of(connection, before)
    claims = [Claim(table, app_label) for table in before if table.kind in MADE_BY_MODELS]
    inferred = infer(claims, Context(connection, reader))
    surroundings = surroundings_of(connection, before)
    with empty_database(connection, "to verify the models in"):
        errors = create_models(connection, build_models(inferred), surroundings)
        after = with_domains(introspect(connection, schemas=inside))
    compared = compare(before, after)
    refused = tuple(Loss(REFUSED, "", "", error) for error in errors)
    facts = Counter(compared.facts) + Counter(loss.kind for loss in at_tables)
    lost = (*refused, *compared.losses, *at_tables)
    return Comparison(facts, lost, beside, tuple(otherwise(before, after, lost)))


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
