"""Whatever is wrong around them, the commands answer in one paragraph, with the right exit code,
and change nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import databases

if TYPE_CHECKING:
    from tests.projects import Project, Result

A, B = "20240101120000_create_a_table", "20240101120001_b"
COMMANDS = ["migrate", "migrate_status", "migrate_rollback", "migrate_fresh", "migrate_resolve"]
EMPTY = "from kit_django import Migration\n\n\nclass CreateATable(Migration):\n    def up(self, schema): ...\n"
ARGUMENTS = {"migrate_fresh": ["--force"], "migrate_resolve": ["x", "--applied"]}


def run(project: Project, command: str, code: int = 1) -> Result:
    result = project.run(command, *ARGUMENTS.get(command, []), check=code)
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    return result


def tables(project: Project) -> list[str]:
    return project.connection.introspection.table_names()


@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "migrate_resolve"])
def test_no_folder_and_no_migrations(project: Project, command: str) -> None:
    code = 1 if command == "migrate_fresh" else 0  # which would only drop
    project.run(command, *ARGUMENTS.get(command, []), check=code)
    assert tables(project) == []


@pytest.mark.parametrize("command", ["migrate_status", "migrate_fresh"])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("users", "is not named like a migration"),
        ("20261332000000_users", "has a date that does not exist"),
    ],
)
def test_a_bad_file_name(project: Project, command: str, name: str, message: str) -> None:
    project.migration(name, "")
    if command == "migrate_fresh":
        with project.connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept (id integer)")
    assert message in run(project, command).stderr
    assert tables(project) == (["kept"] if command == "migrate_fresh" else [])


def test_migrate_hears_of_bad_file_names_by_its_checks(project: Project) -> None:
    project.migration("users", "")
    result = project.run("migrate", check=1)
    assert "(kit_django.E003)" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "migrate_fresh"])
def test_a_history_table_of_another_shape(project: Project, command: str) -> None:
    with project.connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kit_migrations (id integer, app varchar(20))")
    project.run("make_migration", "create_users_table", check=0)
    assert "The history table 'kit_migrations' cannot be read" in run(project, command).stderr
    assert tables(project) == ["kit_migrations"]


@pytest.mark.parametrize("command", COMMANDS)
def test_settings_that_cannot_be_used(project: Project, command: str) -> None:
    project.configure('KIT = {"MODEL": {}}')
    if command == "migrate":
        assert "kit_django.E001" in project.run(command, check=1).stderr
    else:
        assert "unknown key 'MODEL'" in run(project, command).stderr


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.databases("postgresql", "mysql")
def test_a_database_that_is_not_there(project: Project, command: str) -> None:
    project.migration(A, EMPTY)
    url = databases.url_of(project.connection) + "_missing"
    result = project.run(command, *ARGUMENTS.get(command, []), env={"DATABASE_URL": url}, check=1)
    assert "Traceback" not in result.stderr
    assert "_missing" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.databases("postgresql", "mysql")
def test_a_server_that_does_not_answer(project: Project, command: str) -> None:
    project.migration(A, EMPTY)
    url = f"{project.connection.vendor}://nobody:secret@127.0.0.1:1/nothing"
    result = project.run(command, *ARGUMENTS.get(command, []), env={"DATABASE_URL": url}, check=1)
    assert "Traceback" not in result.stderr
    assert "database 'nothing' at 127.0.0.1:1" in result.stderr
    assert "secret" not in result.stderr


def test_a_traceback_comes_if_it_is_asked_for(project: Project) -> None:
    project.migration(A, "1 / 0\n")
    result = project.run("migrate", "--traceback", check=1)
    assert "ZeroDivisionError" in result.stderr
    assert "Traceback (most recent call last)" in result.stderr


@pytest.mark.databases("postgresql")
def test_no_right_to_create_tables(project: Project) -> None:
    project.run("make_migration", "create_users_table", check=0)
    role = databases.scratch_name("reader")
    with databases.server_cursor("postgresql") as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {role}")
        cursor.execute(f"CREATE ROLE {role} LOGIN")
    try:
        with project.connection.cursor() as cursor:
            cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
        url = databases.url_of(project.connection).replace("postgres:", f"{role}:", 1)
        result = project.run("migrate", env={"DATABASE_URL": url}, check=1)
    finally:
        with databases.server_cursor("postgresql") as cursor:
            cursor.execute(f"DROP ROLE {role}")
    assert "permission denied for schema public" in result.stderr
    assert "Traceback" not in result.stderr
    assert tables(project) == []


@pytest.mark.databases("sqlite")
def test_a_database_that_cannot_be_written(project: Project) -> None:
    if os.geteuid() == 0:
        project.configure(
            'DATABASES["default"]["OPTIONS"] = {"init_command": "PRAGMA query_only = ON"}'
        )
    else:
        Path(project.connection.settings_dict["NAME"]).chmod(0o400)
    project.run("make_migration", "create_users_table", check=0)
    assert "readonly database" in run(project, "migrate").stderr
    assert tables(project) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["migrate_rollback", "--step", "0"], "must be a whole number, 1 or more, not '0'"),
        (["migrate_rollback", "--step", "-1"], "must be a whole number, 1 or more, not '-1'"),
        (["migrate_rollback", "--step", "abc"], "must be a whole number, 1 or more, not 'abc'"),
        (["migrate_rollback", "--step", "1.5"], "must be a whole number, 1 or more, not '1.5'"),
        (["migrate_rollback", "--step", "1", "--all"], "not allowed with argument"),
        (["migrate_resolve", "x"], "one of the arguments --applied --rolled-back is required"),
        (["migrate_resolve", "--applied"], "the following arguments are required: name"),
        (["migrate_status", "--database", "nowhere"], "invalid choice: 'nowhere'"),
    ],
)
def test_wrong_usage_is_2(project: Project, arguments: list[str], message: str) -> None:
    result = project.run(*arguments, check=2)
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert tables(project) == []


def test_a_rollback_of_very_many_steps_is_a_rollback_of_all(project: Project) -> None:
    project.run("make_migration", "create_users_table", check=0)
    project.run("migrate", check=0)
    result = project.run("migrate_rollback", "--step", "1000000000", check=0)
    assert result.lines[-1] == "Rollback completed successfully!"
