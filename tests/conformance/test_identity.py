"""Rows belong to a column, not to its name: in whatever order one block drops, adds, renames, swaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kit_django.exceptions import OperationError
from tests.schemas import run, table_of


def table(schema):
    with schema.create_table("t") as table:
        table.id()
        table.string("a", max_length=20, unique=True)
        table.string("b", max_length=20, check="b <> ''")
        table.string("c", max_length=20, null=True)
    schema.run_sql("INSERT INTO t (a, b, c) VALUES ('A', 'B', 'C')")


def swap(alter):
    alter.rename("a", "held")
    alter.rename("b", "a")
    alter.rename("held", "b")


def drop_and_add(alter):
    alter.drop("a")
    alter.integer("a", default=0)


def drop_and_add_the_like(alter):
    alter.drop("c")
    alter.string("c", max_length=20, null=True)


def drop_and_add_the_like_in_a_rebuild(alter):
    alter.change("b").set(null=True)
    drop_and_add_the_like(alter)


def drop_add_and_change(alter):
    alter.drop("a")
    alter.integer("a", null=True)
    alter.change("a").big_integer()


def drop_add_and_rename(alter):
    alter.drop("a")
    alter.integer("a", default=7)
    alter.rename("a", "fresh")


def rename_and_add_the_old_name(alter):
    alter.change("b").set(null=True)
    alter.rename("a", "kept")
    alter.string("a", max_length=20, default="new")


def drop_and_take_the_name(alter):
    alter.drop("a")
    alter.rename("b", "a")


def drop_take_the_name_and_add(alter):
    alter.drop("a")
    alter.rename("b", "a")
    alter.integer("b", default=3)


def swap_in_a_rebuild(alter):
    alter.change("c").set(null=False)
    swap(alter)


ROWS: dict[Callable[..., None], dict[str, Any]] = {
    swap: {"a": "B", "b": "A", "c": "C"},
    drop_and_add: {"a": 0, "b": "B", "c": "C"},
    drop_and_add_the_like: {"a": "A", "b": "B", "c": None},
    drop_and_add_the_like_in_a_rebuild: {"a": "A", "b": "B", "c": None},
    drop_add_and_change: {"a": None, "b": "B", "c": "C"},
    drop_add_and_rename: {"fresh": 7, "b": "B", "c": "C"},
    rename_and_add_the_old_name: {"kept": "A", "a": "new", "b": "B", "c": "C"},
    drop_and_take_the_name: {"a": "B", "c": "C"},
    drop_take_the_name_and_add: {"a": "B", "b": 3, "c": "C"},
    swap_in_a_rebuild: {"a": "B", "b": "A", "c": "C"},
}


@pytest.mark.parametrize("block", ROWS, ids=lambda block: block.__name__)
def test_rows_follow_their_column(connection, block):
    def change(schema):
        with schema.alter_table("t") as alter:
            block(alter)

    run(connection, table, change)
    names = list(ROWS[block])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM t")
        assert list(cursor.fetchall()) == [tuple(ROWS[block].values())]


def test_a_foreign_key_that_is_dropped_and_added_points_to_nothing(connection):
    def given(schema):
        for name in ("a", "b"):
            with schema.create_table(name) as table:
                table.id()
            schema.run_sql(f"INSERT INTO {name} (id) VALUES (1)")
        with schema.create_table("o") as table:
            table.id()
            table.foreign_id("owner_id", references="a", null=True)
        schema.run_sql("INSERT INTO o (owner_id) VALUES (1)")

    def change(schema):
        with schema.alter_table("o") as table:
            table.drop("owner_id")
            table.foreign_id("owner_id", references="b", null=True)

    run(connection, given, change)
    with connection.cursor() as cursor:
        cursor.execute("SELECT owner_id FROM o")
        assert cursor.fetchone() == (None,)
    assert [key.to_table for key in table_of(connection, "o").foreign_keys] == ["b"]


def test_rows_stay_where_every_column_is_new(connection):
    def given(schema):
        with schema.create_table("t") as table:
            table.integer("a", check="a > 0")
        schema.run_sql("INSERT INTO t (a) VALUES (1), (2)")

    def change(schema):
        with schema.alter_table("t") as table:
            table.timestamp("b", use_current=True)
            table.drop("a")

    run(connection, given, change)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(b) FROM t")
        assert cursor.fetchone() == (2,)


# What is dropped by its columns


def checked(schema):
    with schema.create_table("t") as table:
        table.integer("a_2", check="a_2 > 0")
        table.integer("a", check="a > 0")
        table.integer("b")
        table.check("a <> b", name="apart")


def test_a_check_is_dropped_by_exactly_its_columns(connection):
    def change(schema):
        with schema.alter_table("t") as table:
            table.drop_check(["a"])

    run(connection, checked, change)
    assert {check.name for check in table_of(connection, "t").checks} == {"t_a_2_check", "apart"}


def test_the_way_back_of_a_check_takes_no_other_column_s(conform):
    def change(schema):
        with schema.alter_table("t") as table:
            table.change("b").set(check="b > 0")

    def given(schema):
        with schema.create_table("t") as table:
            table.integer("b_2", check="b_2 > 0")
            table.integer("b")

    outcome = conform(change, given=given)
    assert len(outcome.after.find("t").checks) == 2


@pytest.mark.databases("sqlite", "postgresql")
def test_a_partial_index_is_not_dropped_by_its_columns(refuse):
    def given(schema):
        with schema.create_table("t") as table:
            table.integer("a")
            table.index(["a"], unique=True, where="a > 5", name="part")

    def change(schema):
        schema.drop_index("t", ["a"])

    refuse(change, OperationError, "'part' of 't' is more than its columns", given=given)


@pytest.mark.databases("postgresql")
def test_a_deferrable_unique_is_not_dropped_by_its_columns(refuse):
    def given(schema):
        with schema.create_table("t") as table:
            table.integer("a")
            table.unique(["a"], deferrable="deferred", name="later")

    def change(schema):
        with schema.alter_table("t") as table:
            table.drop_unique(["a"])

    refuse(change, OperationError, "'later' of 't' is not as deferrable", given=given)
