"""Which apps' tables ``migrate --run-syncdb``, and so every test runner, makes from models.py."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps

from kit_django.conf import get_settings
from kit_django.runner.files import brings_django_migrations


def apps_to_sync(labels: Iterable[str]) -> tuple[set[str], set[str]]:
    """Of apps without Django migrations: whose tables are made at once, and which wait for kit's
    migrations and then get what is still missing.

    An app that ``KIT["MODELS"]`` names is in neither: its tables come from migrations. Where its
    Django migrations are switched off, some of them came from these, so it waits. Without that
    setting nobody knows whose tables come from where, so all that never had Django migrations wait.
    """
    every, owned = set(labels), get_settings().models
    switched_off = {each for each in every if brings_django_migrations(apps.get_app_config(each))}
    if not owned:
        return switched_off, every - switched_off
    return every - owned.keys(), switched_off & owned.keys()
