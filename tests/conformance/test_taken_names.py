"""Names that something else has are refused before anything is touched, with who has them."""

from __future__ import annotations

import pytest

from kit_django.exceptions import OperationError
from tests.dumps import assert_same
from tests.schemas import pretend, run, undo


def given(schema):
    with schema.create_table("one") as table:
        table.id()
        table.integer("x", index="taken_index", null=True)
        table.big_integer("y", unique="taken_unique", null=True)
    with schema.create_table("two") as table:
        table.id()
        table.integer("x", null=True)
        table.big_integer("y", null=True)
    with schema.alter_table("one") as table:
        table.foreign_key(["y"], references="two", name="taken_key")
    schema.create_view("taken_view", "SELECT 1 AS a")


def altered(*said):
    """A change that would begin with something that it could not take back."""

    def change(schema):
        with schema.alter_table("two") as table:
            table.drop("x")
            table.integer("x", null=True)
            for say in said:
                say(table)

    return change


def created(name, say=lambda table: None):
    def change(schema):
        with schema.create_table(name) as table:
            table.id()
            table.big_integer("x")
            say(table)

    return change


INDEX = lambda table: table.index(["x"], name="taken_index")  # noqa: E731
UNIQUE = lambda table: table.unique(["x"], name="taken_unique")  # noqa: E731
KEY = lambda table: table.foreign_key(["y"], references="one", name="taken_key")  # noqa: E731
INDEXES = ("sqlite", "postgresql")
CASES = {
    "index": (INDEXES, altered(INDEX), "index 'taken_index' of 'one'"),
    "with its column": (
        INDEXES,
        altered(lambda table: table.integer("z", null=True, index="taken_index")),
        "index 'taken_index' of 'one'",
    ),
    "index like a unique": (
        ("postgresql",),
        altered(lambda table: table.index(["x"], name="taken_unique")),
        "index 'taken_unique' of 'one'",
    ),
    "unique": (("postgresql",), altered(UNIQUE), "index 'taken_unique' of 'one'"),
    "index like a table": (
        INDEXES,
        altered(lambda table: table.index(["x"], name="one")),
        "table 'one'",
    ),
    "index like a view": (
        INDEXES,
        altered(lambda table: table.index(["x"], name="taken_view")),
        "view 'taken_view'",
    ),
    "index like its table": (
        INDEXES,
        altered(lambda table: table.index(["x"], name="two")),
        "two things called 'two'",
    ),
    "index in capitals": (
        ("sqlite",),
        altered(lambda table: table.index(["x"], name="TAKEN_INDEX")),
        "index 'taken_index' of 'one'",
    ),
    "renamed": (
        INDEXES,
        altered(
            lambda table: table.index(["x"], name="free"),
            lambda table: table.rename_index("free", "taken_index"),
        ),
        "index 'taken_index' of 'one'",
    ),
    "foreign key": (("mysql",), altered(KEY), "foreign key 'taken_key' of 'one'"),
    "foreign key in capitals": (
        ("mysql",),
        altered(lambda table: table.foreign_key(["y"], references="one", name="TAKEN_KEY")),
        "foreign key 'taken_key' of 'one'",
    ),
    "two that differ in case": (
        ("sqlite", "mysql"),
        altered(
            lambda table: table.index(["x"], name="same"),
            lambda table: table.index(["y"], name="SAME"),
        ),
        "two things called 'same'",
    ),
    "check and unique that differ in case": (
        ("mysql",),
        altered(
            lambda table: table.unique(["x"], name="same"),
            lambda table: table.check("y > 0", name="SAME"),
        ),
        "two things called 'same'",
    ),
    "index like a foreign key's": (
        ("mysql",),
        altered(
            lambda table: table.foreign_key(["y"], references="one", name="same"),
            lambda table: table.index(["x"], name="same"),
        ),
        "two things called 'same'",
    ),
    "of a new table": (INDEXES, created("three", INDEX), "index 'taken_index' of 'one'"),
    "unique of a new table": (
        ("postgresql",),
        created("three", UNIQUE),
        "index 'taken_unique' of 'one'",
    ),
    "foreign key of a new table": (
        ("mysql",),
        created(
            "three", lambda table: table.foreign_key(["x"], references="one", name="taken_key")
        ),
        "foreign key 'taken_key' of 'one'",
    ),
    "index and unique of a new table": (
        ("postgresql", "mysql"),
        created(
            "three",
            lambda table: (table.index(["x"], name="same"), table.unique(["x"], name="same")),
        ),
        "two things called 'same'",
    ),
    "table": (INDEXES, created("taken_index"), "There is an index 'taken_index' of 'one' already"),
    "table like another": (
        ("sqlite", "postgresql", "mysql"),
        created("one"),
        "a table 'one' already",
    ),
    "renamed table": (
        INDEXES,
        lambda schema: schema.rename_table("two", "taken_index"),
        "There is an index 'taken_index' of 'one' already",
    ),
    "view": (
        INDEXES,
        lambda schema: schema.create_view("taken_index", "SELECT 1 AS a"),
        "There is an index 'taken_index' of 'one' already",
    ),
}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        pytest.param(change, match, id=case, marks=pytest.mark.databases(*vendors))
        for case, (vendors, change, match) in CASES.items()
    ],
)
def test_it_is_refused(refuse, change, match):
    refuse(change, OperationError, match, given=given)


