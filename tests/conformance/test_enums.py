"""An enum's type belongs to its column: it comes, changes and goes with it, on every database alike."""

from __future__ import annotations

import pytest
from django.db import Error, transaction

from kit_django.exceptions import OperationError
from tests.conformance.test_changes import altered
from tests.dumps import assert_same, columns_in_any_order
from tests.schemas import facts_of, rows_of, run, undo

HOSTILE = ["it's", 'a "b"', "50%", "back\\slash", "ä"]


def table(schema):
    with schema.create_table("t") as table:
        table.id()
        table.enum("s", ["new", "old"], default="new")
        table.string("other", max_length=20, default="new")
    schema.run_sql("INSERT INTO t (other) VALUES ('old')")


def enums(connection):
    return {enum.name: enum.labels for enum in facts_of(connection).enums}


def insert(connection, column, value):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO t ({column}) VALUES (%s)", [value])


def drop_column(schema):
    with schema.alter_table("t") as table:
        table.drop("s")


def drop_and_add(schema):
    drop_column(schema)
    with schema.alter_table("t") as table:
        table.enum("s", ["a"], default="a")


def drop_and_add_in_one_block(schema):
    with schema.alter_table("t") as table:
        table.drop("s")
        table.enum("s", ["a"], default="a")


def drop_and_create(schema):
    schema.drop_table("t")
    table(schema)


def rename_and_create(schema):
    schema.rename_table("t", "u")
    with schema.alter_table("u") as alter:
        alter.rename("s", "state")
    schema.drop_table("u")
    table(schema)


def create_if_not_exists(schema):
    with schema.create_table("t", if_not_exists=True) as table:
        table.enum("s", ["something", "else"])


LEFT = {
    drop_column: {},
    drop_and_add: {"t_s": ("a",)},
    drop_and_add_in_one_block: {"t_s": ("a",)},
    drop_and_create: {"t_s": ("new", "old")},
    rename_and_create: {"t_s": ("new", "old")},
    create_if_not_exists: {"t_s": ("new", "old")},
}


@pytest.mark.parametrize("change", LEFT, ids=lambda change: change.__name__)
def test_the_type_goes_with_its_column(connection, change):
    run(connection, table, change)
    if connection.vendor == "postgresql":
        assert enums(connection) == LEFT[change]
    run(connection, lambda schema: schema.drop_table("t"))
    assert facts_of(connection).enums == ()


def test_a_type_that_was_left_behind_is_taken_over(connection):
    run(connection, lambda schema: schema.create_enum("t_s", ["of", "before"]))
    run(connection, table)
    if connection.vendor == "postgresql":
        assert enums(connection) == {"t_s": ("new", "old")}


CHANGES = {
    "more": (["new", "old", "done"], ["new", "old"]),
    "more before": (["first", "new", "between", "old"], ["new", "old"]),
    "less": (["new"], ["new", "old"]),
    "another order": (["old", "new"], ["new", "old"]),
    "others": (["new", *HOSTILE], ["new", "old"]),
}


@pytest.mark.parametrize(("labels", "was"), CHANGES.values(), ids=CHANGES.keys())
def test_other_labels_there_and_back(connection, dump, labels, was):
    run(connection, table)
    before, rows = dump(connection), rows_of(connection)
    change = altered(lambda alter: alter.change("s").enum(labels).was.enum(was), "t")
    run(connection, change)
    for label in labels:
        insert(connection, "s", label)
    with pytest.raises(Error):
        insert(connection, "s", "something else")
    if set(labels) - set(was):
        with pytest.raises(OperationError, match="holds values that are none of 'new', 'old'"):
            undo(connection, change)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM t WHERE id > 1")
    undo(connection, change)
    assert rows_of(connection) == rows
    assert_same(dump(connection), before)


def test_a_new_label_is_the_default_at_once(connection):
    def change(schema):
        with schema.alter_table("t") as alter:
            alter.change("s").enum(["new", "old", "done"], default="done")
        schema.run_sql("INSERT INTO t (other) VALUES ('x')")
        schema.run_sql("UPDATE t SET s = 'done'")

    run(connection, table, change)
    assert {row["s"] for row in rows_of(connection)[None, "t"]} == {"done"}


