"""To a migration and back, all of them again, and rows for a database that is new."""

from __future__ import annotations

import json
import sys
import types
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection as default

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from tests.runner.conftest import Migrations


@pytest.fixture
def three(migrations: Migrations) -> list[str]:
    return migrations.create_tables("users", "posts", "tags")


def test_to_a_pending_one_goes_forward(migrations: Migrations, three: list[str]) -> None:
    outcome = migrations.migrate(to=three[1][:14])
    assert outcome.lines[:2] == [f"Going forward to {three[1]}.", "Running migrations..."]
    assert migrations.applied() == three[:2]
    assert json.loads(migrations.migrate(to=three[2], format="json").stdout)["applied"]
    assert migrations.migrate(to=three[2]).lines == [
        f"Going back to {three[2]}.",
        "Nothing to roll back.",
    ]


def test_to_an_applied_one_goes_back(migrations: Migrations, three: list[str]) -> None:
    migrations.migrate()
    outcome = migrations.run("migrate", to=three[0])
    assert outcome.code == 1  # DEBUG is off, and nobody is at a terminal
    assert "Say --force" in outcome.error
    assert migrations.applied() == three
    pretended = migrations.migrate(to=three[0], pretend=True)
    assert "DROP TABLE" in pretended.stdout
    assert migrations.applied() == three
    outcome = migrations.migrate(to=three[0], force=True)
    assert outcome.lines == [
        f"Going back to {three[0]}.",
        "Rolling back migrations...",
        f"Rolling back: {three[2]}",
        f"Rolling back: {three[1]}",
        "Rollback completed successfully!",
    ]
    assert migrations.applied() == three[:1]


def test_a_plan_goes_no_further(migrations: Migrations, three: list[str]) -> None:
    assert three[2] not in migrations.migrate(to=three[1], plan=True).stdout
    migrations.migrate(to=three[1], fake=True)
    assert (migrations.applied(), migrations.tables) == (three[:2], set())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"to": "2024"}, "3 migrations begin with '2024'"),
        ({"to": "nowhere"}, "No migration is called 'nowhere'"),
        ({"to": "20240101120000", "plan": True}, "--plan is for going forward"),
        ({"to": "20240101120000", "fake": True}, "--fake is for going forward"),
        ({"to": "20240101120000", "check_unapplied": True}, "--check is for going forward"),
        ({"to": "20240101120000", "app_label": "auth"}, "goes with no app's label"),
    ],
)
def test_where_it_cannot_go(
    migrations: Migrations, three: list[str], options: dict[str, Any], message: str
) -> None:
    migrations.migrate(to=three[0])
    outcome = migrations.run("migrate", **options)
    assert outcome.code in (1, 2)
    assert message in outcome.error
    assert migrations.applied() == three[:1]


def test_reset_rolls_all_back(migrations: Migrations, three: list[str]) -> None:
    migrations.migrate()
    assert "Say --force" in migrations.run("migrate_reset").error
    assert "DROP TABLE" in migrations.run("migrate_reset", pretend=True).stdout
    assert migrations.applied() == three
    outcome = migrations.run("migrate_reset", force=True)
    assert outcome.lines[-1] == "Rollback completed successfully!"
    assert (migrations.applied(), migrations.tables) == ([], set())
    assert migrations.run("migrate_reset", force=True).lines == ["Nothing to roll back."]


def test_refresh_rolls_back_and_migrates(migrations: Migrations, three: list[str]) -> None:
    migrations.migrate()
    assert "Say --force" in migrations.run("migrate_refresh").error
    outcome = migrations.run("migrate_refresh", step=2, force=True)
    assert outcome.code == 0, outcome.error
    assert outcome.lines == [
        "Rolling back migrations...",
        f"Rolling back: {three[2]}",
        f"Rolling back: {three[1]}",
        "Running migrations...",
        f"Applying migration: {three[1]}",
        f"Applying migration: {three[2]}",
        "Refresh completed successfully!",
    ]
    document = json.loads(migrations.run("migrate_refresh", force=True, format="json").stdout)
    assert [each["name"] for each in document["rolled_back"]] == three[::-1]
    assert [each["name"] for each in document["applied"]] == three
    assert migrations.applied() == three


