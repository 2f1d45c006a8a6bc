"""Views, types, sequences, extensions and schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kit_django.exceptions import NotSupported, OperationError, UnknownTable
from kit_django.scripts import Scripts
from tests.schemas import facts_of, run

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema


def people(schema: Schema) -> None:
    with schema.create_table("people") as table:
        table.id()
        table.string("name", max_length=20)
    schema.run_sql("INSERT INTO people (name) VALUES ('a'), ('b')")


def viewed(schema: Schema) -> None:
    people(schema)
    schema.create_view('it\'s a "view"', "SELECT id FROM people")


# Views


def test_create_view(conform):
    def change(schema):
        schema.create_view('it\'s a "view"', "SELECT id, name FROM people WHERE name LIKE '5%';")

    outcome = conform(change, given=people)
    (view,) = outcome.after.views
    assert view.name == 'it\'s a "view"'
    assert "%'" in view.sql


def test_replace_view(conform):
    def change(schema):
        schema.create_view(
            'it\'s a "view"',
            "SELECT name, id FROM people",
            replace=True,
            was="SELECT id FROM people",
        )

    outcome = conform(change, given=viewed)
    (before,), (after,) = outcome.before.views, outcome.after.views
    assert "name" in after.sql
    assert "name" not in before.sql


def test_replace_view_that_is_not_there(conform):
    def change(schema):
        schema.create_view("names", "SELECT name FROM people", replace=True)

    conform(change, given=people, irreversible="does not say what the view was")


def test_drop_view(conform):
    def change(schema):
        schema.drop_view('it\'s a "view"', was="SELECT id FROM people")

    assert conform(change, given=viewed).after.views == ()


def test_drop_view_if_exists(conform, connection):
    def change(schema):
        schema.drop_view('it\'s a "view"', if_exists=True)

    conform(change, given=viewed, irreversible="does not say what the view was")
    run(connection, change)


def test_what_is_wrong_with_a_view_is_said(refuse, connection):
    run(connection, viewed)
    refuse(
        lambda schema: schema.create_view("people", "SELECT 1", replace=True),
        OperationError,
        "'people' is a table, not a view",
    )
    refuse(
        lambda schema: schema.create_view('it\'s a "view"', "SELECT 1"),
        OperationError,
        "There is a view",
    )
    refuse(lambda schema: schema.drop_view("nothing"), UnknownTable, "no view 'nothing' to drop")


@pytest.mark.databases("postgresql")
def test_materialized_views(conform, connection):
    def change(schema):
        schema.create_view("names", "SELECT id, name FROM people", materialized=True)
        schema.refresh_view("names")

    (view,) = conform(change, given=people).after.views
    assert view.materialized
    run(connection, lambda schema: schema.run_sql("CREATE UNIQUE INDEX one ON names (id)"))
    run(connection, lambda schema: schema.refresh_view("names", concurrently=True))

    def drop(schema):
        schema.drop_view("names", materialized=True, was="SELECT id, name FROM people")

    run(connection, drop)
    assert facts_of(connection).views == ()


@pytest.mark.databases("sqlite", "mysql")
def test_materialized_views_are_refused(refuse, connection):
    match = rf"{connection.display_name} has no materialized views \(materialized=True\)"
    refuse(
        lambda schema: schema.create_view("x", "SELECT 1", materialized=True), NotSupported, match
    )
    refuse(lambda schema: schema.refresh_view("x"), NotSupported, "materialized views")


# Types and the like


@pytest.mark.databases("postgresql")
def test_enums(conform):
    def drop(schema):
        schema.drop_enum("mood", ["sad", "it's"])

    conform(lambda schema: schema.create_enum("mood", ["sad", "it's"]))
    assert conform(drop).after.enums == ()


@pytest.mark.databases("postgresql")
def test_drop_enum_without_labels(conform):
    def given(schema):
        schema.create_enum("mood", ["sad"])

    conform(lambda schema: schema.drop_enum("mood"), given=given, irreversible="its labels were")


@pytest.mark.databases("sqlite", "mysql")
def test_enums_are_nothing_where_the_column_says_it(conform):
    outcome = conform(lambda schema: schema.create_enum("mood", ["sad", "it's"]))
    assert outcome.sql == []


def types(schema: Schema) -> None:
    schema.create_domain("age", "integer", check="VALUE >= 0", default="1", null=False)
    schema.create_type("address", [("street", "text"), ("zip code", "varchar(5)")])


@pytest.mark.databases("postgresql")
def test_domains_and_composite_types(conform):
    after = conform(types).after
    assert [domain.name for domain in after.domains] == ["age"]
    assert [column.name for column in after.composites[0].columns] == ["street", "zip code"]


@pytest.mark.databases("postgresql")
def test_drop_domains_and_composite_types(conform):
    def drop(schema):
        schema.drop_type("age")
        schema.drop_type("address")

    outcome = conform(drop, given=types, irreversible="does not say what the type was")
    assert (outcome.after.domains, outcome.after.composites) == ((), ())


def numbered(schema: Schema) -> None:
    schema.create_sequence("numbers", start=10, increment=5)


@pytest.mark.databases("postgresql", "mysql")
def test_sequences(conform, connection):
    if getattr(connection, "mysql_is_mariadb", None) is False:
        pytest.skip("MySQL has none")
    assert [each.name for each in conform(numbered).after.sequences] == ["numbers"]


@pytest.mark.databases("postgresql", "mysql")
def test_drop_sequences(conform, connection):
    if getattr(connection, "mysql_is_mariadb", None) is False:
        pytest.skip("MySQL has none")

    def drop(schema):
        schema.drop_sequence("numbers")

    outcome = conform(drop, given=numbered, irreversible="where the sequence began")
    assert outcome.after.sequences == ()


def audited(schema: Schema) -> None:
    schema.create_extension("citext")
    schema.create_schema("audit")
    with schema.create_table("audit.events") as table:
        table.id()


@pytest.mark.databases("postgresql")
def test_extensions_and_schemas(conform):
    assert conform(audited).after.find("events", "audit")


@pytest.mark.databases("postgresql")
def test_a_schema_that_may_be_there(conform):
    def change(schema):
        schema.create_schema("audit", if_not_exists=True)

    conform(change, given=audited, irreversible="may not have made the schema")


@pytest.mark.databases("postgresql")
def test_drop_extensions_and_schemas(conform):
    def change(schema):
        with schema.drop_table("audit.events") as table:
            table.id()
        schema.drop_schema("audit")
        schema.drop_extension("citext")

    assert conform(change, given=audited).after.tables == ()


LACKING = {
    "sqlite": ["domains", "types of their own", "sequences", "extensions", "schemas", "composite"],
    "mysql": ["domains", "types of their own", "extensions", "schemas", "composite"],
}


@pytest.mark.databases("sqlite", "mysql")
def test_what_is_lacking_is_refused_by_name(refuse, connection, vendor):
    changes = {
        "domains": lambda schema: schema.create_domain("age", "integer"),
        "composite": lambda schema: schema.create_type("address", [("street", "text")]),
        "types of their own": lambda schema: schema.drop_type("age"),
        "sequences": lambda schema: schema.create_sequence("numbers"),
        "extensions": lambda schema: schema.create_extension("citext"),
        "schemas": lambda schema: schema.create_schema("audit"),
    }
    for what in LACKING[vendor]:
        refuse(changes[what], NotSupported, f"{connection.display_name} has no {what}")


def test_run_file(conform):
    scripts = Scripts(found={"a.sql": b"CREATE TABLE a (id int); CREATE TABLE b (id int)"})

    def change(schema):
        schema.take_scripts(scripts)
        schema.run_file("a.sql", reverse="DROP TABLE b; DROP TABLE a")

    assert len(conform(change).after.tables) == 2
