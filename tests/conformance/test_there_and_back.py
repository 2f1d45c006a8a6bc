"""What one block does to a table is undone by what is derived from it, on every database."""

from __future__ import annotations

import pytest
from django.db import Error
from django.db.models.expressions import RawSQL

from kit_django.exceptions import Irreversible, OperationError
from tests.conformance.test_changes import altered
from tests.dumps import assert_same, columns_in_any_order
from tests.schemas import rows_of, run, table_of, undo


def keyless(schema):
    with schema.create_table("k") as table:
        table.integer("x")
        table.string("s", max_length=30, null=True)
    schema.run_sql("INSERT INTO k (x, s) VALUES (5, '\"a\"'), (7, '{}')")


def pair(schema):
    with schema.create_table("p") as table:
        table.id()
        table.string("slug", max_length=30)
        table.integer("n")
        table.unique(["slug", "n"])
    with schema.create_table("c") as table:
        table.id()
        table.integer("q", default=0)


def test_a_key_for_a_table_without_one(connection, dump):
    run(connection, keyless)
    before, rows = dump(connection), rows_of(connection)
    for change in (lambda table: table.id(), lambda table: table.id("number")):
        run(connection, altered(change, "k"))
        key = table_of(connection, "k").primary_key
        assert key is not None
        assert [row[key.columns[0]] for row in rows_of(connection)[None, "k"]] == [1, 2]
        undo(connection, altered(change, "k"))
        assert rows_of(connection) == rows
        assert_same(dump(connection), before)


def test_a_key_that_is_dropped_comes_back(connection, dump):
    run(connection, pair)
    before = dump(connection)
    change = altered(lambda table: table.drop("id").was.id(), "c")
    run(connection, change)
    assert table_of(connection, "c").primary_key is None
    undo(connection, change)
    assert_same(dump(connection), before, columns_in_any_order)


@pytest.mark.databases("sqlite", "postgresql")
def test_a_partial_unique_is_dropped_as_one(connection, dump):
    def given(schema):
        keyless(schema)
        with schema.alter_table("k") as table:
            table.unique(["x"], where="x > 0", name="k_x")

    run(connection, given)
    before = dump(connection)

    def by_name(table):
        table.drop_unique("k_x").was.unique(["x"], where="x > 0")

    def by_columns(table):
        table.drop_unique(["x"]).was.unique(["x"], where="x > 0", name="k_x")

    def as_an_index(table):
        table.drop_unique("k_x").was.index(["x"], where="x > 0", unique=True)

    for change in (by_name, by_columns, as_an_index):
        run(connection, altered(change, "k"))
        assert table_of(connection, "k").indexes == ()
        undo(connection, altered(change, "k"))
        assert_same(dump(connection), before)
    for refused in (
        lambda table: table.drop_unique(["x"]),
        lambda table: table.drop_unique("k_x").was.unique(["x"]),
        lambda table: table.drop_unique("other"),
    ):
        with pytest.raises(OperationError):
            run(connection, altered(refused, "k"))
        assert_same(dump(connection), before)
    bare = altered(lambda table: table.drop_unique("k_x"), "k")
    run(connection, bare)
    with pytest.raises(Irreversible):
        undo(connection, bare)


def test_a_key_of_several_columns_and_one_of_them(connection, dump):
    run(connection, pair)
    before = dump(connection)

    def added(table):
        table.string("ps", max_length=30, null=True)
        table.foreign_key(["ps", "q"], references="p", to=["slug", "n"])

    run(connection, altered(added, "c"))
    undo(connection, altered(added, "c"))
    assert_same(dump(connection), before)

    def with_its_index(table):
        added(table)
        table.index(["ps", "q"], name="own")

    run(connection, altered(with_its_index, "c"))
    undo(connection, altered(with_its_index, "c"))
    assert_same(dump(connection), before)


def test_text_becomes_json_and_text_again(connection, dump):
    run(connection, keyless)
    before, rows = dump(connection), rows_of(connection)
    change = altered(lambda table: table.change("s").json().was.string(max_length=30), "k")
    run(connection, change)
    undo(connection, change)
    assert rows_of(connection) == rows
    assert_same(dump(connection), before)