def test_text_becomes_an_enum_and_an_enum_text(connection, dump):
    run(connection, table)
    before, rows = dump(connection), rows_of(connection)

    def change(schema):
        with schema.alter_table("t") as alter:
            alter.change("other").enum(["new", "old"]).was.string(max_length=20)
            alter.change("s").string(max_length=20).was.enum(["new", "old"])

    run(connection, change)
    insert(connection, "s", "anything")
    with connection.cursor() as cursor:
        cursor.execute("SELECT s, other FROM t WHERE id > 1")
        assert list(cursor.fetchall()) == [("anything", "new")]
        cursor.execute("DELETE FROM t WHERE id > 1")
    undo(connection, change)
    assert rows_of(connection) == rows
    assert_same(dump(connection), before)


def test_rows_that_are_none_of_the_labels_stop_the_change(connection, dump):
    run(connection, table)
    before = dump(connection)
    for column, label in (("other", "new"), ("s", "old")):

        def change(schema, column=column, label=label):
            with schema.alter_table("t") as alter:
                alter.change(column).enum([label], default=label)

        with pytest.raises(OperationError, match=f"none of '{label}': 1 row"):
            run(connection, change)
    assert_same(dump(connection), before)


def test_labels_after_a_rename_of_column_and_table(connection, dump):
    run(connection, table)
    before = dump(connection)

    def change(schema):
        with schema.alter_table("t") as alter:
            alter.rename("s", "state")
        schema.rename_table("t", "u")
        with schema.alter_table("u") as alter:
            alter.change("state").enum(["new", "old", "c"]).was.enum(["new", "old"])
            alter.rename("state", "s")
            alter.change("s").enum(["c", "new", "old"]).was.enum(["new", "old", "c"])

    run(connection, change)
    if connection.vendor == "postgresql":
        assert enums(connection) == {"u_s": ("c", "new", "old")}
    undo(connection, change)
    assert_same(dump(connection), before)


@pytest.mark.databases("postgresql")
def test_what_stands_on_a_type_stays(connection, dump):
    def given(schema):
        table(schema)
        schema.run_sql(
            "ALTER TABLE t ADD CONSTRAINT c CHECK (s <> 'old'::t_s OR other <> 'x');"
            "CREATE INDEX i ON t (other) WHERE s = 'new';"
            "CREATE UNIQUE INDEX u ON t (s);"
            "CREATE TABLE o (s t_s REFERENCES t (s), many t_s[] DEFAULT '{new}');"
            "INSERT INTO o VALUES ('new', '{old}')"
        )

    run(connection, given)
    before, rows = dump(connection), rows_of(connection)
    change = altered(
        lambda alter: alter.change("s").enum(["x", "old", "new"]).was.enum(["new", "old"]), "t"
    )
    run(connection, change)
    undo(connection, change)
    assert rows_of(connection) == rows
    assert_same(dump(connection), before)
    with pytest.raises(OperationError, match="Column 'many' of 'o' holds values"):
        run(connection, altered(lambda alter: alter.change("s").enum(["new"]), "t"))
    run(connection, lambda schema: schema.drop_table("t", cascade=True))
    assert enums(connection) == {"t_s": ("new", "old")}  # which the other table uses


@pytest.mark.databases("postgresql")
def test_a_type_with_a_name_of_its_own_is_shared_and_stays(connection, dump):
    def change(schema):
        schema.create_enum("mood", ["sad", "glad"])
        for name in ("a", "b"):
            with schema.create_table(name) as table:
                table.enum("m", ["sad", "glad"], type_name="mood", default="sad")
        with schema.alter_table("a") as table:
            more = table.change("m").enum(["sad", "so", "glad"], type_name="mood")
            more.was.enum(["sad", "glad"], type_name="mood")

    before = dump(connection)
    run(connection, change)
    assert enums(connection) == {"mood": ("sad", "so", "glad")}
    undo(connection, change)
    assert_same(dump(connection), before)
    run(connection, change, lambda schema: schema.drop_table("a"))
    run(connection, lambda schema: schema.drop_table("b"))
    assert list(enums(connection)) == ["mood"]
    run(connection, table)
    with_other_labels = altered(lambda t: t.enum("x", ["sad"], type_name="mood", null=True), "t")
    with pytest.raises(OperationError, match="There is an enum type 'mood' already"):
        run(connection, with_other_labels)


