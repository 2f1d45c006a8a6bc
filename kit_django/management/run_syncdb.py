"""Which apps' tables ``migrate --run-syncdb``, and so every test runner, makes from models.py."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import AppConfig, apps
from django.db.migrations.loader import MigrationLoader
from django.utils.module_loading import module_has_submodule

from kit_django.conf import get_settings


def has_django_migrations(config: AppConfig) -> bool:
    """Whether the app brings Django migrations, also where settings switch them off."""
    module, is_named = MigrationLoader.migrations_module(config.label)
    if is_named and module is not None:
        return True
    return config.module is not None and module_has_submodule(config.module, "migrations")


def apps_to_sync(labels: Iterable[str]) -> tuple[set[str], set[str]]:
    """The apps whose tables are made at once, and those that wait for kit's migrations.

    An app that ``KIT["MODELS"]`` names is in neither: its tables come from migrations. Without that
    setting nobody knows whose tables come from where, so the apps that have no Django migrations
    wait, and get what is still missing then.
    """
    without = {label for label in labels if not has_django_migrations(apps.get_app_config(label))}
    owned = get_settings().models
    if owned:
        return {label for label in labels if label not in without & owned.keys()}, set()
    return set(labels) - without, without
