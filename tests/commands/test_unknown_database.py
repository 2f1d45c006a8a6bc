"""A database that kit_django does not know: one sentence, and Django's own migrations go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.projects import Project

BACKEND = """\
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite


class DatabaseWrapper(SQLite):
    vendor = "elsewhere"
    display_name = "Elsewhere"
"""
OTHER = """
INSTALLED_APPS += ["django.contrib.contenttypes"]
DATABASES["other"] = {"ENGINE": "elsewhere", "NAME": BASE_DIR / "other.sqlite3"}
"""
ALONE = """
DATABASES["default"] = {"ENGINE": "elsewhere", "NAME": BASE_DIR / "only.sqlite3"}
"""
MIGRATION = """\
from kit_django import Migration


class CreateNotesTable(Migration):
    def up(self, schema):
        with schema.create_table("notes") as table:
            table.id()
"""
COMMANDS = [
    ("migrate",),
    ("migrate", "--pretend"),
    ("migrate_status",),
    ("migrate_rollback",),
    ("migrate_fresh", "--force"),
    ("db_sync",),
    ("db_sync", "--skip-migrations"),
]


def settle(project: Project, settings: str) -> None:
    package = project.folder / "elsewhere"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "base.py").write_text(BACKEND)
    path = project.folder / "settings.py"
    path.write_text(path.read_text() + settings)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.databases("sqlite")
def test_each_command_says_so_in_one_sentence(project: Project, command: tuple[str, ...]) -> None:
    settle(project, ALONE)
    project.migration("20240101120000_create_notes_table", MIGRATION)
    result = project.run(*command, check=1)
    known = "SQLite, PostgreSQL, MariaDB and MySQL"
    said = f"kit_django works on {known}, and not on 'elsewhere'. Set an ENGINE of one of these"
    assert result.stderr.startswith(f"CommandError: {said}")
    assert result.stderr.count("\n") == 1


@pytest.mark.databases("sqlite")
def test_another_database_is_left_to_django_where_kit_has_nothing_to_do(project: Project) -> None:
    settle(project, OTHER)
    project.migration("20240101120000_create_notes_table", MIGRATION)
    result = project.run("migrate", "--database", "other", check=0)
    assert "Applying contenttypes.0001_initial" in result.stdout
    project.run("migrate", check=0)


@pytest.mark.databases("sqlite")
def test_a_migration_of_kit_s_for_such_a_database_is_refused(project: Project) -> None:
    settle(project, OTHER)
    path = project.migration("20240101120000_create_notes_table", MIGRATION)
    path.write_text(
        path.read_text().replace("    def up", '    database = "other"\n\n    def up', 1)
    )
    result = project.run("migrate", "--database", "other", check=1)
    assert "not on 'elsewhere'" in result.stderr


@pytest.mark.parametrize("command", [("migrate",), ("migrate_status",), ("db_sync",)])
@pytest.mark.databases("sqlite")
def test_a_driver_that_is_not_there_is_one_sentence(
    project: Project, command: tuple[str, ...]
) -> None:
    settle(project, ALONE)
    base = project.folder / "elsewhere" / "base.py"
    base.write_text(
        "from django.core.exceptions import ImproperlyConfigured\n"
        "raise ImproperlyConfigured('Error loading the elsewhere module.\\nDid you install it?')\n"
    )
    result = project.run(*command, check=1)
    said = "The settings cannot be used: Error loading the elsewhere module. Did you install it?"
    assert result.stderr.splitlines() == [f"CommandError: {said}"]
