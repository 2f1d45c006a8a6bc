"""``make_migration``: a new migration file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from kit_django.codegen.scaffold import migration_source
from kit_django.conf import get_settings
from kit_django.exceptions import ConfigurationError, MigrationFileError, UsageError
from kit_django.management.base import KitCommand
from kit_django.runner.files import (
    app_folder,
    display_path,
    migration_folders,
    next_name,
    scan,
)


class Command(KitCommand):
    help = (
        "Makes a new migration. Its name says what it is for: create_posts_table, "
        "add_email_to_users, drop_nick_from_users, rename_nick_to_handle_in_users, "
        "rename_posts_to_articles, drop_posts_table; any other name makes an empty one."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="What the migration does, in snake_case.")
        parser.add_argument(
            "columns",
            nargs="*",
            metavar="column:type[:unique|index|null]",
            help="Columns, as in email:string:unique or user_id:foreign_id:users.",
        )
        parser.add_argument(
            "--app", metavar="LABEL", help="Make it in the kit_migrations folder of this app."
        )
        parser.add_argument("--create", metavar="TABLE", help="It creates this table.")
        parser.add_argument("--table", metavar="TABLE", help="It alters this table.")

    def run(self, **options: Any) -> None:
        name, columns = options["name"], options["columns"]
        source = migration_source(name, columns, options["create"], options["table"])
        files, _problems = scan(migration_folders())
        path = folder(options["app"]) / f"{next_name(name, [file.name for file in files])}.py"
        write(path, source)
        self.report.conclude({"created": str(path)}, [f"Created migration: {display_path(path)}"])


def folder(app_label: str | None) -> Path:
    """Where the file belongs. Raises UsageError, ConfigurationError."""
    if app_label is not None:
        try:
            return app_folder(app_label).path
        except LookupError as error:
            raise UsageError(f"{error} Use the label of an installed app.") from error
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
