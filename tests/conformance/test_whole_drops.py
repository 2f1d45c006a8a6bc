"""What is dropped comes back as it was, or the drop is refused; a function's name is no column's."""

from __future__ import annotations

import re

import pytest

from kit_django.exceptions import Irreversible, OperationError
from tests.conformance.test_changes import altered
from tests.dumps import assert_same, indexes_in_any_order
from tests.schemas import run, table_of, undo

# Called as kit_django would call a plain one, so that nothing but what they are tells them apart.
INDEXES = {
    "partial": ("sqlite postgresql", "CREATE INDEX t_a_index ON t (a) WHERE b > 1"),
    "unique and partial": (
        "sqlite postgresql",
        "CREATE UNIQUE INDEX t_a_index ON t (a) WHERE b > 1",
    ),
    "descending": ("sqlite postgresql mysql", "CREATE INDEX t_a_index ON t (a DESC)"),
    "covering": ("postgresql", "CREATE INDEX t_a_index ON t (a) INCLUDE (b)"),
    "of a method": ("postgresql", "CREATE INDEX t_a_index ON t USING hash (a)"),
    "collated": ("sqlite", "CREATE INDEX t_a_index ON t (a COLLATE nocase)"),
    "plain": ("sqlite postgresql mysql", "CREATE INDEX t_a_index ON t (a)"),
}


@pytest.mark.parametrize(("vendors", "index"), INDEXES.values(), ids=INDEXES.keys())
def test_an_index_comes_back_whole(connection, dump, vendor, vendors, index):
    if vendor not in vendors.split():
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, a integer, b integer)")
        cursor.execute(index)
    before = dump(connection)
    drop = altered(lambda table: table.drop_index(["a"]), "t")
    try:
        run(connection, drop)
        undo(connection, drop)
    except (OperationError, Irreversible):
        assert index != INDEXES["plain"][1]
    assert_same(dump(connection), before, indexes_in_any_order)


def test_a_column_that_is_called_like_a_function_can_go(connection, dump):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE t (id integer NOT NULL PRIMARY KEY, name varchar(9), lower integer,"
            " abs integer, CONSTRAINT small CHECK (lower(name) <> 'x' AND abs(id) < 9))"
        )
    run(connection, altered(lambda table: table.drop("lower"), "t"))
    run(connection, altered(lambda table: table.rename("abs", "size"), "t"))
    table = table_of(connection, "t")
    assert table.column_names == ("id", "name", "size")
    (check,) = table.checks
    assert re.search(r"(lower|lcase)\(", check.sql)  # MariaDB has another word for it
    assert "abs(" in check.sql


def named(schema):
    with schema.create_table("parents") as table:
        table.id()
    with schema.create_table("t") as table:
        table.integer("a")
        table.foreign_id("parent_id", references="parents", index=False)
    with schema.alter_table("t") as table:
        table.index("a", name="mine_index")
        table.unique("a", name="mine_unique")
        table.check("a > 0", name="mine_check")
        table.foreign_key("parent_id", references="parents", name="mine_key")
        table.drop_foreign_key("t_parent_id_foreign")


OWN_NAMES = {
    "index": lambda table: table.drop_index(["a"]),
    "index with was": lambda table: table.drop_index(["a"]).was.index("a"),
    "unique": lambda table: table.drop_unique(["a"]),
    "modifier": lambda table: table.change("a").set(unique=False),
    "check": lambda table: table.drop_check(["a"]).was.check("a > 0"),
    "key": lambda table: table.drop_foreign_key(["parent_id"]).was.foreign_key(
        "parent_id", references="parents"
    ),
}


def test_what_has_a_name_of_its_own_does_not_come_back_under_another(connection, refuse):
    run(connection, named)
    for what, drop in OWN_NAMES.items():
        own = f"mine_{what.split()[0]}".replace("modifier", "unique")
        refuse(altered(drop, "t"), OperationError, f"is called '{own}'")


def test_what_has_a_name_of_its_own_comes_back_where_that_is_said(conform):
    def change(schema):
        with schema.alter_table("t") as table:
            table.drop_foreign_key(["parent_id"]).was.foreign_key(
                "parent_id", references="parents", name="mine_key"
            )
            table.drop_check(["a"]).was.check("a > 0", name="mine_check")
            table.drop_unique("mine_unique").was.unique("a")
            table.drop_index(["a"]).was.index("a", name="mine_index")

    conform(change, given=named, allowed=indexes_in_any_order)
