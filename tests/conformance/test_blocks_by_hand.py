"""Blocks that drop, add, rename and change one name, on a table whose columns have all that stands on one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from tests.schemas import rows_of, run


def given(schema):
    with schema.create_table("p") as table:
        table.id()
    with schema.create_table("t") as table:
        table.id()
        table.string("a", max_length=20, unique=True)
        table.string("b", max_length=20, check="b <> ''", index=True)
        table.string("c", max_length=20, null=True, default="dc")
        table.foreign_id("p_id", references="p", null=True)
        table.enum("e", ["x", "it's", "a,b", "ü"], default="it's")
        table.index(["a", "b"], name="ab")
    schema.run_sql("INSERT INTO p (id) VALUES (1)")
    schema.run_sql("INSERT INTO t (a, b, c, p_id, e) VALUES ('A', 'B', 'C', 1, 'a,b')")


def swap_three(table):
    table.rename("a", "held")
    table.rename("b", "a")
    table.rename("c", "b")
    table.rename("held", "c")


def change_and_swap_three(table):
    table.change("c").set(default=None)
    swap_three(table)
    table.change("b").string(max_length=30)


def drop_and_add_a_reference(table):
    table.drop("p_id")
    table.foreign_id("p_id", references="p", null=True)


def drop_and_add_an_enum(table):
    table.drop("e")
    table.enum("e", ["q", "r"], default="q")


def drop_an_enum_and_add_a_text(table):
    table.drop("e")
    table.string("e", default="new")


def rename_an_enum_and_add_another(table):
    table.rename("e", "f")
    table.enum("e", ["q"], default="q")


def change_drop_and_add(table):
    table.change("c").set(null=False)
    table.drop("c")
    table.string("c", null=True, default="new")


def drop_and_compute(table):
    table.drop_index("ab")
    table.drop("a")
    table.column("number", models.IntegerField(null=True))
    table.string("a", null=True, generated_as="b")


def take_the_name_of_what_was_dropped(table):
    table.drop_index("ab")
    table.drop("a")
    table.rename("b", "a")
    table.index(["a"], name="ab")
    table.string("b", default="new", unique="ub")


def drop_and_add_twice(table):
    table.drop("c")
    table.string("c", max_length=20, null=True, default="first")
    table.rename("c", "cc")
    table.string("c", default="second")


def enum_to_text_to_enum(table):
    table.change("e").string(max_length=10, default="it's")
    table.change("e").enum(["a,b", "it's"], default="it's")


def text_to_enum(table):
    table.change("c").enum(["C", "dc"], default="dc")


def order_labels_anew(table):
    table.change("e").enum(["ü", "a,b", "n'\"ew", "it's", "x"])


ROWS: dict[Any, dict[str, Any]] = {
    swap_three: {"a": "B", "b": "C", "c": "A"},
    change_and_swap_three: {"a": "B", "b": "C", "c": "A"},
    drop_and_add_a_reference: {"p_id": None},
    drop_and_add_an_enum: {"e": "q"},
    drop_an_enum_and_add_a_text: {"e": "new"},
    rename_an_enum_and_add_another: {"e": "q", "f": "a,b"},
    change_drop_and_add: {"c": "new"},
    drop_and_compute: {"a": "B"},
    take_the_name_of_what_was_dropped: {"a": "B", "b": "new"},
    drop_and_add_twice: {"cc": "first", "c": "second"},
    enum_to_text_to_enum: {"e": "a,b"},
    text_to_enum: {"c": "C"},
    order_labels_anew: {"e": "a,b"},
}


@pytest.mark.parametrize("block", ROWS, ids=lambda block: block.__name__)
def test_rows(connection, block):
    def change(schema):
        with schema.alter_table("t") as table:
            block(table)

    run(connection, given, change)
    (row,) = rows_of(connection)[None, "t"]
    assert {name: row[name] for name in ROWS[block]} == ROWS[block]
