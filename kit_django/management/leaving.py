"""``migrate_baseline --from-django``: apps leave Django's migrations, and kit's stand in for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from glob import escape
from pathlib import Path

from django.apps import AppConfig, apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from kit_django.codegen.adopting.adoption import Adoption, adopt
from kit_django.codegen.adopting.others import made_by_others
from kit_django.codegen.source.rendering import Style
from kit_django.conf import get_settings
from kit_django.exceptions import MigrationFileError, UsageError
from kit_django.meant import did_you_mean
from kit_django.runner.files import display_path
from kit_django.runner.ownership import django_files, has_django_migrations

RETIRED = "retired"
"""The folder beside the migrations that they are moved to: Django looks into no folder there."""


def leavers(labels: Sequence[str], connection: BaseDatabaseWrapper) -> list[AppConfig]:
    """The apps, once it is sure that they can leave. Raises UsageError."""
    configs = [_leaver(label) for label in dict.fromkeys(labels)]
    executor = MigrationExecutor(connection)
    targets = [key for key in executor.loader.graph.leaf_nodes() if key[0] in labels]
    if pending := [each for each, _ in executor.migration_plan(targets)]:
        raise UsageError(
            f"Django's migration {pending[0]} has not been applied here: the database is not yet what "
            f"the apps' models say. Run migrate first."
        )
    for (label, name), migration in sorted(executor.loader.disk_migrations.items()):
        for needed in (*migration.dependencies, *migration.run_before):
            if label not in labels and needed[0] in labels and needed[1] != "__first__":
                raise UsageError(
                    f"Django's migration {label}.{name} names {'.'.join(needed)}, which is to go. Let "
                    f'{label} leave too, or write ("{needed[0]}", "__first__") there.'
                )
    return configs


def _leaver(label: str) -> AppConfig:
    config = apps.app_configs.get(label)
    if config is None:
        hint = did_you_mean(label, apps.app_configs)
        raise UsageError(f"No installed app has the label {label!r}.{hint}")
    if label not in get_settings().models:
        raise UsageError(
            f'Say first which tables of {label} are kit\'s: settings.KIT["MODELS"] has to name it.'
        )
    if not has_django_migrations(config) or not django_files(config):
        raise UsageError(f"{label} has no Django migrations that it could leave.")
    return config


def adoption_of(
    configs: Sequence[AppConfig], name: str, folder: Path, connection: BaseDatabaseWrapper
) -> Adoption:
    """What makes the tables of the apps' models, as the database has them."""
    tables = sorted(set(_tables(configs)))
    others = made_by_others(connection) - {(None, each) for each in tables}
    labels = [config.label for config in configs]
    patterns = [escape(each) for each in tables]
    style = Style.of(folder)
    return adopt(connection, name, style, others=others, patterns=patterns, retires=labels)


def _tables(configs: Sequence[AppConfig]) -> Iterator[str]:
    for config in configs:
        for model in config.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                yield model._meta.db_table


def set_aside(config: AppConfig) -> None:
    """Move the app's Django migrations where Django does not look. Raises MigrationFileError."""
    for path in django_files(config):
        try:
            (path.parent / RETIRED).mkdir(exist_ok=True)
            path.rename(path.parent / RETIRED / path.name)
        except OSError as error:
            raise MigrationFileError(
                f"{display_path(path)} cannot be moved into a folder {RETIRED!r} beside it: "
                f"{error.strerror}. Move the migrations of {config.label} out of there by hand, and run "
                f"migrate_baseline."
            ) from error
