"""Names that were made of a table's and its columns' follow when those are renamed, and back."""

from __future__ import annotations

import pytest

from tests.dumps import assert_same, indexes_in_any_order
from tests.schemas import run, table_of, undo


@pytest.mark.parametrize("rename", ["column", "table"])
def test_what_is_called_after_a_name_follows_it(connection, dump, rename):
    """So that what names columns finds it later, as Rails has it for indexes."""

    def given(schema):
        with schema.create_table("p") as table:
            table.id()
        with schema.create_table("t") as table:
            table.id()
            table.string("a", max_length=20, unique=True, index=True)
            table.foreign_id("p_id", references="p", null=True, index=False)
            table.unique(["p_id", "a"])
            table.index(["a", "p_id"], name="by_hand")

    def renamed(schema):
        if rename == "table":
            schema.rename_table("t", "u")
            return
        with schema.alter_table("t") as table:
            table.rename("a", "b")
            table.rename("p_id", "q_id")

    columns, target = (["a", "p_id"], "u") if rename == "table" else (["b", "q_id"], "t")

    def dropped(schema):
        with schema.alter_table(target) as table:
            table.drop_index([columns[0]])
            table.drop_unique([columns[0]])
            table.drop_foreign_key([columns[1]]).was.foreign_key([columns[1]], references="p")
            table.drop_unique([columns[1], columns[0]])

    run(connection, given)
    before = dump(connection)
    run(connection, renamed)
    between = dump(connection)
    run(connection, dropped)
    left = table_of(connection, target)
    assert (left.uniques, left.foreign_keys) == ((), ())
    assert {index.name for index in left.indexes} == {"by_hand"}
    undo(connection, dropped)
    assert_same(dump(connection), between, indexes_in_any_order)
    undo(connection, renamed)
    assert_same(dump(connection), before, indexes_in_any_order)


def test_a_name_that_is_taken_is_not_followed(connection, dump):
    def change(schema):
        with schema.alter_table("t") as table:
            table.rename("a", "b")
            table.rename("b", "a")

    def given(schema):
        with schema.create_table("t") as table:
            table.id()
            table.string("a", max_length=20, unique=True)
            table.index(["id"], name="t_b_unique_2")
            table.unique(["a", "id"], name="t_b_unique")

    run(connection, given)
    before = dump(connection)
    run(connection, change)
    assert_same(dump(connection), before, indexes_in_any_order)
    undo(connection, change)
    assert_same(dump(connection), before, indexes_in_any_order)
