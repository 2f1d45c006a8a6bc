"""Views, types, sequences, extensions and schemas come and go."""

from __future__ import annotations

import pytest
from django.db import Error, transaction

from kit_django.exceptions import NotSupported, OperationError
from kit_django.operations.schema import inverses, record
from kit_django.schema.catalog import Catalog
from kit_django.schema.introspection import introspect
from tests.schemas import schema_of


def run(connection, change):
    with schema_of(connection) as schema:
        change(schema)


def undo(connection, change):
    with schema_of(connection) as schema:
        for operation in inverses(record(change, connection)):
            schema.perform(operation)


def all_facts(connection):
    return introspect(connection, views=True)


def assert_up_down_up(connection, change):
    before = all_facts(connection)
    run(connection, change)
    changed = all_facts(connection)
    assert changed != before
    undo(connection, change)
    assert all_facts(connection) == before
    run(connection, change)
    assert all_facts(connection) == changed


def people(schema):
    with schema.create_table("people") as table:
        table.id()
        table.string("name")
        table.enum("role", ["admin", "it's"], default="admin")


def test_a_view_is_made_replaced_and_dropped(connection):
    run(connection, people)
    assert_up_down_up(
        connection, lambda schema: schema.create_view("names", "SELECT name FROM people;")
    )
    run(
        connection,
        lambda schema: schema.create_view(
            "names", "SELECT id, name FROM people", replace=True, was="SELECT name FROM people"
        ),
    )
    assert Catalog(connection).table("names").column_names == ("id", "name")
    assert_up_down_up(
        connection, lambda schema: schema.drop_view("names", was="SELECT id, name FROM people")
    )


def test_a_table_is_no_view(connection):
    run(connection, people)
    with pytest.raises(OperationError, match="'people' is a table, not a view"):
        run(connection, lambda schema: schema.drop_view("people"))
    with pytest.raises(OperationError, match="There is a table 'people' already"):
        run(connection, lambda schema: schema.create_view("people", "SELECT 1"))


@pytest.mark.databases("postgresql")
def test_a_materialized_view_is_filled_anew(connection):
    run(connection, people)
    assert_up_down_up(
        connection,
        lambda schema: schema.create_view("names", "SELECT name FROM people", materialized=True),
    )
    connection.cursor().execute("INSERT INTO people (name) VALUES ('x')")
    run(connection, lambda schema: schema.refresh_view("names"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM names")
        assert cursor.fetchall() == [("x",)]


@pytest.mark.databases("sqlite", "mysql")
def test_what_only_postgresql_has_is_refused(connection):
    changes = [
        lambda schema: schema.create_view("v", "SELECT 1", materialized=True),
        lambda schema: schema.create_extension("citext"),
        lambda schema: schema.create_schema("audit"),
        lambda schema: schema.create_domain("d", "int"),
        lambda schema: schema.create_type("t", [("a", "int")]),
    ]
    before = all_facts(connection)
    for change in changes:
        with pytest.raises(NotSupported, match=connection.display_name):
            run(connection, change)
    assert all_facts(connection) == before


@pytest.mark.databases("sqlite")
def test_sequences_are_refused(connection):
    with pytest.raises(NotSupported, match="SQLite has no sequences"):
        run(connection, lambda schema: schema.create_sequence("numbers"))


@pytest.mark.databases("postgresql", "mysql")
def test_a_sequence_comes_and_goes(connection):
    assert_up_down_up(
        connection, lambda schema: schema.create_sequence("numbers", start=10, increment=5)
    )


@pytest.mark.databases("postgresql")
def test_types_extensions_and_schemas_come_and_go(connection):
    def change(schema):
        schema.create_enum("mood", ["sad", "it's"])
        schema.create_domain("age", "integer", check="VALUE >= 0", default="1", null=False)
        schema.create_type("address", [("street", "text"), ("zip code", "varchar(5)")])
        schema.create_schema("audit")
        schema.create_extension("citext")

    before = introspect(connection, schemas=["audit"])
    run(connection, change)
    assert introspect(connection, schemas=["audit"]) != before
    undo(connection, change)
    assert introspect(connection, schemas=["audit"]) == before


def test_an_enum_takes_another_value(connection):
    run(connection, people)

    def extend(schema):
        with schema.alter_table("people") as table:
            table.change("role").enum(["owner", "admin", "it's", "guest"])

    run(connection, extend)
    column = Catalog(connection).table("people").column("role")
    assert "admin" in str(column.default)
    run(
        connection,
        lambda schema: schema.execute("INSERT INTO people (name, role) VALUES ('a', 'guest')"),
    )
    with pytest.raises(Error), transaction.atomic():
        connection.cursor().execute("INSERT INTO people (name, role) VALUES ('a', 'nobody')")


def test_an_enum_cannot_lose_a_value_that_a_row_has(connection):
    run(connection, people)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO people (name, role) VALUES ('a', 'it''s')")

    def shrink(schema):
        with schema.alter_table("people") as table:
            table.change("role").enum(["admin"])

    with pytest.raises(OperationError, match="holds values that are none of"):
        run(connection, shrink)
