"""What is said of a table as a whole, and what Laravel has besides."""

from __future__ import annotations

import pytest

from kit_django.exceptions import Irreversible, NotSupported, OperationError
from kit_django.operations.schema import record
from tests.schemas import run, table_of


def people(schema):
    with schema.create_table("people") as table:
        table.id()
        table.string("name", max_length=20)


@pytest.mark.databases("postgresql", "mysql")
def test_comment(conform):
    def given(schema):
        with schema.create_table("people") as table:
            table.id()
            table.comment("it's 100%")

    def change(schema):
        with schema.alter_table("people") as table:
            table.comment("others", was="it's 100%")
            table.string("name", max_length=20, null=True)

    outcome = conform(change, given=given)
    comments = [each.find("people").comment for each in (outcome.before, outcome.after)]
    assert comments == ["it's 100%", "others"]


@pytest.mark.databases("postgresql", "mysql")
def test_comment_without_was(conform):
    def change(schema):
        with schema.alter_table("people") as table:
            table.comment("others")

    conform(change, given=people, irreversible="comment 'others' does not say what it was")


@pytest.mark.databases("sqlite")
def test_sqlite_has_no_comments(refuse):
    def change(schema):
        with schema.alter_table("people") as table:
            table.comment("others")

    refuse(change, NotSupported, "SQLite has no comments on tables", given=people)


@pytest.mark.databases("mysql")
def test_engine_charset_and_collation(conform):
    def given(schema):
        with schema.create_table("people") as table:
            table.id()
            table.string("name", max_length=20)
            table.engine("Aria")
            table.charset("latin1")

    def change(schema):
        with schema.alter_table("people") as table:
            table.engine("InnoDB", was="Aria")
            table.collation("utf8mb4_bin", was="latin1_swedish_ci")
            table.change("name").string(max_length=30).was.string(max_length=20)

    outcome = conform(change, given=given)
    before, after = (each.find("people") for each in (outcome.before, outcome.after))
    assert (before.option("engine"), after.option("engine")) == ("Aria", "InnoDB")
    assert before.option("collation") == "latin1_swedish_ci"
    assert "latin1" in str(after.column("name").collation)  # a text that is there is not converted


@pytest.mark.databases("mysql")
def test_charset_of_a_table_that_is_there(conform):
    def change(schema):
        with schema.alter_table("people") as table:
            table.charset("latin1")

    conform(change, given=people, irreversible="charset 'latin1' does not say what it was")


@pytest.mark.databases("mysql")
def test_charset_there_and_back(conform):
    def change(schema):
        with schema.alter_table("people") as table:
            table.charset("latin1", was="utf8mb4")

    conform(change, given=people)


@pytest.mark.databases("mysql")
def test_a_name_of_an_engine_is_a_word(refuse):
    def change(schema):
        with schema.alter_table("people") as table:
            table.engine("InnoDB; DROP TABLE people")

    refuse(change, OperationError, "is no name of a table's engine", given=people)


@pytest.mark.databases("sqlite", "postgresql")
def test_others_have_no_engines(refuse, connection):
    def change(schema):
        with schema.create_table("x") as table:
            table.id()
            table.collation("utf8mb4_bin")

    match = rf"{connection.display_name} has no collation of a table \(collation\(\)\)"
    refuse(change, NotSupported, match)


def test_drop_morphs(conform):
    def given(schema):
        people(schema)
        with schema.alter_table("people") as table:
            table.morphs("owner", null=True)

    def change(schema):
        with schema.alter_table("people") as table:
            table.drop_morphs("owner", null=True)

    outcome = conform(change, given=given)
    assert len(outcome.before.find("people").columns) == 4
    assert len(outcome.after.find("people").columns) == 2
    assert outcome.after.find("people").indexes == ()


def types(schema):
    with schema.create_table("kinds") as table:
        table.id()
        table.ulid("code")
        table.year("since", default=2024)
        table.mac_address("card", null=True)


def test_columns_of_laravels(conform, vendor):
    after = conform(types).after.find("kinds")
    expected = {
        "sqlite": ["char(26)", "smallint", "varchar(17)"],
        "postgresql": ["character(26)", "smallint", "macaddr"],
        "mysql": ["char(26)", "year(4)", "varchar(17)"],
    }
    assert [each.type for each in after.columns[1:]] == expected[vendor]


@pytest.mark.databases("mysql")
def test_a_set(conform, refuse):
    def change(schema):
        with schema.create_table("flagged") as table:
            table.set_of("flags", ["it's", "b"], default="b")

    assert conform(change).after.find("flagged").column("flags").type == "set('it''s','b')"
    refuse(
        lambda schema: schema.create_table("x").__enter__().set_of("flags", ["a,b"]),
        OperationError,
        "hold none",
    )


def test_what_only_some_have_is_refused_by_name(refuse, connection, vendor):
    def vectors(schema):
        with schema.create_table("x") as table:
            table.vector("near", 3)

    def sets(schema):
        with schema.create_table("x") as table:
            table.set_of("flags", ["a"])

    for change, kind in ((vectors, "vector"), (sets, "set")):
        if vendor != {"vector": "postgresql", "set": "mysql"}[kind]:
            match = f"{connection.display_name} has no type for a column that is a {kind}"
            refuse(change, NotSupported, match)


def test_guards(connection):
    def change(schema):
        schema.when_has_column("people", "name", lambda table: table.rename("name", "called"))
        schema.when_lacks_column("people", "age", lambda table: table.integer("age", null=True))
        schema.when_has_column("people", "none", lambda table: table.drop("none"))
        schema.when_lacks_column("people", "id", lambda table: table.id())

    run(connection, people, change)
    assert table_of(connection, "people").column_names == ("id", "called", "age")
    with pytest.raises(Irreversible, match="Write down"):
        record(change, connection)


def pets(schema):
    people(schema)
    with schema.create_table("pets") as table:
        table.id()
        table.foreign_id("person_id", references="people")


def test_disable_foreign_keys(conform, connection):
    def change(schema):
        with schema.disable_foreign_keys():
            schema.run_sql("INSERT INTO pets (person_id) VALUES (7)", reverse="DELETE FROM pets")
            schema.run_sql(
                "INSERT INTO people (id, name) VALUES (7, 'a')", reverse="DELETE FROM people"
            )

    conform(change, given=pets)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pets")
        assert cursor.fetchone() == (1,)


@pytest.mark.databases("mysql")
def test_foreign_keys_are_on_again_after_an_error(connection):
    def change(schema):
        with pytest.raises(ZeroDivisionError), schema.disable_foreign_keys():
            raise ZeroDivisionError
        assert schema.execute("SELECT @@foreign_key_checks") == [(1,)]

    run(connection, pets, change)


def test_a_block_that_is_never_entered_is_told(refuse):
    match = r"schema.disable_foreign_keys\(\) has done nothing"
    refuse(lambda schema: schema.disable_foreign_keys(), OperationError, match)


@pytest.mark.databases("postgresql")
def test_without_a_transaction_nothing_is_put_off(refuse):
    def change(schema):
        with schema.disable_foreign_keys():
            pass

    refuse(change, NotSupported, "within a transaction only")
