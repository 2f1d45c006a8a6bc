from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commands.terminal import at_a_terminal

if TYPE_CHECKING:
    from tests.projects import Project


@pytest.fixture
def migrated(project: Project) -> Project:
    project.run("make_migration", "create_users_table", check=0)
    project.run("migrate", check=0)
    return project


def has_users(project: Project) -> bool:
    return "users" in project.connection.introspection.table_names()


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("", 1)])
def test_where_debug_is_off_a_person_is_asked(migrated: Project, answer: str, code: int) -> None:
    migrated.configure("DEBUG = False")
    printed, exit_code = at_a_terminal(migrated, "migrate_rollback", answer=answer)
    assert "Roll back 1 migration(s) of " in printed
    assert exit_code == code
    assert has_users(migrated) is (code == 1)


@pytest.mark.parametrize(
    ("setting", "arguments"), [("DEBUG = True", []), ("DEBUG = False", ["--force"])]
)
def test_otherwise_nobody_is_asked(migrated: Project, setting: str, arguments: list[str]) -> None:
    migrated.configure(setting)
    printed, code = at_a_terminal(migrated, "migrate_rollback", *arguments, answer="n")
    assert "Roll back 1" not in printed
    assert code == 0
    assert not has_users(migrated)


def test_without_a_terminal_it_is_refused_where_debug_is_off(migrated: Project) -> None:
    migrated.configure("DEBUG = False")
    result = migrated.run("migrate_rollback", check=1)
    assert "no terminal to ask at. Nothing was rolled back" in result.stderr
    assert "_create_users_table." in result.stderr
    assert has_users(migrated)
    migrated.run("migrate_rollback", "--force", check=0)
    assert not has_users(migrated)


def test_as_json_it_says_what_was_rolled_back(migrated: Project) -> None:
    report = json.loads(migrated.run("migrate_rollback", "--format", "json", check=0).stdout)
    assert [each["name"][15:] for each in report["rolled_back"]] == ["create_users_table"]
    again = json.loads(migrated.run("migrate_rollback", "--format", "json", check=0).stdout)
    assert again["rolled_back"] == []


def test_it_is_silent_if_it_is_told_to_be(migrated: Project) -> None:
    result = migrated.run("migrate_rollback", "-v", "0", check=0)
    assert (result.stdout, result.stderr) == ("", "")
