"""Nothing that a person says is swallowed: what is not understood is an error that says what was meant."""

from __future__ import annotations

import pytest

from kit_django.exceptions import OperationError
from kit_django.operations.schema import record
from tests.schemas import facts_of, pretend, run

UNKNOWN = {
    'table.string("x", nullable=True)': "has no keyword nullable=. It is said null=True here",
    'table.string("x", uniqe=True)': "has no keyword uniqe=. Did you mean unique=",
    'table.string("x", defualt="a")': "Did you mean default=",
    'table.string("x", limit=5)': "It is said max_length= here",
    'table.char("x", max_length=5)': "It is said length= here",
    'table.decimal("x", digits=5)': "It is said max_digits= here",
    'table.decimal("x", precision=5, scale=2)': "It is said max_digits= here",
    'table.integer("x", after="id")': "New columns stand at the end of the table",
    'table.integer("x", blank=True)': "write it in models.py",
    'table.integer("x", db_default=1)': "It is said default= here",
    'table.foreign_id("x", references="t", ondelete="cascade")': "It is said on_delete= here",
    'table.foreign_id("x", on_delete="cascade")': "refers to no table",
    'table.index(["id"], uniqe=True)': "Did you mean unique=",
    'table.index(["id"], include=5)': "which has to be str or Sequence",
    'table.unique(["id"], condition="id > 1")': "It is said where= here",
    "table.timestamps(null=True)": "has no keyword null=. It takes no keywords",
    'table.string("x", null="no")': "was given null='no', which has to be bool",
    'table.string("x", unique=1)': "which has to be bool or str",
    'table.enum("x", ["a", "b"], default="c")': "default='c' is none of the enum's texts: 'a', 'b'",
    'table.uuid("x", default=print)': "is a function of Python's",
    'table.integer("x", stored=True)': "Say generated_as= too",
    'table.timestamp("x", default="2024-01-01", use_current=True)': "default= and use_current=",
    "table.string()": "missing a required argument: 'name'",
    'table.strng("x")': r"table has no strng\(\). Did you mean table.string\(\)",
    'table.unsignedBigInteger("x")': r"It is table.unsigned_big_integer\(\) here",
    'table.string("x").nullable()': 'table.string\\("name", null=True\\)',
    'table.foreign_id("x").constrained()': 'references="users"',
    'table.dropColumn("x")': "table.drop",
    'table.references("user")': 'table.foreign_id\\("user_id", references="users"\\)',
    'table.add_column("x", "string")': "another column method",
    'schema.creat_table("x")': r"Did you mean schema.create_table\(\)",
    'schema.create("x")': "with schema.create_table",
    'schema.create_index("t", ["id"], uniqe=True)': "Did you mean unique=",
    'schema.drop_table("t", ifexists=True)': "Did you mean if_exists=",
}
UNKNOWN_IN_CHANGES = {
    'table.change("x").strng()': r'table.change\("x"\) has no strng\(\)',
    'table.change("x").string(nullable=True)': "null=True",
    'table.change("x")': r'table.change\("x"\) says nothing',
    'table.change("x").set()': "says nothing",
    'table.drop("x").was': r'table.drop\("x"\).was says nothing',
    'table.drop("x").was.string(nullable=True)': "null=True",
    'table.drop_index("x").was.indx(["id"])': r"Did you mean table.drop_index\(\).was.index",
    "pass": r'The block of schema.alter_table\("t"\) says nothing',
}


def says(schema, words: str, block: str) -> None:
    with getattr(schema, block)("t") as table:
        if block == "create_table":
            table.id()
        exec(words, {"table": table, "schema": schema})  # noqa: S102


def given(schema) -> None:
    with schema.create_table("t") as table:
        table.id()
        table.string("x", index="x")


@pytest.mark.parametrize(("words", "message"), UNKNOWN.items(), ids=UNKNOWN)
def test_what_is_not_known_is_an_error(connection, words: str, message: str) -> None:
    def change(schema):
        says(schema, words, "create_table")

    for attempt in (lambda: run(connection, change), lambda: pretend(connection, change)):
        with pytest.raises(OperationError, match=message):
            attempt()
    with pytest.raises(OperationError, match=message):
        record(change, connection)
    assert facts_of(connection).tables == ()


@pytest.mark.parametrize(("words", "message"), UNKNOWN_IN_CHANGES.items(), ids=UNKNOWN_IN_CHANGES)
def test_what_is_not_known_of_a_table_that_is_there(connection, words: str, message: str) -> None:
    run(connection, given)
    before = facts_of(connection)
    with pytest.raises(OperationError, match=message):
        run(connection, lambda schema: says(schema, words, "alter_table"))
    assert facts_of(connection) == before


def test_a_block_that_is_never_entered(connection) -> None:
    def change(schema):
        schema.create_table("t")

    for attempt in (run, pretend):
        with pytest.raises(OperationError, match="its block was never entered"):
            attempt(connection, change)
    with pytest.raises(OperationError, match="its block was never entered"):
        record(change, connection)


def test_what_is_said_behind_its_block(connection) -> None:
    def change(schema):
        with schema.create_table("t") as table:
            table.id()
        table.string("late")

    with pytest.raises(OperationError, match="has ended"):
        record(change, connection)


def test_what_is_said_of_a_block_itself(connection) -> None:
    with pytest.raises(OperationError, match="has no string"):
        record(lambda schema: getattr(schema.create_table("t"), "string"), connection)  # noqa: B009


def test_an_operation_within_a_block(connection) -> None:
    def change(schema):
        with schema.create_table("t") as table:
            table.id()
            schema.create_index("t", ["id"])

    with pytest.raises(OperationError, match="and would take effect before it"):
        record(change, connection)


def test_a_block_within_a_block(connection) -> None:
    def change(schema):
        with schema.create_table("t") as table, schema.create_table("u") as other:
            table.id()
            other.id()

    with pytest.raises(OperationError, match="is said within the block of"):
        record(change, connection)


def test_a_method_that_is_missing_is_a_missing_attribute(connection) -> None:
    def change(schema):
        with schema.create_table("t") as table:
            table.id()
            assert not hasattr(table, "strng")
            assert hasattr(table, "string")

    record(change, connection)


def test_keys_are_said_of_what_was_too(connection) -> None:
    def given(schema):
        with schema.create_table("t") as table:
            table.integer("x")
            table.uuid_id("key")
            table.remember_token("token")

    def change(schema):
        with schema.alter_table("t") as table:
            table.drop("token").was.remember_token()
            table.change("key").uuid_id(primary_key=False).was.uuid_id(primary_key=False)
        with schema.alter_table("t") as table:
            table.drop("key").was.uuid_id()

    run(connection, given)
    operations = record(change, connection)
    assert [undo.describe() for each in operations for undo in each.inverse()]
