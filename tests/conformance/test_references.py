"""What a foreign key leads from and to is looked at before a database refuses it by a number, or takes it
and finds no row."""

from __future__ import annotations

import pytest

from kit_django.exceptions import OperationError
from tests.schemas import run, table_of


def parents(schema):
    with schema.create_table("parents") as table:
        table.id()
        table.integer("number", unique=True)
        table.string("code", max_length=20, unique=True)
        table.string("name", max_length=20)
    with schema.create_table("children") as table:
        table.id()
        table.integer("number", null=True)
        table.string("code", max_length=40, null=True)
        table.string("name", max_length=20, null=True)
        table.date("day", null=True)


def refers(own, other, table="children", references="parents"):
    def change(schema):
        with schema.alter_table(table) as altered:
            altered.foreign_key([own], references=references, to=[other])

    return change


@pytest.mark.parametrize(
    ("own", "other", "types"),
    [
        pytest.param(
            "day",
            "number",
            "'day' of 'children' is date, and 'number' of 'parents' is int",
            marks=pytest.mark.databases("postgresql", "mysql"),  # SQLite's dates may be anything
        ),
        (
            "code",
            "number",
            r"'code' of 'children' is .*char.*\(40\), and 'number' of 'parents' is int",
        ),
    ],
)
def test_types_that_never_meet_are_named_on_both_sides(refuse, own, other, types):
    refuse(refers(own, other), OperationError, types, given=parents)


@pytest.mark.databases("mysql")
def test_size_and_sign_have_to_be_the_same(refuse):
    match = r"'number' of 'children' is int.*, and 'id' of 'parents' is bigint"
    refuse(refers("number", "id"), OperationError, match, given=parents)

    def change(schema):
        with schema.create_table("others") as table:
            table.unsigned_integer("number")
            table.foreign_key(["number"], references="parents", to=["number"])

    refuse(change, OperationError, r"(?i)int.* unsigned, and 'number' of 'parents' is int")


def test_a_length_may_differ(conform):
    conform(refers("code", "code"), given=parents)


def test_what_no_key_is_of_is_no_target(refuse):
    match = r"refer to \(name\) of 'parents', which has no .* Make one first: table.unique\(\['name'\]\)"
    refuse(refers("name", "name"), OperationError, match, given=parents)

    def own(schema):
        with schema.create_table("trees") as table:
            table.id()
            table.string("name", max_length=20)
            table.foreign_id("parent_name", references="trees", column="name")

    refuse(own, OperationError, "of 'trees', which has no")


def test_a_table_may_get_the_key_that_it_refers_to_itself_by(conform):
    def change(schema):
        with schema.create_table("trees") as table:
            table.id()
            table.string("name", max_length=20)
            table.foreign_id("parent_name", references="trees", column="name", null=True)
            table.unique(["name"])

    conform(change)


def test_a_view_is_no_target(refuse):
    def given(schema):
        parents(schema)
        schema.create_view("seen", "SELECT id, number FROM parents")

    match = "'seen' is a view, and a foreign key leads to a table only"
    refuse(refers("number", "number", references="seen"), OperationError, match, given=given)


@pytest.mark.databases("mysql")
@pytest.mark.parametrize("engine", ["MyISAM", "Aria"])
def test_a_table_of_an_engine_without_foreign_keys(refuse, engine):
    def given(schema):
        parents(schema)
        schema.run_sql(f"CREATE TABLE stray (id int PRIMARY KEY, number int) ENGINE={engine}")

    match = (
        f"Table 'stray' is kept by {engine}, which has no foreign keys: .*Have it kept by InnoDB"
    )
    refuse(refers("number", "id", references="stray"), OperationError, match, given=given)
    refuse(refers("number", "number", table="stray"), OperationError, match)

    def change(schema):
        with schema.create_table("others") as table:
            table.foreign_id("stray_id", references="stray")

    refuse(change, OperationError, match)


@pytest.mark.databases("mysql")
def test_collations_have_to_be_the_same_and_foreign_id_takes_them_along(refuse, connection):
    def given(schema):
        parents(schema)
        schema.run_sql("CREATE TABLE latins (code varchar(20) PRIMARY KEY) CHARACTER SET latin1")
        schema.run_sql(
            "CREATE TABLE bins (id int, code varchar(20) COLLATE utf8mb4_bin UNIQUE, own varchar(9)) COLLATE latin1_bin"
        )

    match = r"'code' of 'children' is varchar\(40\) utf8mb4_\w+, and 'code' of 'latins' is varchar\(20\) latin1"
    refuse(refers("code", "code", references="latins"), OperationError, match, given=given)
    match = r"varchar\(40\) utf8mb4_\w+, and 'code' of 'bins' is varchar\(20\) utf8mb4_bin"
    refuse(refers("code", "code", references="bins"), OperationError, match)

    def change(schema):
        for number, name in enumerate(("latins", "bins", "parents")):
            with schema.create_table(f"others_{number}") as table:
                table.id()
                table.foreign_id("other_code", references=name, column="code")
        with schema.alter_table("bins") as table:
            table.foreign_id("parent_code", references="parents", column="code", null=True)

    run(connection, change)
    assert "latin1" in str(table_of(connection, "others_0").column("other_code").collation)
    assert len(table_of(connection, "bins").foreign_keys) == 1
