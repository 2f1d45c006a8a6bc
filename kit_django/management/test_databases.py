"""Databases of tests, as Django's runner and pytest-django have ``migrate`` make them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.core import serializers
from django.db import models, router
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.conf import get_settings
from kit_django.runner.databases import database_of
from kit_django.runner.databases.templates import Templates
from kit_django.runner.dumps.file import Dump
from kit_django.runner.history import History
from kit_django.runner.ownership import has_django_migrations


def templates(connection: BaseDatabaseWrapper, dump: Dump) -> Templates | None:
    """What keeps the databases that the dump makes, None where the database cannot copy one.

    The key tells all that goes into one: the dump, with the checksums of the files in it, and what
    Django and kit make of it.
    """
    suffix = getattr(connection.creation, "sql_table_creation_suffix", str)()
    origin, text = str(dump.path.resolve()), dump.path.read_bytes().decode()
    parts = (origin, text, History(connection).create_sql(), suffix)
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return database_of(connection).templates(key, origin)


# Rows that migrations have made


def keep_rows(connection: BaseDatabaseWrapper) -> None:
    """Have ``serialized_rollback`` bring back the rows of kit's apps too.

    Django serializes the apps that have migrations of its own, as rows of others come from nowhere
    to its knowledge.
    """
    creation: Any = connection.creation
    django = type(creation).serialize_db_to_string

    def serialize_db_to_string() -> str:
        kept = json.loads(django(creation))
        kept += json.loads(serializers.serialize("json", _rows(connection)))
        return json.dumps(kept)

    creation.serialize_db_to_string = serialize_db_to_string


def _rows(connection: BaseDatabaseWrapper) -> Iterator[models.Model]:
    there = set(connection.introspection.table_names())
    found = [model for config in _kits_apps() for model in config.get_models()]
    for model in _in_order(found):
        is_kept = model._meta.can_migrate(connection) and model._meta.db_table in there
        if is_kept and router.allow_migrate_model(connection.alias, model):
            rows = model._base_manager.using(connection.alias).order_by(model._meta.pk.name)
            yield from rows.iterator(chunk_size=2000)


def _kits_apps() -> Iterator[AppConfig]:
    """Those that ``KIT["MODELS"]`` names; without it, all whose tables Django's migrations do not make."""
    owned = get_settings().models
    for config in apps.get_app_configs():
        is_kits = config.label in owned or not owned
        if is_kits and config.models_module is not None and not has_django_migrations(config):
            yield config


def _in_order(found: list[type[models.Model]]) -> list[type[models.Model]]:
    """What keys lead to comes first, as not every key of a database can wait."""
    done: dict[type[models.Model], None] = {}
    entered: set[type[models.Model]] = set()

    def visit(model: type[models.Model]) -> None:
        if model in entered or model not in found:
            return
        entered.add(model)
        for field in model._meta.fields:
            if isinstance(field.related_model, type):
                visit(field.related_model)
        done[model] = None

    for model in found:
        visit(model)
    return list(done)