@pytest.mark.databases("postgresql")
def test_the_name_of_a_key_is_taken(refuse):
    def before(schema):
        given(schema)
        schema.create_index("two", ["x"], name="three_pkey")

    refuse(created("three"), OperationError, "index 'three_pkey' of 'two'", given=before)


def test_what_is_free_again_is_free(connection):
    """Dropped, renamed away, or gone with its table, in the same block or migration."""

    def block(schema):
        with schema.alter_table("one") as table:
            table.drop_index("taken_index")
            table.drop_foreign_key("taken_key")
            table.index(["y", "x"], name="taken_index")
        schema.rename_index("one", "taken_index", "elsewhere")
        with schema.alter_table("two") as table:
            INDEX(table)
            KEY(table)

    def with_its_table(schema):
        schema.drop_table("two")
        created("three", INDEX)(schema)
        with schema.alter_table("three") as table:
            table.foreign_key(["x"], references="one", name="taken_key")

    run(connection, given, block, with_its_table)


@pytest.mark.databases("postgresql")
def test_a_name_that_would_be_cut_is_refused(refuse):
    for make in (
        lambda schema: schema.create_enum("x" * 64, ["a"]),
        lambda schema: schema.create_sequence("x" * 64),
    ):
        refuse(make, OperationError, "64 bytes, and 63 is the most")


@pytest.mark.databases("postgresql")
def test_each_schema_has_names_of_its_own(connection):
    run(
        connection,
        given,
        lambda schema: schema.create_schema("audit"),
        created("audit.three", INDEX),
        created("audit.one"),
    )


def test_where_nothing_is_run_the_names_are_those_that_would_be(connection):
    run(connection, given)

    def change(schema):
        schema.drop_index("one", "taken_index")
        with schema.alter_table("one") as table:
            table.drop_foreign_key("taken_key")
        with schema.alter_table("two") as table:
            INDEX(table)
            KEY(table)

    assert pretend(connection, change)


def moods(schema):
    with schema.create_table("t") as table:
        table.id()
        table.enum("s", ["a", "b"])
    for name in ("mood", "t_mood", "t_state", "u_s"):
        schema.run_sql(f"CREATE TABLE {name} (x int)")


@pytest.mark.databases("postgresql")
def test_a_type_has_no_name_of_a_table(connection):
    """The rows of each table are of a type that is called as it is."""
    run(connection, moods)

    def with_type(schema):
        with schema.alter_table("t") as table:
            table.enum("mood", ["a"], null=True)

    for change in (
        lambda schema: schema.create_enum("mood", ["a"]),
        lambda schema: schema.create_domain("mood", "int"),
        lambda schema: schema.create_sequence("mood"),
        with_type,
    ):
        with pytest.raises(OperationError, match=r"There is a table '(t_)?mood' already: no "):
            run(connection, change)


@pytest.mark.databases("postgresql")
def test_an_enum_keeps_its_type_where_a_table_has_the_name_that_would_follow(connection, dump):
    run(connection, moods)
    before = dump(connection)

    def renamed(schema):
        with schema.alter_table("t") as table:
            table.rename("s", "state")
            table.change("state").enum(["a", "b", "c"]).was.enum(["a", "b"])
            table.rename("state", "s")
        schema.rename_table("t", "u")

    run(connection, renamed)
    undo(connection, renamed)
    assert_same(dump(connection), before)
