"""What facts are written as makes a database of the same facts."""

from __future__ import annotations

import pytest

from kit_django.schema.dialects import dialect_named
from kit_django.schema.facts import View
from kit_django.schema.introspection import introspect_table
from kit_django.schema.tables.order import views_in_order
from tests.conformance.full import full
from tests.schemas import by_hand, differences, facts_of, run, statements_of, undo


def blog(schema):
    with schema.create_table("users") as table:
        table.id()
        table.string("name", max_length=200, default="it's 100%")
    with schema.create_table("teams") as table:
        table.id()
        table.foreign_id("owner_id", references="users", on_delete="cascade")
    with schema.alter_table("users") as table:
        table.foreign_id("team_id", references="teams", null=True)
        table.enum("role", ["admin", "it's"], default="admin")
    schema.create_view("admins", "SELECT id FROM users WHERE role = 'admin'")
    schema.create_view("a_first", "SELECT id FROM admins")


def written(connection, other_connection):
    there = facts_of(connection)
    by_hand(other_connection, statements_of(connection))
    assert differences(facts_of(other_connection), there) == []


def test_everything_that_a_database_can_hold(connection, other_connection):
    run(connection, full)
    written(connection, other_connection)


def test_keys_that_lead_round_in_a_circle(connection, other_connection):
    run(connection, blog)
    written(connection, other_connection)


def crossing_views(schema):
    """Views that name each other as columns and texts, and read each other in one direction only."""
    schema.create_view("z", "SELECT 1 AS a, 2 AS m, 'from y' AS t")
    schema.create_view("y", "SELECT z.a AS b, z.m AS z FROM z")
    schema.create_view("m", "SELECT y.z AS a, 'from a' AS t FROM y")
    schema.create_view("a", "SELECT q.a AS y, q.a AS z FROM z JOIN m q ON q.a = z.a")


def test_views_come_behind_what_they_read(connection, other_connection):
    run(connection, crossing_views)
    written(connection, other_connection)


def test_many_views_and_a_circle_of_names_are_put_in_order():
    views = [View(f"v{n:03}", f"SELECT * FROM v{n + 1:03}") for n in range(400)]
    found = views_in_order([*views, View("v400", "SELECT 1 AS v000")], dialect_named("sqlite"))
    assert [view.name for view in found] == [f"v{n:03}" for n in range(400, -1, -1)]


@pytest.mark.parametrize(
    ("reads", "first"),
    [("audit.a", "audit"), ("a", "audit"), ('"A"', "public"), ("f(x, audit.a)", "audit")],
)
def test_a_view_of_another_schema_is_another(reads, first):
    """Where nothing is read, what is named comes first all the same."""
    there = [View("b", f"SELECT 1 FROM {reads}"), View("a", "SELECT 1", "audit")]
    (found, _) = views_in_order(there, dialect_named("postgresql"))
    assert (found.schema or "public") == first


@pytest.mark.databases("postgresql")
def test_a_domains_check_that_spares_old_values(connection, other_connection):
    by_hand(
        connection,
        [
            "CREATE DOMAIN code AS text CHECK (VALUE <> '')",
            "ALTER DOMAIN code ADD CONSTRAINT short CHECK (length(VALUE) < 9) NOT VALID",
        ],
    )
    written(connection, other_connection)


OF_POSTGRESQL_18 = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    "CREATE TABLE stays (room int, during tstzrange, PRIMARY KEY (room, during WITHOUT OVERLAPS))",
    "CREATE TABLE cleaned (room int, during tstzrange)",
    "ALTER TABLE cleaned ADD FOREIGN KEY (room, PERIOD during) REFERENCES stays (room, PERIOD during)",
    "CREATE TABLE n (a int, b int, c int CONSTRAINT has_c NOT NULL)",
    "INSERT INTO n (c) VALUES (1)",
    "ALTER TABLE n ADD CONSTRAINT has_a NOT NULL a NOT VALID, ADD NOT NULL b NOT VALID",
]


def constraints(connection):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0 "
            "AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
        )
        return cursor.fetchall()


def options_of(connection, name):
    table = introspect_table(connection, name)
    assert table is not None
    return [dict(column.options) for column in table.columns]


@pytest.mark.databases("postgresql")
def test_what_postgresql_18_says_of_null_and_of_time(connection, other_connection):
    if connection.pg_version < 180000:
        pytest.skip("These are new in PostgreSQL 18.")
    by_hand(connection, OF_POSTGRESQL_18)
    before = constraints(connection)
    written(connection, other_connection)
    assert constraints(other_connection) == before

    def change(schema):
        with schema.alter_table("n") as table:
            table.change("a").big_integer().was.integer()
            table.rename("c", "has")

    run(connection, change)
    assert options_of(connection, "n") == [
        {"not null": "has_a", "not null not valid": ""},
        {"not null not valid": ""},
        {"not null": "has_c"},
    ]
    undo(connection, change)
    assert constraints(connection) == before
    by_hand(connection, ["UPDATE n SET a = 1, b = 1"])
    run(connection, proven)
    assert options_of(connection, "n")[1] == {}


def proven(schema):
    with schema.alter_table("n") as table:
        table.change("b").set(null=False)