def test_where_it_is_prohibited_nothing_goes_back(
    migrations: Migrations, three: list[str], settings: Settings
) -> None:
    migrations.migrate()
    settings.KIT = {**settings.KIT, "PROHIBIT_DESTRUCTIVE": True}
    for command in ("migrate_reset", "migrate_refresh"):
        assert "PROHIBIT_DESTRUCTIVE" in migrations.run(command, force=True).error
    assert "PROHIBIT" in migrations.run("migrate", to=three[0], force=True).error
    assert migrations.applied() == three


# Seeds


def insert(name: str) -> None:
    with default.cursor() as cursor:
        cursor.execute("INSERT INTO users (name) VALUES (%s)", [name])


def first() -> None:
    insert("first")


def broken(using: str) -> None:
    insert(using)
    raise ValueError("no such thing")


def leaves() -> None:
    raise SystemExit(0)


def wants(name: str) -> None:
    """Nobody would tell it the name."""


async def later() -> None:
    """A call of it runs nothing."""


def yields() -> Iterator[None]:
    yield


@pytest.fixture
def seeds(migrations: Migrations, settings: Settings) -> Iterator[Migrations]:
    module = types.ModuleType("kit_seeds")
    for seeder in (first, broken, leaves, wants, later, yields):
        setattr(module, seeder.__name__, seeder)
    sys.modules["kit_seeds"] = module
    migrations.create_tables("users")
    settings.KIT = {**settings.KIT, "SEEDERS": ["kit_seeds.first"]}
    yield migrations
    del sys.modules["kit_seeds"]


def names(migrations: Migrations) -> list[str]:
    return [name for (name,) in migrations.execute("SELECT name FROM users ORDER BY id")]


def test_seeders_fill_the_database(seeds: Migrations) -> None:
    seeds.migrate()
    assert "Say --force" in seeds.run("db_seed").error
    assert seeds.run("db_seed", force=True).lines == [
        "Seeding database...",
        "Seeding: kit_seeds.first",
        "Database seeded successfully!",
    ]
    assert names(seeds) == ["first"]
    outcome = seeds.run("migrate_fresh", force=True, seed=True)
    assert outcome.code == 0, outcome.error
    assert outcome.lines[-2:] == [
        "Seeding: kit_seeds.first",
        "Fresh migration completed successfully!",
    ]
    assert names(seeds) == ["first"]
    assert seeds.run("migrate_refresh", force=True, seed=True).code == 0
    assert names(seeds) == ["first"]


def test_a_seeder_that_fails_leaves_nothing(seeds: Migrations, settings: Settings) -> None:
    seeds.migrate()
    settings.KIT = {**settings.KIT, "SEEDERS": ["kit_seeds.first", "kit_seeds.broken"]}
    outcome = seeds.run("db_seed", force=True)
    assert outcome.code == 1
    assert "Seeder kit_seeds.broken failed in" in outcome.error
    assert "test_going.py, line" in outcome.error
    assert "ValueError: no such thing" in outcome.error
    assert names(seeds) == ["first"]
    assert seeds.run("db_seed", "first", force=True).code == 0
    assert names(seeds) == ["first", "first"]


def test_a_seeder_that_ends_the_program_has_failed(seeds: Migrations, settings: Settings) -> None:
    seeds.migrate()
    settings.KIT = {**settings.KIT, "SEEDERS": ["kit_seeds.leaves", "kit_seeds.first"]}
    outcome = seeds.run("db_seed", force=True)
    assert (outcome.code, names(seeds)) == (1, [])
    assert "Seeder kit_seeds.leaves failed in" in outcome.error
    assert "it called sys.exit()" in outcome.error


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ([], "There is nothing to seed with"),
        (["kit_seeds.gone"], "kit_seeds.gone cannot be imported"),
        (["nowhere"], "must be a list of dotted paths"),
        (["kit_seeds.wants"], "missing a required argument: 'name'"),
        (["kit_seeds.later"], "kit_seeds.later is async or yields"),
        (["kit_seeds.yields"], "kit_seeds.yields is async or yields"),
    ],
)
def test_seeders_that_are_none_are_told_before_anything_is_dropped(
    seeds: Migrations, settings: Settings, paths: list[str], message: str
) -> None:
    seeds.migrate()
    settings.KIT = {**settings.KIT, "SEEDERS": paths}
    outcome = seeds.run("migrate_fresh", force=True, seed=True)
    assert outcome.code == 1
    assert message in outcome.error
    assert "users" in seeds.tables
