"""Whose tables an app's are: those of Django's migrations, or those of kit's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

from django.apps import AppConfig, apps
from django.conf import settings

from kit_django.conf import get_settings
from kit_django.exceptions import ConfigurationError


def has_django_migrations(config: AppConfig) -> bool:
    """Whether Django's own migrations look after the app's tables, as Django sees it.

    They do not where ``MIGRATION_MODULES`` says None, nor in an app of ``KIT["MODELS"]`` whose
    package of migrations is empty, as ``startapp`` leaves it.
    """
    if config.label in settings.MIGRATION_MODULES:
        return settings.MIGRATION_MODULES[config.label] is not None
    if config.label in get_settings().models:
        return bool(django_migrations(config))
    return _folders(_package(config)) is not None


def brings_django_migrations(config: AppConfig) -> bool:
    """Whether the app has Django migrations, also where the settings switch them off."""
    return has_django_migrations(config) or bool(django_migrations(config))


def django_migrations(config: AppConfig) -> tuple[str, ...]:
    """The names of the migrations in the app's own package, as Django's loader finds them."""
    folders = _folders(_package(config)) or []
    found = (each.name for each in iter_modules(folders) if not each.ispkg)
    return tuple(sorted(name for name in found if name[0] not in "_~"))


def django_files(config: AppConfig) -> tuple[Path, ...]:
    """Where those are, as far as they are files of Python."""
    folders = _folders(_package(config)) or []
    found = (
        Path(folder) / f"{name}.py" for folder in folders for name in django_migrations(config)
    )
    return tuple(path for path in found if path.is_file())


def is_projects_own(config: AppConfig) -> bool:
    """Whether the app is part of the project itself, and not installed for it."""
    path = Path(config.path).resolve()
    if {"site-packages", "dist-packages"} & set(path.parts) or config.name == "kit_django":
        return False
    base = base_folder()
    return base is None or path.is_relative_to(base.resolve())


def base_folder() -> Path | None:
    """The folder of the project's own code, if its settings say which."""
    base = getattr(settings, "BASE_DIR", None)
    return Path(base) if base else None


def kits_apps() -> Iterator[AppConfig]:
    """The installed apps that ``KIT["MODELS"]`` names and Django's migrations do not look after."""
    for label in get_settings().models:
        config = apps.app_configs.get(label)
        if config is not None and not has_django_migrations(config):
            yield config


def tell_django() -> None:
    """Have Django see no migrations in kit's apps.

    Else it would take an app with an empty package for one of its own: ``makemigrations`` and
    ``migrate`` would want a migration of each model, and ``admin`` could not refer to a user model.
    """
    modules = settings.MIGRATION_MODULES
    with suppress(ConfigurationError):  # which check E001 says
        switched_off = {each.label: None for each in kits_apps() if each.label not in modules}
        if switched_off and isinstance(modules, Mapping):
            settings.MIGRATION_MODULES = {**modules, **switched_off}


def _package(config: AppConfig) -> str:
    if settings.MIGRATION_MODULES.get(config.label):
        return str(settings.MIGRATION_MODULES[config.label])
    return f"{config.name}.migrations"


def _folders(package: str) -> list[str] | None:
    """Where its modules are; None for a module, and for a folder without an ``__init__``."""
    with suppress(ModuleNotFoundError):
        spec = find_spec(package)
        if spec and spec.origin and spec.submodule_search_locations:
            return list(spec.submodule_search_locations)
    return None
