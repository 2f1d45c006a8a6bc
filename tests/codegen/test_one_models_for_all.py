"""A team develops on one database and deploys on another, with one models.py.

Each database's models are held against the others', on which the same migrations have run.
"""

from __future__ import annotations

import ast
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db.utils import ConnectionHandler

from kit_django.operations.builders.single import methods
from tests import databases
from tests.forks import ForkedProject
from tests.projects import REPOSITORY, Project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from pytest_django import DjangoDbBlocker

    from tests.forks import ForkServer

pytestmark = pytest.mark.databases("sqlite")  # with which the two others are asked, too

EXAMPLE = REPOSITORY / "example_project" / "migrations"
SHOP = REPOSITORY / "tests" / "shop"
EVERYTHING = """
from django.db import models
from django.db.models import F, Q

from kit_django import Migration, Schema


class CreateEverything(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("owners") as table:
            table.uuid_id()
            table.string("name", max_length=80, unique=True)
        with schema.create_table("things") as table:
            table.id()
            table.string("title", default="x", check="title IN ('x', 'y')")
            table.char("code", 3)
            table.char("digits", 32, null=True)
            table.text("body", null=True)
            table.email("email", unique=True)
            table.url("url", null=True)
            table.slug("slug", index=True)
            table.small_integer("small", default=1)
            table.integer("number", default=-1, check="number < 9")
            table.big_integer("big")
            table.unsigned_small_integer("small_count")
            table.unsigned_integer("count", default=0)
            table.unsigned_big_integer("big_count", null=True)
            table.positive_integer("stars", default=0)
            table.positive_small_integer("few", null=True)
            table.positive_big_integer("many", null=True)
            table.boolean("flag", default=True)
            table.boolean("maybe", null=True)
            table.decimal("price", 10, 2, default="0.00")
            table.decimal("rate", max_digits=4, decimal_places=4, null=True)
            table.column("weight", models.DecimalField(max_digits=6, decimal_places=3), null=True)
            table.float("ratio", default=1.5)
            table.date("day", null=True, default="2024-01-01")
            table.datetime("at", null=True, index=True)
            table.time("hour", null=True)
            table.duration("span", null=True)
            table.timestamp("stamp", use_current=True)
            table.json("data", default={})
            table.json("more", null=True)
            table.uuid("token", null=True)
            table.binary("bytes", null=True)
            table.ip_address("seen_from", null=True)
            table.ulid("handle", null=True)
            table.remember_token()
            table.enum("state", ["new", "it's old", "so so"], default="new")
            table.enum("mood", ["good", "bad"], null=True)
            table.foreign_uuid("owner_id", references="owners", on_delete="cascade")
            table.foreign_id("parent_id", references="things", on_delete="set null", null=True)
            table.foreign_id("bare_id", references="things", null=True, index=False)
            table.foreign_id("loose_id", null=True)
            table.foreign_uuid("loose_uuid", null=True)
            table.generated("total", F("price") * 2, models.DecimalField(max_digits=12, decimal_places=2))
            table.generated("shout", "upper(body)", models.CharField(max_length=50))
            table.generated("sum", "small + number", models.IntegerField())
            table.timestamps()
            table.soft_deletes()
            table.index(["small", "number"])
            table.unique(["small", "big"])
            table.check("small > 0 OR number IS NULL", name="small_or_none")
            table.check(Q(flag=True) | Q(big__gt=3), name="flag_or_big")
            table.check(Q(flag=True), name="flagged")
            table.check("price >= 0", name="price_is_positive")
            table.check("price <> 7.5", name="price_is_not")
            table.check("lower(code) = code", name="code_is_low")
            table.check("body IS NULL OR body <> ''", name="body_says_something")
        with schema.create_table("parts") as table:
            table.big_id()
            table.char("thing", 2)
        with schema.alter_table("parts") as table:
            table.change("thing").char(3).was.char(2)
            table.rename("thing", "thing_code")
            table.duration("takes", null=True)
        schema.rename_table("parts", "pieces")
"""
# One database has a type of its own for it, and the others a field of another class.
TYPES_OF_ONE_ALONE = {"mac_address", "set_of", "vector", "year"}
# What the shop's migrations make on some databases only.
ONLY_THERE = {
    "blog.Product.by_day",
    "blog.Product.in_details",
    "blog.Product.products_by_slug",
    "blog.Product.products_page_index",
    "blog.Product.products_picture_unique",
    "blog.Product.products_sold_page",
    "blog.Product.products_words",
    "blog.User.Meta",
    "blog.User.full_name",
}


@dataclass(frozen=True)
class Team:
    """A project on each database, and the models that each of them made."""

    projects: dict[str, Project]
    models: dict[str, str]

    def of(self, vendor: str, models: str) -> Project:
        """The project of a database, with the models of another."""
        project = self.projects[vendor]
        project.write("blog/models.py", self.models[models])
        return project