SILENT = {
    "unique": (lambda table: table.drop("a").was.integer(null=True, default=1), "unique"),
    "index": (lambda table: table.drop("b").was.string(max_length=20), "index 't_b_index'"),
    "check": (lambda table: table.drop("c").was.integer(), "check"),
    "key": (lambda table: table.drop("p_id").was.big_integer(null=True, index=True), "foreign key"),
    "null": (lambda table: table.drop("d").was.integer(default=3), "may be null"),
    "default": (lambda table: table.drop("d").was.integer(null=True), "the default"),
    "type": (lambda table: table.drop("d").was.text(null=True, default="3"), "is int"),
    "change of type": (
        lambda table: table.change("d").string(max_length=9).was.text(),
        "and .was says",
    ),
    "change of null": (
        lambda table: table.change("d").string(max_length=9, null=False).was.integer(),
        "may be null",
    ),
    "another default": (lambda table: table.drop("d").was.integer(null=True, default=4), "default"),
    "another condition": (lambda table: table.drop("c").was.integer(check="c > 5"), "check"),
    "fewer labels": (lambda table: table.drop("e").was.enum(["x"], default="x"), "was says"),
    "other labels": (
        lambda table: table.change("e").enum(["x", "y", "z"]).was.enum(["y", "x"]),
        "was says",
    ),
    "no labels": (lambda table: table.drop("e").was.string(max_length=1, default="x"), "was "),
    "action": (
        lambda table: table.drop_foreign_key("key").was.foreign_key("b_id", references="p"),
        "key 'key' of 't' is not as .was says",
    ),
    "condition of a check": (
        lambda table: table.drop_check("ck").was.check("d < 9 OR d IS NULL", name="ck"),
        "check 'ck' of 't' is not as .was says",
    ),
    "direction": (
        lambda table: table.drop_index("ix").was.index(["d"], name="ix"),
        "index 'ix' of 't' is not as .was says",
    ),
}


def test_what_was_is_silent_of_is_told(connection, dump):
    def given(schema):
        with schema.create_table("p") as table:
            table.id()
        with schema.create_table("t") as table:
            table.id()
            table.integer("a", null=True, default=1, unique=True)
            table.string("b", max_length=20, index=True)
            table.integer("c", check="c > 0")
            table.integer("d", null=True, default=3)
            table.foreign_id("p_id", references="p", null=True)
            table.enum("e", ["x", "y"], default="x")
            table.big_integer("b_id", null=True)
            table.foreign_key("b_id", references="p", on_delete="cascade", name="key")
            table.check("d < 8 OR d IS NULL", name="ck")
            table.index(["-d"], name="ix")

    run(connection, given)
    before = dump(connection)
    for change, message in SILENT.values():
        with pytest.raises(OperationError, match=message):
            run(connection, altered(change, "t"))
    assert_same(dump(connection), before)

    def told(table):
        table.drop_foreign_key("key").was.foreign_key("b_id", references="p", on_delete="cascade")
        table.drop_check("ck").was.check("d < 8 OR d IS NULL")
        table.drop_index("ix").was.index(["-d"])
        table.drop("e").was.enum(["x", "y"], default="x")
        table.drop("a").was.integer(null=True, default=1, unique=True)
        table.drop("b").was.string(max_length=20, index=True)
        table.drop("c").was.integer(check="c > 0")
        table.drop("p_id").was.foreign_id(references="p", null=True)
        table.change("d").string(max_length=9, null=False).was.integer(null=True)

    run(connection, altered(told, "t"))
    undo(connection, altered(told, "t"))
    assert_same(dump(connection), before, columns_in_any_order)


def test_what_was_says_more_lets_a_column_come_back_to_rows(connection):
    def given(schema):
        with schema.create_table("t") as table:
            table.id()
            table.integer("a")
            table.integer("b")
        schema.run_sql("INSERT INTO t (id, a, b) VALUES (1, 2, 3)", reverse="DELETE FROM t")

    def dropped(table):
        table.drop("a").was.integer(null=True)
        table.drop("b").was.integer(default=7)

    run(connection, given)
    run(connection, altered(dropped, "t"))
    undo(connection, altered(dropped, "t"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT a, b FROM t")
        assert cursor.fetchall() in ([(None, 7)], ((None, 7),))


@pytest.mark.databases("mysql")
def test_a_script_with_routines_is_run_as_it_is(connection, dump):
    def change(schema):
        schema.run_sql(
            "CREATE PROCEDURE p() BEGIN DECLARE i INT DEFAULT 3; REPEAT SET i = i - 1; UNTIL i < 1"
            " END REPEAT; SELECT i; END;\nDELIMITER $$\nCREATE FUNCTION f() RETURNS int DETERMINISTIC"
            " BEGIN RETURN 4; END$$\nDELIMITER ;\n/*!40101 SET @a = 1 */;\nDO 1; -- 100%",
            reverse="DROP PROCEDURE p; DROP FUNCTION f;",
        )

    before = dump(connection)
    run(connection, change)
    with connection.cursor() as cursor:
        cursor.execute("SELECT f(), @a")
        assert cursor.fetchone() == (4, 1)
    undo(connection, change)
    assert_same(dump(connection), before)


@pytest.mark.databases("postgresql")
def test_an_index_that_fails_leaves_nothing_that_has_its_name(connection, dump):
    run(connection, keyless)
    before = dump(connection)

    def change(schema):
        schema.create_index("k", RawSQL("1 / (x - 5)", ()), name="k_x", concurrently=True)

    for _ in range(2):
        with pytest.raises(Error, match="division by zero"):
            run(connection, change, atomic=False)
        assert_same(dump(connection), before)
