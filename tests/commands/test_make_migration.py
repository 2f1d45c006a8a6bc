from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.projects import Project
    from tests.runner.conftest import Migrations


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.py"))


def test_the_file_is_made_and_named(project: Project) -> None:
    result = project.run("make_migration", "create_users_table", check=0)
    pattern = (
        rf"Created migration: migrations{re.escape(os.sep)}(\d{{14}}_create_users_table\.py)\n"
    )
    match = re.fullmatch(pattern, result.stdout)
    assert match
    assert files(project.folder / "migrations") == [match[1]]


def test_an_app_may_have_its_own_folder(project: Project) -> None:
    result = project.run("make_migration", "create_users_table", "--app", "blog", check=0)
    assert result.stdout.startswith(f"Created migration: {Path('blog', 'kit_migrations')}")
    assert len(files(project.folder / "blog" / "kit_migrations")) == 1
    assert "create_users_table" in project.run("migrate", check=0).stdout


def test_each_comes_after_all_others(migrations: Migrations) -> None:
    migrations.write("20991231235959_far")
    assert migrations.run("make_migration", "next_one").code == 0
    assert files(migrations.folder)[-1] == "21000101000000_next_one.py"


def test_as_json_the_path_is_whole(migrations: Migrations) -> None:
    import json

    outcome = migrations.run("make_migration", "create_users_table", format="json")
    created = json.loads(outcome.stdout)["created"]
    assert created == str(migrations.folder / files(migrations.folder)[0])


def test_a_file_of_that_name_is_never_written_over(
    migrations: Migrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = migrations.write("20240101120000_mine")
    before = path.read_text(encoding="utf-8")
    from kit_django.management import new_files

    monkeypatch.setattr(new_files, "next_name", lambda slug, existing: "20240101120000_mine")
    outcome = migrations.run("make_migration", "mine")
    assert outcome.code == 1
    assert "cannot be written: File exists. Nothing was made." in outcome.error
    assert path.read_text(encoding="utf-8") == before


def test_a_folder_that_cannot_be_written_is_a_clear_error(
    migrations: Migrations, settings: Settings
) -> None:
    migrations.folder.write_text("a file", encoding="utf-8")
    settings.KIT = {"MIGRATIONS_DIR": migrations.folder / "below"}
    outcome = migrations.run("make_migration", "create_users_table")
    assert outcome.code == 1
    assert "cannot be" in outcome.error


def test_without_a_folder_to_go_to_there_is_a_clear_error(settings: Settings) -> None:
    from django.core.management import CommandError, call_command

    settings.KIT = {}
    with pytest.raises(CommandError, match="no telling where this project's migrations are"):
        call_command("make_migration", "create_users_table")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a/b"], "'a/b' cannot be a migration's name"),
        (["a\nb"], "'a\\\\nb' cannot be a migration's name"),
        (["größe"], "'größe' cannot be a migration's name"),
        ([""], "'' cannot be a migration's name"),
        (["class"], "is a word of Python's"),
        (["x" * 101], "has 101 characters"),
        (["tidy", "nick"], "does not say which table"),
        (["create_users_table", "nick:nonsense"], "is of no known type"),
        (["create_users_table", "--app", "nothing"], "No installed app with label 'nothing'."),
        ([], "the following arguments are required: name"),
    ],
)
def test_what_cannot_be_understood_makes_nothing(
    project: Project, arguments: list[str], message: str
) -> None:
    result = project.run("make_migration", *arguments, check=2)
    assert re.search(message, result.stderr)
    assert "Traceback" not in result.stderr
    assert not (project.folder / "migrations").exists()


# What is made, runs: up, down, up

BEFORE = {
    "create_users_table": "",
    "add_email_to_users": "users",
    "rename_name_to_nick_in_users": "users",
    "rename_users_to_people": "users",
    "tidy_up": "",
}


@pytest.mark.parametrize("name", BEFORE)
def test_what_is_made_runs_up_down_and_up(migrations: Migrations, name: str) -> None:
    from kit_django.schema.introspection import introspect
    from tests.runner.conftest import creates

    if BEFORE[name]:
        migrations.write("20240101120000_before", creates("users"))
        migrations.migrate()
    before = introspect(migrations.connection, tables=migrations.tables)
    assert migrations.run("make_migration", name).code == 0
    migrations.migrate()
    after = migrations.tables
    assert migrations.run("migrate_rollback").code == 0
    assert introspect(migrations.connection, tables=migrations.tables) == before
    migrations.migrate()
    assert migrations.tables == after