def team_of(
    server: ForkServer, connections: dict[str, BaseDatabaseWrapper], folder: Path, files: list[Path]
) -> Team:
    projects: dict[str, Project] = {}
    models: dict[str, str] = {}
    for vendor, connection in connections.items():
        databases.wipe(connection)
        plain = Project.create(folder / vendor, databases.url_of(connection), connection)
        project = ForkedProject(plain.folder, plain.database_url, connection, server=server)
        project.configure('INSTALLED_APPS += ["django.contrib.postgres"]')
        project.migration("20240601000000_create_everything", EVERYTHING)
        for path in files:
            shutil.copy(path, project.file("migrations"))
        project.run("db_sync", check=0)
        projects[vendor] = project
        models[vendor] = project.file("blog/models.py").read_text("utf-8")
    return Team(projects, models)


@pytest.fixture(scope="module")
def connections(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, BaseDatabaseWrapper]]:
    """A connection to a database of each kind."""
    found = {}
    with django_db_blocker.unblock(), ExitStack() as stack:
        for vendor in databases.VENDORS:
            if problem := databases.ask(vendor).problem:
                databases.missing(problem)
            name = databases.scratch_name("team")
            if vendor == "sqlite":
                name = str(tmp_path_factory.mktemp("team") / "team.sqlite3")
            databases.create(vendor, name)
            stack.callback(databases.drop, vendor, name)
            handler = ConnectionHandler({"default": databases.settings_of(vendor, name)})
            found[vendor] = handler["default"]
            stack.callback(found[vendor].close)
        yield found


@pytest.fixture(scope="module")
def example(
    fork_server: ForkServer,
    connections: dict[str, BaseDatabaseWrapper],
    tmp_path_factory: pytest.TempPathFactory,
) -> Team:
    """The example project's migrations, and every column method."""
    folder = tmp_path_factory.mktemp("example")
    return team_of(fork_server, connections, folder, sorted(EXAMPLE.glob("2*.py")))


PAIRS = [each for each in product(databases.VENDORS, repeat=2) if len(set(each)) == 2]


@pytest.mark.parametrize(("models", "vendor"), PAIRS)
def test_models_of_one_database_are_in_sync_with_the_others(
    example: Team, models: str, vendor: str
) -> None:
    project = example.of(vendor, models)
    done = project.run("db_sync", "--skip-migrations", check=0)
    assert done.lines[-1] == "The models are up to date."
    assert project.file("blog/models.py").read_text("utf-8") == example.models[models]


def test_every_column_method_is_used() -> None:
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(EVERYTHING))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert {*methods(), "column", "generated"} - TYPES_OF_ONE_ALONE <= called


CHANGES = {
    ("sqlite", "postgresql"): [
        ("ALTER TABLE things ALTER weight TYPE numeric(14, 3)", "weight"),
        ("ALTER TABLE things ALTER code TYPE char(5)", "code"),
        ("ALTER TYPE things_mood ADD VALUE 'odd'", "mood"),
        ("ALTER TABLE things DROP CONSTRAINT price_is_not", "price_is_not"),
        ("ALTER TABLE things DROP CONSTRAINT things_title_check", "things_title_check"),
        ("ALTER TABLE things ALTER stamp SET DEFAULT '2024-01-01'", "stamp"),
    ],
    ("postgresql", "mysql"): [
        ("ALTER TABLE things MODIFY price decimal(14, 2) DEFAULT 0.00 NOT NULL", "price"),
        ("ALTER TABLE things MODIFY code char(5) NOT NULL", "code"),
        ("ALTER TABLE things MODIFY mood enum('good', 'odd')", "mood"),
        ("ALTER TABLE things DROP CONSTRAINT price_is_not", "price_is_not"),
        ("ALTER TABLE things MODIFY day date DEFAULT '2025-01-01'", "day"),
    ],
}


@pytest.mark.parametrize(("models", "vendor"), CHANGES)
def test_a_change_is_noticed_whosever_the_models_are(
    example: Team, models: str, vendor: str
) -> None:
    changes = CHANGES[models, vendor]
    project = example.of(vendor, models)
    with project.connection.cursor() as cursor:
        for statement, _ in changes:
            cursor.execute(statement)
    lines = project.run("db_sync", "--skip-migrations", check=0).lines
    found = {line.partition(":")[0] for line in lines if line.startswith("blog.")}
    assert {f"blog.Thing.{name}" for _, name in changes} <= found
    again = project.run("db_sync", "--skip-migrations", "--check")
    assert again.lines[-1] == "The models are up to date."


@pytest.mark.long
def test_what_one_database_adds_is_left_alone_by_the_others(
    fork_server: ForkServer, connections: dict[str, BaseDatabaseWrapper], tmp_path: Path
) -> None:
    """One models.py that goes from database to database has all that any of them knows."""
    team = team_of(fork_server, connections, tmp_path, sorted(SHOP.glob("2*.py")))
    models = team.models["sqlite"]
    for vendor in ("postgresql", "mysql", "sqlite", "postgresql", "mysql"):
        project = team.projects[vendor]
        project.write("blog/models.py", models)
        lines = project.run("db_sync", "--skip-migrations", check=0).lines
        found = {line.partition(":")[0] for line in lines if line.startswith(("by hand", "blog."))}
        assert found <= ONLY_THERE, vendor
        project.run("check", check=0)
        before, models = models, project.file("blog/models.py").read_text("utf-8")
    assert models == before
    for vendor, project in team.projects.items():
        project.write("blog/models.py", models)
        checked = project.run("db_sync", "--skip-migrations", "--check")
        assert checked.lines[-1] == "The models are up to date.", vendor
