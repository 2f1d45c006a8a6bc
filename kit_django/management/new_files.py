"""New migration files: where they go, and that nothing is written over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.apps import apps

from kit_django.conf import get_settings
from kit_django.exceptions import ConfigurationError, MigrationFileError, UsageError
from kit_django.management.reporting import listed
from kit_django.meant import did_you_mean
from kit_django.runner.files import (
    app_folder,
    display_path,
    migration_folders,
    next_name,
    scan,
)


def refusal(differences: Sequence[str], flag: str) -> str:
    """Why no migration is written of a database; ``flag`` has it written all the same."""
    return (
        f"What was to be written makes another database than this one:\n"
        f"{listed(differences)}\n"
        f"Nothing was written. {flag} writes it as it is."
    )


def paths(names: Sequence[str], app_label: str | None) -> list[Path]:
    """Where migrations of these names go, each behind the other and all that there are."""
    files, _problems = scan(migration_folders())
    taken, found = [file.name for file in files], []
    for name in names:
        taken.append(next_name(name, taken))
        found.append(folder(app_label) / f"{taken[-1]}.py")
    return found


def folder(app_label: str | None) -> Path:
    """Where the file belongs. Raises UsageError, ConfigurationError."""
    if app_label is not None:
        try:
            return app_folder(app_label).path
        except LookupError as error:
            hint = (
                did_you_mean(app_label, apps.app_configs) or " Use the label of an installed app."
            )
            raise UsageError(f"No installed app with label {app_label!r}.{hint}") from error
    own = get_settings().migrations_dir
    if own is None:
        raise ConfigurationError(
            "There is no telling where this project's migrations are. Set BASE_DIR, or "
            'KIT["MIGRATIONS_DIR"], in the settings.'
        )
    return own


def write(path: Path, source: str) -> None:
    """Write a new file, never over one that is there. Raises MigrationFileError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(source)
    except OSError as error:
        raise MigrationFileError(
            f"{display_path(path)} cannot be written: {error.strerror}. Nothing was made."
        ) from error