IN_ONE_BLOCK = {
    "a new label as the default": (
        lambda t: (
            t.change("s").enum(["new", "old", "done"]).was.enum(["new", "old"]),
            t.change("s").set(default="done").was.set(default="new"),
        ),
        {"t_s": ("new", "old", "done")},
    ),
    "of a column made in it": (
        lambda t: (
            t.enum("x", ["a"], null=True),
            t.rename("x", "y"),
            t.change("y").enum(["b", "a"]).was.enum(["a"]),
            t.change("y").set(default="b").was.set(default=None),
        ),
        {"t_s": ("new", "old"), "t_y": ("b", "a")},
    ),
    "renamed, then a label more": (
        lambda t: (
            t.rename("s", "state"),
            t.change("state").enum(["c", "new", "old"]).was.enum(["new", "old"]),
            t.change("state").set(default="c").was.set(default="new"),
        ),
        {"t_state": ("c", "new", "old")},
    ),
    "renamed, then labels in another order": (
        lambda t: (
            t.rename("s", "state"),
            t.change("state").enum(["old", "new"]).was.enum(["new", "old"]),
        ),
        {"t_state": ("old", "new")},
    ),
    "renamed, then dropped": (
        lambda t: (
            t.rename("s", "state"),
            t.drop("state").was.enum(["new", "old"], default="new"),
            t.enum("state", ["x"], default="x"),
        ),
        {"t_state": ("x",)},
    ),
    "renamed, then another of its name": (
        lambda t: (t.rename("s", "state"), t.enum("s", ["a", "b"], default="b")),
        {"t_s": ("a", "b"), "t_state": ("new", "old")},
    ),
    "two that change their names": (
        lambda t: (
            t.enum("z", ["z"], default="z"),
            t.rename("s", "between"),
            t.rename("z", "s"),
            t.rename("between", "z"),
        ),
        {"t_s": ("z",), "t_z": ("new", "old")},
    ),
}


@pytest.mark.parametrize(("change", "left"), IN_ONE_BLOCK.values(), ids=IN_ONE_BLOCK.keys())
def test_in_one_block(connection, dump, change, left):
    run(connection, table)
    before = dump(connection)
    run(connection, altered(change, "t"))
    if connection.vendor == "postgresql":
        assert enums(connection) == left
    undo(connection, altered(change, "t"))
    assert_same(dump(connection), before, columns_in_any_order)


def test_a_new_label_is_a_default_later_in_its_migration(connection, dump):
    run(connection, table)
    before = dump(connection)

    def change(schema):
        with schema.alter_table("t") as alter:
            alter.change("s").enum(["new", "old", "done"]).was.enum(["new", "old"])
        with schema.alter_table("t") as alter:
            alter.rename("s", "state")
        with schema.alter_table("t") as alter:
            alter.change("state").set(default="done").was.set(default="new")

    run(connection, change)
    insert(connection, "other", "x")
    assert [row["state"] for row in rows_of(connection)[None, "t"]] == ["new", "done"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM t WHERE id > 1")
    undo(connection, change)
    assert_same(dump(connection), before)


def test_a_default_that_is_none_of_the_labels_of_the_block_is_refused(connection, dump):
    run(connection, table)
    before = dump(connection)
    for labels, default in ((["new", "old", "done"], "dnoe"), (["new"], "old")):

        def change(alter, labels=labels, default=default):
            alter.change("s").enum(labels, default="new")
            alter.change("s").set(default=default)

        with pytest.raises(OperationError, match="is none of the enum's texts"):
            run(connection, altered(change, "t"))
    assert_same(dump(connection), before)


USES = """\
with schema.alter_table("t") as table:
    table.change("s").enum(["a", "b", "c"]).was.enum(["a", "b"])
schema.run_sql("INSERT INTO t (s) VALUES ('c')")
"""


@pytest.mark.databases("postgresql")
def test_a_new_label_that_sql_uses_at_once(migrations):
    """PostgreSQL takes none of a transaction that is not over; what to do is said, and does it."""
    up = 'with schema.create_table("t") as table:\n    table.id()\n    table.enum("s", ["a", "b"])'
    migrations.write("20240101120000_create_t", up=up)
    migrations.migrate()
    path = migrations.write("20240101120001_use", up=USES)
    outcome = migrations.run("migrate")
    assert "use it in a migration of its own, or say atomic = False" in outcome.error
    assert len(migrations.applied()) == 1
    path.unlink()
    migrations.write("20240101120002_use", up=USES, attributes="atomic = False")
    migrations.migrate()
    assert migrations.execute("SELECT s FROM t") == [("c",)]
