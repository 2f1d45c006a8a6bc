"""A database knows which environment it is of, and another one's settings cannot empty it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.runner.conftest import creates

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"
EMPTYING = [("migrate_fresh", {}), ("migrate_rollback", {"all": True})]


def become(settings: Settings, environment: str) -> None:
    settings.KIT = {**settings.KIT, "ENVIRONMENT": environment}


@pytest.fixture
def production(migrations: Migrations, settings: Settings) -> Migrations:
    become(settings, "production")
    migrations.write(A, creates("users"), "schema.drop_table('users')")
    migrations.migrate()
    return migrations


@pytest.mark.parametrize(("command", "options"), EMPTYING)
@pytest.mark.parametrize("environment", ["production", "development"])
def test_production_is_not_emptied_whatever_is_forced(
    production: Migrations,
    settings: Settings,
    environment: str,
    command: str,
    options: dict[str, bool],
) -> None:
    become(settings, environment)
    settings.DEBUG = True
    outcome = production.run(command, force=True, **options)
    assert outcome.code == 1
    assert "is marked as 'production'" in outcome.error
    assert ("these settings are of 'development'" in outcome.error) is (environment != "production")
    assert "is refused there, whatever --force says." in outcome.error
    assert "migrate_environment " in outcome.error
    assert production.tables == {"users"}
    assert production.applied() == [A]


def test_a_later_migrate_from_elsewhere_does_not_change_whose_it_is(
    production: Migrations, settings: Settings
) -> None:
    become(settings, "development")
    production.write(B, creates("posts"))
    production.migrate()
    assert production.run("migrate_fresh", force=True).code == 1
    assert production.run("migrate_rollback").code == 0  # a step is a step, wherever it is
    assert production.applied() == [A]


@pytest.mark.parametrize(("command", "options"), EMPTYING)
def test_the_one_way_out_is_to_say_what_it_is(
    production: Migrations, settings: Settings, command: str, options: dict[str, bool]
) -> None:
    become(settings, "development")
    shown = production.run("migrate_environment").stdout
    assert shown.endswith("is of 'production'; the settings are of 'development'.\n")
    said = production.run("migrate_environment", "development").stdout
    assert said.endswith("is marked as 'development'; it was 'production'.\n")
    outcome = production.run(command, force=True, **options)
    assert outcome.code == 0, outcome.error
    report = json.loads(production.run("migrate_environment", format="json").stdout)
    there = "development" if command == "migrate_fresh" else None
    assert report == {"environment": there, "settings": "development"}


def test_a_project_that_sets_nothing_and_has_debug_off_finds_the_way_out(
    migrations: Migrations, settings: Settings
) -> None:
    """Each step is one that the message names; to mark the database alone would be refused again."""
    settings.KIT = {key: value for key, value in settings.KIT.items() if key != "ENVIRONMENT"}
    migrations.write(A, creates("users"))
    migrations.migrate()
    error = migrations.run("migrate_fresh", force=True).error
    assert 'in settings.KIT["ENVIRONMENT"], which is "production" where DEBUG is off' in error
    assert "then with migrate_environment staging." in error
    become(settings, "staging")
    assert migrations.run("migrate_environment", "staging").code == 0
    assert migrations.run("migrate_fresh", force=True).code == 0


def test_another_environment_is_refused_though_neither_is_production(
    production: Migrations, settings: Settings
) -> None:
    production.run("migrate_environment", "staging")
    become(settings, "development")
    assert "is marked as 'staging', and these settings are of 'development'" in (
        production.run("migrate_fresh", force=True).error
    )


@pytest.mark.parametrize(("command", "options"), EMPTYING)
def test_a_database_from_before_there_were_marks_goes_on_as_it_did(
    production: Migrations, command: str, options: dict[str, bool]
) -> None:
    production.execute("ALTER TABLE kit_migrations DROP COLUMN environment")
    assert production.run("migrate_environment").stdout.split("; ")[0].endswith("is not marked")
    assert production.run(command, force=True, **options).code == 0


def test_such_a_database_is_marked_by_the_next_migration(production: Migrations) -> None:
    production.execute("ALTER TABLE kit_migrations DROP COLUMN environment")
    production.write(B)
    production.migrate()
    assert production.run("migrate_fresh", force=True).code == 1


def test_what_cannot_be_marked_is_an_error(migrations: Migrations) -> None:
    outcome = migrations.run("migrate_environment", "staging")
    assert outcome.code == 1
    assert "No migration has been applied to the " in outcome.error


def test_a_pretended_history_has_the_mark_too(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    statements = migrations.migrate(pretend=True).stdout
    assert "'test'" in statements
