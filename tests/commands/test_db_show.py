"""``db_show`` and ``db_table``: what a person is told of a database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kit_django.management.describing import aligned

if TYPE_CHECKING:
    from tests.runner.conftest import Migrations

SHOP = """
with schema.create_table("users") as table:
    table.id()
    table.string("name", max_length=40, unique="one_name")
with schema.create_table("orders") as table:
    table.id()
    table.foreign_id("user_id", references="users", on_delete="cascade")
    table.foreign_id("parent_id", references="orders", null=True)
    table.decimal("price", 10, 2, default=0)
    table.string("note", null=True, index="by_note")
    table.check("price >= 0", name="some_price")
schema.execute("INSERT INTO users (name) VALUES ('a'), ('b')")
"""


@pytest.fixture
def shop(migrations: Migrations) -> Migrations:
    migrations.write("20240101120000_shop", SHOP)
    migrations.migrate()
    return migrations


def test_the_tables_are_listed_with_what_they_hold(shop: Migrations) -> None:
    lines = shop.run("db_show", counts=True).stdout.splitlines()
    assert lines[0].startswith(f"{shop.connection.vendor} database ")
    assert lines[2].split() == ["Table", "Rows", "Size"]
    rows = {line.split()[0]: line.split()[1] for line in lines[3:-2]}
    assert rows == {"kit_migrations": "1", "orders": "0", "users": "2"}
    assert lines[-1].startswith("3 in all")


def test_as_data(shop: Migrations) -> None:
    found = json.loads(shop.run("db_show", counts=True, format="json").stdout)
    users = next(each for each in found if each["table"] == "users")
    assert users["rows"] == 2
    assert users["kind"] == "table"
    assert json.loads(shop.run("db_show", format="json").stdout)[0]["rows"] is None


def test_nobody_counts_unless_asked(shop: Migrations) -> None:
    line = next(line for line in shop.run("db_show").stdout.splitlines() if "users" in line)
    assert " 2 " not in line or "~2" in line


def test_views_are_shown_where_they_are_asked_for(shop: Migrations) -> None:
    shop.write("20240101120001_view", 'schema.create_view("some", "SELECT id FROM users")')
    shop.migrate()
    assert "some" not in shop.run("db_show").stdout
    lines = shop.run("db_show", "--views", "--counts").stdout.splitlines()
    assert [line.split() for line in lines if line.startswith("some")] == [["some", "view"]]


def test_a_database_without_tables_says_so(migrations: Migrations) -> None:
    assert "It has no tables." in migrations.run("db_show").stdout


def test_all_of_a_table_is_shown(shop: Migrations) -> None:
    said = " ".join(shop.run("db_table", "orders", counts=True).stdout.split())
    assert said.startswith("orders (0 rows")
    for part in (
        "user_id -> users (id) on delete cascade",
        "parent_id -> orders (id) on delete no action",
        "Referred to by orders (parent_id)",
        "by_note note",
        "some_price",
        "numbers its rows, primary key",
        "default",
    ):
        assert part in said, part
    assert "Referred to by orders (user_id)" in " ".join(
        shop.run("db_table", "users").stdout.split()
    )


def test_a_table_as_data(shop: Migrations) -> None:
    found = json.loads(shop.run("db_table", "users", counts=True, format="json").stdout)
    assert (found["name"], found["rows"]) == ("users", 2)
    assert [each["name"] for each in found["columns"]] == ["id", "name"]
    assert [each["table"] for each in found["referenced_by"]] == ["orders"]


def test_a_table_that_is_not_there_is_asked_after(shop: Migrations) -> None:
    outcome = shop.run("db_table", "order")
    assert outcome.code == 2
    assert "There is no table 'order'" in outcome.error
    assert "Did you mean 'orders'?" in outcome.error


def test_names_cannot_steer_a_terminal(migrations: Migrations) -> None:
    name = "we\x1b[31mird\u202e"
    quoted = migrations.connection.ops.quote_name(name)
    with migrations.connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {quoted} (id integer)")
    for outcome in (migrations.run("db_show", "--counts"), migrations.run("db_table", name)):
        assert outcome.code == 0
        assert "we\\x1b[31mird\\u202e" in outcome.stdout
        assert "\x1b" not in outcome.stdout


def test_cells_stand_below_each_other() -> None:
    rows = [("a", "1", "x"), ("bbb", "1,000", "")]
    assert list(aligned(rows, right=(1,))) == ["a        1  x", "bbb  1,000"]
