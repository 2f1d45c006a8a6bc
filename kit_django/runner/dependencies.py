"""What kit's migrations and Django's need of each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from kit_django.exceptions import MigrationFileError
from kit_django.runner.files import display_path
from kit_django.runner.loading import LoadedMigration
from kit_django.runner.ownership import has_django_migrations

Key = tuple[str, str]


def are_declared(migrations: Iterable[LoadedMigration]) -> bool:
    """Whether any of them names a Django migration: if not, no loader has to be made."""
    return any(each.migration.dependencies or each.migration.run_before for each in migrations)


def split(
    migrations: Sequence[LoadedMigration],
) -> tuple[tuple[LoadedMigration, ...], tuple[LoadedMigration, ...]]:
    """Those that run before Django's migrations, and those that run after."""
    return (
        tuple(each for each in migrations if each.migration.run_before),
        tuple(each for each in migrations if not each.migration.run_before),
    )


def refuse_unknown(migrations: Iterable[LoadedMigration], loader: MigrationLoader) -> None:
    """Raises MigrationFileError for a Django migration that no app has."""
    for loaded in migrations:
        for key in (*loaded.migration.dependencies, *loaded.migration.run_before):
            if not _is_known(tuple(key), loader):
                raise MigrationFileError(
                    f"{display_path(loaded.file.path)} names the Django migration "
                    f"{'.'.join(key)}, which there is not. Correct its dependencies or run_before, "
                    f"or install the app. Nothing was run."
                )


def refuse_unapplied(migrations: Iterable[LoadedMigration], loader: MigrationLoader) -> None:
    """Raises MigrationFileError for a Django migration that has not run and will not."""
    for loaded in migrations:
        missing = unapplied([loaded], loader)
        if missing:
            raise MigrationFileError(
                f"{display_path(loaded.file.path)} depends on the Django migration "
                f"{'.'.join(missing[0])}, which has not been applied. Run migrate without an app "
                f"label. Nothing was run."
            )


def refuse_without_users(connection: BaseDatabaseWrapper) -> None:
    """Raises MigrationFileError where a pending migration of Django's refers to a user model whose table
    kit is to make and has not made yet: on some databases it would fail, and name the table alone."""
    model = apps.get_model(settings.AUTH_USER_MODEL) if _has_own_users() else None
    if model is None or model._meta.db_table in connection.introspection.table_names():
        return
    executor = MigrationExecutor(connection)
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        named = {getattr(each, "setting", None) for each in migration.dependencies}
        if settings.AUTH_USER_MODEL in named:
            app, name = migration.app_label, migration.name
            raise MigrationFileError(
                f"Django's migration {app}.{name} refers to the table {model._meta.db_table!r} of "
                f"settings.AUTH_USER_MODEL, which a migration of kit's is to make and none has made yet. "
                f'Write in that migration: run_before = [("{app}", "{name}")].'
            )


def _has_own_users() -> bool:
    """Whether the user model's table is kit's to make."""
    config = apps.app_configs.get(settings.AUTH_USER_MODEL.partition(".")[0])
    return config is not None and not has_django_migrations(config)


def unapplied(migrations: Iterable[LoadedMigration], loader: MigrationLoader) -> list[Key]:
    """The Django migrations that these depend on and that have not been applied yet."""
    keys = {tuple(key) for each in migrations for key in each.migration.dependencies}
    return sorted(
        (label, name)
        for label, name in keys
        if label not in loader.unmigrated_apps and not _is_applied((label, name), loader)
    )


def _is_known(key: tuple[str, ...], loader: MigrationLoader) -> bool:
    # An app whose migrations are switched off (MIGRATION_MODULES, or TEST["MIGRATE"]) has its
    # tables made from its models.
    return key[0] in loader.unmigrated_apps or key in loader.disk_migrations


def _is_applied(key: Key, loader: MigrationLoader) -> bool:
    applied = loader.applied_migrations or {}
    squashes = [name for name, each in loader.replacements.items() if key in each.replaces]
    return key in applied or any(name in applied for name in squashes)
