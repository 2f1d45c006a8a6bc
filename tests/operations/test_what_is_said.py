"""Nothing that a person says is swallowed: what is not understood is an error that says what was meant."""

from __future__ import annotations

import re

import pytest
from django.apps.registry import Apps
from django.db import models
from django.db.models.functions import Now

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
    'table.index(["id"], include=5)': "which has to be str or list of str",
    'table.unique(["id"], condition="id > 1")': "It is said where= here",
    "table.timestamps(null=True)": "has no keyword null=. It takes no keywords",
    'table.string("x", null="no")': "was given null='no', which has to be bool",
    'table.string("x", unique=1)': "which has to be bool or str",
    'table.enum("x", ["a", "b"], default="c")': "default='c' is none of the enum's texts of the column: 'a', 'b'",
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


WRONG = {
    # Kinds of values
    'table.string("x", "80")': r'table.string\("x"\) was given max_length=\'80\'.* int .*max_length=80\?',
    'table.string("x", max_length=True)': "which has to be int",
    'table.string("x", max_length=None)': "which has to be int",
    'table.string("x", max_length=0)': "int of at least 1",
    'table.char("x", -3)': "int of at least 1",
    'table.decimal("x", max_digits=5.0)': "max_digits=5.0",
    'table.decimal("x", max_digits=3, decimal_places=5)': "max_digits=3 has no room for 5",
    'table.decimal("x", decimal_places=-1)': "int of at least 0",
    "table.string(5)": "name=5, which has to be str",
    'table.string(b"x")': "which has to be str",
    'table.string("x", null=1)': "Did you mean null=True",
    'table.string("x", unique="")': "unique='', which says nothing",
    'table.string("")': "name='', which says nothing",
    'table.enum("x", "draft")': r"Did you mean values=\['draft'\]",
    'table.enum("x", [1, 2])': "which has to be list of str",
    'table.foreign_id("x", references="t", on_delete="set nul")': "Did you mean 'set null'",
    'table.foreign_id("x", references="t", on_delete=models.CASCADE)': "Did you mean on_delete=.cascade",
    'table.foreign_id("x", references="t", deferrable=True)': "Did you mean deferrable='deferred'",
    'table.foreign_id("x", references=Model)': "Did you mean references='table_of_model'",
    'table.unique(["id"], deferrable="yes")': "'immediate' or 'deferred' or None",
    'table.generated("x", "id", "integer")': "field='integer', which has to be a Django field",
    'table.column("x", models.IntegerField)': "which has to be a Django field",
    "table.check(True)": "which has to be str",
    'table.enum("x", [("a", "A"), ("b", "B")])': r"Did you mean values=\['a', 'b'\]",
    'table.comment = "x"': "table.comment is nothing that can be set. It is called: table.comment",
    'table.engine = "InnoDB"': "It is called: table.engine",
    # What a Django field says
    'table.column("x", models.IntegerField(default=3))': "default=3 of IntegerField is the model's",
    'table.column("x", models.IntegerField(db_default="abc"))': "db_default|default='abc' is nothing",
    'table.column("x", models.DateTimeField(auto_now_add=True))': "use_current=True beside",
    'table.column("x", models.TextField(db_column="y"))': "Leave it out",
    'table.column("x", models.CharField(max_length=0))': "max_length=0 is no length",
    # Columns of indexes and constraints
    "table.index([])": r"columns=\[\], which says nothing",
    'table.index({"id"})': "which has to be str",
    'table.index("id", "x")': "Several columns are a list",
    'table.index("id DESC")': 'one that descends is "-name"',
    'table.index(["id", "id"])': "names the column 'id' twice",
    'table.index(["id"], name="")': "name='', which says nothing",
    'table.index(["id"], nulls_distinct=False)': "not unique",
    'table.index(["id"], lengths={"idd": 3})': "lengths= names 'idd', .*Did you mean 'id'",
    'table.index(["id"], lengths={"id": 0})': "which has to be dict of str to int of at least 1",
    'table.unique(["id", "id"])': "names the column 'id' twice",
    'table.foreign_key(["id"], references="t", to="", on_delete="cascade")': "to='', which says nothing",
    # Defaults that no row can have
    'table.integer("x", default="abc")': "default='abc' is nothing that the column can hold: .abc. value must be",
    'table.integer("x", default=1.5)': "it would become 1",
    'table.integer("x", default=True)': "Did you mean default=1",
    'table.unsigned_integer("x", default=-1)': "greater than or equal to 0",
    'table.integer("x", default=Now())': "it is a time",
    'table.integer("x", use_current=True)': "hold a time",
    'table.boolean("x", default="yes")': "Did you mean default=True",
    'table.decimal("x", 5, 2, default="1.234")': "no more than 2 decimal places",
    'table.string("x", 3, default="abcd")': "at most 3 characters",
    'table.char("x", 3, default="abcd")': "at most 3 characters",
    'table.string("x", default=5)': "it would become '5'",
    'table.date("x", default="2024-02-31")': "invalid date",
    'table.datetime("x", default="now")': "Did you mean use_current=True",
    'table.json("x", default="{}")': "without quotes",
    'table.binary("x", default="a")': r"Did you mean default=b'a'",
    'table.uuid("x", default="abc")': "not a valid UUID",
    'table.ip_address("x", default="localhost")': "valid IPv4 or IPv6",
    'table.enum("x", ["draft", "done"], default="dreft")': "Did you mean default='draft'",
    'table.integer("x", collation="C")': "hold a text",
    # What does not go together
    'table.integer("x", using="1")': "'x' is a new column",
    'table.foreign_id("x", references="t", on_delete="set null")': "null=True",
    'table.foreign_id("x", references="t", on_delete="set default")': "which it cannot be|has no SET DEFAULT",
    'table.text("x"); table.foreign_key("x", references="t")': "Make it of that type",
    'table.foreign_id("x", references="t", default="abc")': "nothing that column 'x' can hold",
    'schema.create_view("v", "SELECT 1", was="SELECT 2")': "Say replace=True too",
}


def says(schema, words: str, block: str) -> None:
    with getattr(schema, block)("t") as table:
        if block == "create_table":
            table.id()
        names = {"table": table, "schema": schema, "models": models, "Now": Now, "Model": Model}
        exec(words, names)  # noqa: S102


class Model(models.Model):
    class Meta:
        app_label = "blog"
        db_table = "table_of_model"
        managed = False
        apps = Apps()


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


def test_what_is_wrong_is_an_error_before_anything_is_touched(connection) -> None:
    """Also where a database would have taken it, and gone wrong later or never said a word."""
    passed = {}
    for words, message in WRONG.items():
        said = refusal(connection, words, "create_table")
        if not re.search(message, said):
            passed[words] = said
    assert not passed, passed
    assert facts_of(connection).tables == ()


def refusal(connection, words: str, block: str) -> str:
    """What is said to the words; of what is no error of kit's, its repr."""
    try:
        run(connection, lambda schema: says(schema, words, block))
    except OperationError as error:
        return str(error)
    except Exception as error:
        return repr(error)
    return ""


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
