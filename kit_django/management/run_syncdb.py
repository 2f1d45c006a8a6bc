"""Which apps' tables ``migrate --run-syncdb``, and so every test runner, makes from models.py."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps

from kit_django.conf import get_settings
from kit_django.runner.files import app_folder
from kit_django.runner.ownership import brings_django_migrations, is_projects_own


def apps_to_sync(labels: Iterable[str]) -> tuple[set[str], set[str]]:
    """Of apps without Django migrations: whose tables are made at once, so that kit's migrations find
    them, and which wait for these and then get what is still missing.

    An app that ``KIT["MODELS"]`` names is in neither: its tables come from migrations. Where its
    Django migrations are switched off, some of them came from these, so it waits. So does an app
    that has kit's migrations in its folder. Without that setting nobody knows whose tables come from
    where, so all of the project's own apps that never had Django migrations wait.
    """
    every, owned = set(labels), get_settings().models
    switched_off = {each for each in every if brings_django_migrations(apps.get_app_config(each))}
    if owned:
        waiting = {each for each in every - owned.keys() if app_folder(each).path.is_dir()}
        return every - owned.keys() - waiting, waiting | (switched_off & owned.keys())
    waiting = {each for each in every - switched_off if _may_be_kits(each)}
    return every - waiting, waiting


def _may_be_kits(label: str) -> bool:
    return is_projects_own(apps.get_app_config(label)) or app_folder(label).path.is_dir()