@pytest.mark.parametrize("name", ["drop_users_table", "drop_name_from_users"])
def test_what_a_drop_took_must_be_said_before_it_comes_back(
    migrations: Migrations, name: str
) -> None:
    from tests.runner.conftest import creates

    migrations.write("20240101120000_before", creates("users"))
    assert migrations.run("make_migration", name).code == 0
    migrations.migrate()
    outcome = migrations.run("migrate_rollback")
    assert outcome.code == 1
    assert "NotImplementedError: Say what the" in outcome.error
    assert len(migrations.applied()) == 2
    (path,) = migrations.folder.glob(f"*_{name}.py")
    source = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r" +raise .*\n", "", source), encoding="utf-8")
    assert migrations.run("migrate_rollback").code == 0
    assert "users" in migrations.tables


def test_columns_that_are_given_are_made(migrations: Migrations) -> None:
    behind_option = ("--create", "users", "email:string:unique")
    assert migrations.run("make_migration", "people_come_first", *behind_option).code == 0
    columns = ["user_id:foreign_id:users", "price:decimal:null"]
    assert migrations.run("make_migration", "create_orders_table", *columns).code == 0
    migrations.migrate()
    with migrations.connection.cursor() as cursor:
        found = migrations.connection.introspection.get_table_description(cursor, "orders")
    assert {"user_id", "price"} <= {column.name for column in found}
    migrations.run("migrate_rollback", step=2)
    assert migrations.tables == set()


# A project's own templates


def use_templates(settings: Settings, folder: Path, **texts: str) -> None:
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.py-tpl").write_text(text, encoding="utf-8")
    settings.KIT = {**settings.KIT, "TEMPLATES": folder}


OWN = '''"""Ours: $name, of $table."""
from kit_django import Migration, Schema

class $class_name(Migration):
    $methods
'''


def test_a_project_has_templates_of_its_own(
    migrations: Migrations, settings: Settings, tmp_path: Path
) -> None:
    create = OWN.replace("Ours", "A table")
    use_templates(settings, tmp_path / "templates", migration=OWN, create=create)
    assert migrations.run("make_migration", "create_tags_table", "name:string").code == 0
    assert migrations.run("make_migration", "add_slug_to_tags", "slug:string?").code == 0
    made, added = [path.read_text("utf-8") for path in sorted(migrations.folder.glob("*.py"))]
    assert made.startswith('"""A table: create_tags_table, of tags."""\n\nfrom kit_django import')
    assert added.startswith('"""Ours: add_slug_to_tags, of tags."""\n')
    migrations.migrate()
    assert migrations.run("migrate_rollback", step=2).code == 0
    assert migrations.tables == set()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("class $class_name: pass", "has no \\$methods, where up\\(\\) and down\\(\\) go"),
        ("$methods $who", "may hold \\$class_name, \\$methods, \\$name and \\$table"),
        ("$methods 5$", "a dollar sign of its own as \\$\\$"),
        ("class $class_name\n    $methods", "makes no Python: expected ':', line 1"),
    ],
)
def test_a_template_that_cannot_be_filled_makes_nothing(
    migrations: Migrations, settings: Settings, tmp_path: Path, text: str, message: str
) -> None:
    use_templates(settings, tmp_path / "templates", migration=text)
    outcome = migrations.run("make_migration", "create_tags_table")
    assert outcome.code == 1
    assert re.search(message, outcome.error)
    assert "Nothing was made." in outcome.error
    assert not migrations.folder.exists() or not files(migrations.folder)


def test_a_folder_of_templates_that_is_not_there_is_an_error(
    migrations: Migrations, settings: Settings, tmp_path: Path
) -> None:
    settings.KIT = {**settings.KIT, "TEMPLATES": tmp_path / "nowhere"}
    outcome = migrations.run("make_migration", "create_tags_table")
    assert outcome.code == 1
    assert "there is no folder" in outcome.error


# What nobody has filled in


def test_a_skeleton_that_was_applied_as_it_is_is_noted(migrations: Migrations) -> None:
    for name in ("create_tags_table", "tidy_up", "create_notes_table"):
        assert migrations.run("make_migration", name).code == 0
    notes = next(migrations.folder.glob("*_create_notes_table.py"))
    notes.write_text(
        notes.read_text("utf-8").replace("table.id()", 'table.id()\n            table.text("a")'),
        encoding="utf-8",
    )
    said = migrations.run("migrate").stderr
    assert "create_tags_table was applied as make_migration made it: tags has an id and" in said
    assert "tidy_up was applied as make_migration made it: it does nothing." in said
    assert "create_notes_table was applied as" not in said
