from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kit_django.schema.introspection import introspect
from tests.commands.terminal import at_a_terminal
from tests.runner.conftest import SOURCE, creates

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.projects import Project
    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"
DONE = [
    "Dropping all tables...",
    "Tables dropped.",
    "Running migrations...",
    f"Applying migration: {A}",
    f"Applying migration: {B}",
    "Fresh migration completed successfully!",
]


@pytest.fixture
def two(migrations: Migrations) -> Migrations:
    migrations.write(A, creates("users"))
    migrations.write(B, creates("posts"))
    migrations.migrate()
    migrations.execute("INSERT INTO users (name) VALUES ('x')")
    migrations.execute("CREATE TABLE leftover (id integer)")
    return migrations


def test_all_tables_are_dropped_and_all_migrations_run(two: Migrations) -> None:
    outcome = two.run("migrate_fresh", force=True)
    assert outcome.lines == DONE
    assert two.tables == {"users", "posts"}
    assert two.execute("SELECT count(*) FROM users") == [(0,)]
    assert two.history() == [(A, 1, True), (B, 1, True)]


def test_the_pretended_sql_does_by_hand_what_the_command_does(two: Migrations) -> None:
    before = introspect(two.connection)
    report = json.loads(two.run("migrate_fresh", pretend=True, format="json").stdout)
    assert introspect(two.connection) == before
    assert two.execute("SELECT count(*) FROM users") == [(1,)]
    assert [each["name"] for each in report["pretended"]] == [
        "dropping all tables",
        "kit_migrations",
        A,
        B,
    ]
    for each in report["pretended"]:
        for statement in each["statements"]:
            two.execute(statement)
    by_hand = introspect(two.connection)
    two.run("migrate_fresh", force=True)
    assert introspect(two.connection) == by_hand
    assert two.tables == {"users", "posts"}


def test_djangos_migrations_run_too_and_are_told_verbosely_only(project: Project) -> None:
    project.configure('INSTALLED_APPS += ["django.contrib.contenttypes", "django.contrib.auth"]')
    project.run("make_migration", "create_users_table", check=0)
    quiet = project.run("migrate_fresh", "--force", check=0).lines
    assert len(quiet) == 5
    assert "auth_user" in project.connection.introspection.table_names()
    loud = project.run("migrate_fresh", "--force", "-v", "2", check=0).lines
    assert any("Applying auth.0001_initial..." in line for line in loud)


def test_without_migrations_nothing_is_dropped(migrations: Migrations) -> None:
    migrations.execute("CREATE TABLE leftover (id integer)")
    outcome = migrations.run("migrate_fresh", force=True)
    assert outcome.code == 1
    assert "There is no migration to make the tables anew with" in outcome.error
    assert migrations.tables == {"leftover"}


def test_an_unknown_dependency_is_found_before_anything_is_dropped(two: Migrations) -> None:
    unknown = 'dependencies = [("auth", "9999_nothing")]'
    two.write("20240101120009_c", attributes=unknown)
    outcome = two.run("migrate_fresh", force=True)
    assert outcome.code == 1
    assert two.applied() == [A, B]


def test_a_failed_migration_does_not_stand_in_the_way(two: Migrations) -> None:
    two.execute("UPDATE kit_migrations SET applied_at = NULL")
    assert two.run("migrate_fresh", force=True).code == 0
    assert two.applied() == [A, B]


def test_as_json_it_says_what_was_applied(two: Migrations) -> None:
    report = json.loads(two.run("migrate_fresh", force=True, format="json").stdout)
    assert [each["name"] for each in report["applied"]] == [A, B]


def test_a_migration_that_fails_ends_it(two: Migrations) -> None:
    two.write(B, "1 / 0")
    outcome = two.run("migrate_fresh", force=True)
    assert outcome.code == 1
    assert outcome.lines == DONE[:5]
    assert two.tables == {"users"}


@pytest.mark.parametrize("force", [True, False])
def test_prohibited_is_stronger_than_force(
    two: Migrations, settings: Settings, force: bool
) -> None:
    settings.KIT = {**settings.KIT, "PROHIBIT_DESTRUCTIVE": True}
    outcome = two.run("migrate_fresh", force=force)
    assert outcome.code == 1
    assert "forbids migrate_fresh here" in outcome.error
    assert two.tables == {"users", "posts", "leftover"}


def test_where_debug_is_off_force_is_needed(two: Migrations, settings: Settings) -> None:
    settings.DEBUG = False
    outcome = two.run("migrate_fresh")
    assert outcome.code == 1
    assert "DEBUG is off" in outcome.error
    assert two.tables == {"users", "posts", "leftover"}


def test_without_a_terminal_force_is_needed(two: Migrations, settings: Settings) -> None:
    settings.DEBUG = True
    outcome = two.run("migrate_fresh")
    assert outcome.code == 1
    assert "There is no terminal to ask at." in outcome.error
    assert repr(str(two.connection.settings_dict["NAME"])) in outcome.error
    assert two.tables == {"users", "posts", "leftover"}


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("yes", 0), ("n", 1), ("", 1), ("Y", 0)])
def test_at_a_terminal_it_names_the_database_and_asks(
    project: Project, answer: str, code: int
) -> None:
    with project.connection.cursor() as cursor:
        cursor.execute("CREATE TABLE leftover (id integer)")
    project.migration(A, SOURCE.format(body="    def up(self, schema):\n        pass"))
    question, exit_code = at_a_terminal(project, "migrate_fresh", answer=answer)
    assert exit_code == code
    assert "Drop all tables of " in question
    assert Path(project.connection.settings_dict["NAME"]).name in question
    if project.connection.settings_dict.get("HOST"):
        assert project.connection.settings_dict["HOST"] in question
    left = project.connection.introspection.table_names()
    assert ("leftover" in left) is (code == 1)


@pytest.mark.databases("postgresql")
def test_types_go_with_a_flag(two: Migrations) -> None:
    two.execute("CREATE TYPE mood AS ENUM ('good')")
    two.write(A, f"schema.run_sql('CREATE DOMAIN age AS integer')\n{creates('users')}")
    assert two.run("migrate_fresh", force=True).code == 0
    assert two.run("migrate_fresh", force=True).code == 1
    assert two.run("migrate_fresh", force=True, drop_types=True).code == 0


@pytest.mark.databases("postgresql", "mysql")
def test_what_migrations_make_besides_tables_can_be_made_again(two: Migrations) -> None:
    made = "schema.create_sequence('numbers')\n"
    if two.connection.vendor == "postgresql":
        made += (
            "schema.create_enum('mood', ['good', 'bad'])\n"
            "schema.create_domain('age', 'integer')\n"
            "schema.create_type('place', [('street', 'text')])\n"
            "schema.create_schema('audit')\n"
            "with schema.create_table('audit.events') as table:\n    table.enum('kind', ['a'])\n"
        )
    two.write(A, f"{made}{creates('users')}")
    for _ in range(2):
        outcome = two.run("migrate_fresh", force=True)
        assert outcome.code == 0, outcome.error


@pytest.mark.databases("postgresql")
def test_what_another_schema_depends_on_needs_a_flag(two: Migrations) -> None:
    two.execute("CREATE SCHEMA other; CREATE VIEW other.v AS SELECT id FROM users")
    outcome = two.run("migrate_fresh", force=True)
    assert outcome.code == 1
    assert "Other schemas depend on what would be dropped: relation other.v" in outcome.error
    assert two.tables == {"users", "posts", "leftover"}
    assert two.run("migrate_fresh", force=True, cascade=True).code == 0
