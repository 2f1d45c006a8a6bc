"""System checks: what can be seen to be wrong without a database and without importing migrations."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from django.apps import AppConfig, apps
from django.core import checks
from django.core.management import get_commands

from kit_django.conf import get_settings
from kit_django.exceptions import ConfigurationError, MigrationFileError

TAG = "kit_django"


def register() -> None:
    for check in (check_settings, check_files, check_models, check_owners, check_command):
        checks.register(check, TAG)


def check_settings(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E001: settings.KIT cannot be used. E005: there is no telling where migrations are."""
    from kit_django.runner.files import migration_folders

    try:
        settings = get_settings()
    except ConfigurationError as error:
        hint = "See the settings page of the guide for the keys and their defaults."
        return [checks.Error(str(error), hint=hint, id="kit_django.E001")]
    has_folder = any(folder.path.is_dir() for folder in migration_folders())
    if settings.migrations_dir is not None or has_folder:
        return []
    return [
        checks.Error(
            "There is no telling where this project's migrations are.",
            hint='Set BASE_DIR, or KIT["MIGRATIONS_DIR"], in the settings.',
            id="kit_django.E005",
        )
    ]


def check_files(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E002: a name is there twice. E003: a file is not named like a migration."""
    from kit_django.runner.files import migration_folders, scan

    codes = {"duplicate": "kit_django.E002", "name": "kit_django.E003"}
    try:
        _files, problems = scan(migration_folders())
    except ConfigurationError:
        return []  # E001 says it
    except MigrationFileError as error:
        hint = "The user that runs the command must be able to list the folder."
        return [checks.Error(str(error), hint=hint, id="kit_django.E003")]
    return [checks.Error(each.message, hint=each.hint, id=codes[each.kind]) for each in problems]


def check_models(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E004: tables are to go to an app that is not installed."""
    try:
        labels: Iterable[str] = get_settings().models
    except ConfigurationError:
        return []
    installed = {config.label for config in apps.get_app_configs()}
    return [
        checks.Error(
            f'settings.KIT["MODELS"] names {label!r}, which is not an installed app.',
            hint=f"Use an app's label: {', '.join(sorted(installed))}.",
            id="kit_django.E004",
        )
        for label in labels
        if label not in installed
    ]


def check_owners(**_kwargs: Any) -> list[checks.CheckMessage]:
    """W002: tables of an app are said to be kit's, and Django's migrations make them too."""
    from kit_django.runner.ownership import django_migrations, has_django_migrations

    try:
        owned = get_settings().models.items()
    except ConfigurationError:
        return []
    configs = [(apps.app_configs.get(label), patterns) for label, patterns in owned]
    return [
        checks.Warning(
            f'settings.KIT["MODELS"] gives the table {tables[0]} to kit, and Django\'s migrations look '
            f"after it: those of {config.name} ({', '.join(django_migrations(config)[:3])}).",
            hint="If makemigrations made them by mistake, delete their files. If Django is to go on "
            "making that table, give kit other ones only, as in "
            f'{{"{config.label}": ["legacy_*"]}}. To leave them, see migrate_baseline --from-django.',
            id="kit_django.W002",
        )
        for config, patterns in configs
        if config is not None
        and has_django_migrations(config)
        and (tables := _managed_tables(config, patterns))
    ]


def _managed_tables(config: AppConfig, patterns: Iterable[str]) -> list[str]:
    managed = (model._meta.db_table for model in config.get_models() if model._meta.managed)
    return sorted(name for name in managed if any(fnmatchcase(name, each) for each in patterns))


def check_command(**_kwargs: Any) -> list[checks.CheckMessage]:
    """W001: another app's migrate hides the one that runs kit's migrations."""
    name = get_commands()["migrate"]
    if name == "kit_django":
        return []
    return [
        checks.Warning(
            f"manage.py migrate is that of {name}, which does not run kit's migrations.",
            hint=f'List "kit_django" before {name!r} in INSTALLED_APPS.',
            id="kit_django.W001",
        )
    ]
