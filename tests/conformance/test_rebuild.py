"""SQLite's rebuild: it carries everything over, happens once, and only where it has to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kit_django.exceptions import OperationError
from kit_django.fields import DatabaseTypeField
from kit_django.schema.facts import Generated
from tests.conformance.full import full
from tests.conformance.test_changes import altered
from tests.dumps import assert_same
from tests.schemas import differences, facts_of, pretend, rows_of, run, table_of, undo

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.dumps import Lines

pytestmark = pytest.mark.databases("sqlite")


def rebuilds(sql: list[str]) -> int:
    return sum(statement.startswith("CREATE TABLE") for statement in sql)


def typed_rows(connection: BaseDatabaseWrapper, table: str) -> list[Any]:
    """The rows with SQLite's own idea of each value's type, and their rowids."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM pragma_table_xinfo('{table}')")
        names = ['"{}"'.format(name.replace('"', '""')) for (name,) in cursor.fetchall()]
        values = ", ".join(f"quote({name}), typeof({name})" for name in names)
        cursor.execute(f'SELECT rowid, {values} FROM "{table}" ORDER BY rowid')
        return list(cursor.fetchall())


def counters(connection: BaseDatabaseWrapper) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name")
        return list(cursor.fetchall())


@pytest.mark.parametrize("table", ["full", "parent", "child", "grandchild", "log"])
def test_nothing_is_lost(connection, dump, table):
    """A column comes, changes and goes by rebuilds; everything else is as it was."""
    run(connection, full)
    before, rows, numbers = (
        facts_of(connection),
        typed_rows(connection, table),
        counters(connection),
    )
    dumped = dump(connection)
    text = DatabaseTypeField("TEXT")
    add = altered(lambda alter: alter.column("fresh", text, default="x"), table)
    change = altered(
        lambda alter: alter.change("fresh").set(null=True, check="fresh <> 'y'"), table
    )
    run(connection, add, change, altered(lambda alter: alter.drop("fresh"), table))
    assert differences(facts_of(connection), before) == []
    assert typed_rows(connection, table) == rows
    assert counters(connection) == numbers
    assert_same(dump(connection), dumped)


def test_rebuilds_do_not_wear_a_table_out(connection, dump):
    run(connection, full)
    dumped = dump(connection)
    change = altered(lambda table: table.change("qty").set(null=True).was.set(null=False))
    run(connection, change)
    undo(connection, change)
    before, rows = table_of(connection, "full").sql, typed_rows(connection, "full")
    for _ in range(3):
        run(connection, change)
        undo(connection, change)
    after = table_of(connection, "full")
    assert after.sql == before
    assert_same(dump(connection), dumped)
    assert typed_rows(connection, "full") == rows


def test_tables_without_rowids_and_with_strict_types(connection, dump):
    run(connection, full)
    dumped = dump(connection)
    before, rows = facts_of(connection), rows_of(connection)
    change = altered(lambda table: table.change("c").set(null=True).was.set(null=False), "pairs")
    run(connection, change)
    table = table_of(connection, "pairs")
    assert table.options == (("strict", ""), ("without rowid", ""))
    undo(connection, change)
    assert differences(facts_of(connection), before) == []
    assert rows_of(connection) == rows
    assert_same(dump(connection), dumped)


def test_a_strict_table_takes_its_own_types_only(refuse, connection):
    run(connection, full)
    refuse(
        altered(lambda table: table.string("x", null=True), "grandchild"),
        OperationError,
        r"STRICT table of SQLite's, and takes no column of type 'varchar\(255\)'",
    )
    run(
        connection,
        altered(
            lambda table: table.column("x", DatabaseTypeField("TEXT"), null=True), "grandchild"
        ),
    )


def test_rowids_are_kept(connection):
    def given(schema):
        schema.run_sql('CREATE TABLE t (rowid TEXT, _rowid_ TEXT, n INT NOT NULL, "KEY" TEXT)')
        schema.run_sql("INSERT INTO t (oid, n) VALUES (5, 1), (9, 2), (-3, 3)")

    run(connection, given, altered(lambda table: table.change("n").set(null=True), "t"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid, n FROM t ORDER BY oid")
        assert cursor.fetchall() == [(-3, 3), (5, 1), (9, 2)]


def test_numbers_are_not_given_out_again(connection):
    def given(schema):
        with schema.create_table("t") as table:
            table.id()
            table.integer("n", null=True)
        schema.run_sql("INSERT INTO t (id, n) VALUES (41, 1), (42, 2)")
        schema.run_sql("DELETE FROM t WHERE id = 42")

    run(connection, given, altered(lambda table: table.change("n").set(null=False, default=1), "t"))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO t DEFAULT VALUES RETURNING id")
        assert cursor.fetchone() == (43,)


# How often


def people(schema) -> None:
    with schema.create_table("cities") as table:
        table.id()
    with schema.create_table("people") as table:
        table.id()
        table.string("name", max_length=30)
        table.integer("age", null=True)
        table.string("spare", null=True)
    schema.run_sql("INSERT INTO people (name) VALUES ('a')")


NATIVE = {
    "add": lambda table: table.string("x", null=True),
    "add with a default": lambda table: table.integer("x", default=3),
    "add with a check": lambda table: table.integer("x", default=3, check="x > 2"),
    "add unsigned": lambda table: table.unsigned_integer("x", default=3),
    "add an enum": lambda table: table.enum("x", ["a", "b"], default="a"),
    "add json": lambda table: table.json("x", null=True),
    "add a foreign key": lambda table: table.foreign_id(
        "city_id", references="cities", null=True, on_delete="cascade", check="city_id > 0"
    ),
    "add indexed": lambda table: table.string("x", null=True, index=True),
    "rename": lambda table: table.rename("name", "title"),
    "drop": lambda table: table.drop("spare"),
    "index": lambda table: table.index("name"),
    "many": lambda table: (
        table.string("x", null=True),
        table.foreign_id("city_id", references="cities", null=True),
        table.rename("x", "y"),
        table.index(["y", "city_id"]),
        table.drop("spare"),
    ),
}


@pytest.mark.parametrize("change", NATIVE.values(), ids=NATIVE.keys())
def test_no_rebuild_where_alter_table_can_do_it(conform, change):
    up = altered(change, "people")
    is_reversible = change not in (NATIVE["drop"], NATIVE["many"])
    outcome = conform(up, given=people, irreversible="" if is_reversible else "does not say")
    assert rebuilds(outcome.sql) == 0


REBUILT = {
    "change": lambda table: table.change("age").big_integer(),
    "add now": lambda table: table.timestamps(),
    "add unique": lambda table: table.string("x", null=True, unique=True),
    "constraint": lambda table: table.check("age > 1"),
    "several": lambda table: (
        table.change("age").big_integer(),
        table.change("name").string(max_length=50),
        table.string("x", null=True),
        table.unique("x"),
        table.check("age < 200"),
        table.index("x"),
        table.foreign_id("city_id", references="cities", null=True),
        table.foreign_id("parent_id", references="people", null=True),
        table.drop("spare"),
    ),
    "renames before": lambda table: (
        table.rename("age", "years"),
        table.change("years").big_integer(),
    ),
    "renames between": lambda table: (
        table.change("age").big_integer(),
        table.rename("age", "years"),
        table.check("years < 200"),
        table.rename("name", "age"),
        table.change("age").string(max_length=50),
    ),
}


@pytest.mark.parametrize("change", REBUILT.values(), ids=REBUILT.keys())
def test_one_rebuild_for_all_of_a_block(connection, change):
    run(connection, people)
    up = altered(change, "people")
    sql = pretend(connection, up)
    assert rebuilds(sql) == 1
    rows = typed_rows(connection, "people")
    run(connection, up)
    assert len(typed_rows(connection, "people")) == len(rows)


def test_a_name_that_was_dropped_in_the_same_block(connection):
    def change(schema):
        with schema.alter_table("people") as table:
            table.change("age").big_integer()
            table.drop("spare")
            table.rename("name", "spare")

    run(connection, people, change)
    table = table_of(connection, "people")
    assert table.column_names == ("id", "spare", "age")
    with connection.cursor() as cursor:
        cursor.execute("SELECT spare FROM people")
        assert cursor.fetchall() == [("a",)]


def test_columns_keep_their_order(connection):
    run(connection, full)
    names = table_of(connection, "full").column_names
    run(connection, altered(lambda table: table.change("code").text()))
    assert table_of(connection, "full").column_names == names


# What is renamed


def test_a_rename_reaches_everything(connection, dump):
    run(connection, full)
    dumped = dump(connection)
    change = altered(lambda table: table.rename("price", 'the "price%'))
    before = facts_of(connection)
    run(connection, change)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cheap SET price = 6 WHERE id = 7")
        cursor.execute("SELECT text FROM log")
        assert cursor.fetchall() == [("seven;-1.5",)]
        cursor.execute("SELECT id FROM cheap")
        assert 7 not in [number for (number,) in cursor.fetchall()]
        cursor.execute('UPDATE "full" SET "the ""price%" = -1.5')
        cursor.execute("DELETE FROM log")
    undo(connection, change)
    assert [each.column_names for each in facts_of(connection)] == [
        each.column_names for each in before
    ]
    assert_same(dump(connection), dumped, texts_in_any_quotes)


def texts_in_any_quotes(_part: str, lines: Lines) -> Lines:
    """A rename makes SQLite write texts that stood in double quotes in single ones."""
    return tuple(line.replace("'", "") for line in lines)


def test_a_rename_amid_a_rebuild_reaches_everything(connection):
    run(connection, full)

    def change(table):
        table.change("qty").big_integer()
        table.rename("price", "amount")
        table.rename("name", "title")
        table.check("amount IS NOT 1000", name="late")

    run(connection, altered(change))
    table = table_of(connection, "full")
    assert {"amount", "title"} < set(table.column_names)
    assert table.column("total").generated == Generated('"amount" * (qty + 1)', stored=True)
    assert {check.name for check in table.checks} >= {"named", "late"}
    child = {key.to_columns for key in table_of(connection, "child").foreign_keys}
    assert ("id", "amount") in child
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cheap SET price = 6 WHERE id = 7")
        cursor.execute("SELECT text FROM log")
        assert cursor.fetchall() == [("seven;-1.5",)]


def test_a_trigger_of_a_renamed_column_is_the_renamed_one_from_then_on(connection):
    """The check of an enum has its name from the column, and takes a rebuild along."""

    def given(schema):
        with schema.create_table("log") as table:
            table.id()
            table.string("at", null=True)
        with schema.create_table("t") as table:
            table.id()
            table.enum("kind", ["x", "y"], null=True)
        schema.run_sql(
            "CREATE TRIGGER logs AFTER UPDATE OF kind ON t BEGIN "
            "INSERT INTO log (at) VALUES (new.kind); END"
        )

    def change(schema):
        with schema.alter_table("t") as table:
            table.rename("kind", "sort")
            table.rename("sort", "state")
        with schema.alter_table("t") as table:
            table.change("state").set(null=False)
        schema.run_sql("INSERT INTO t (state) VALUES ('x'); UPDATE t SET state = 'y'")

    run(connection, given, change)
    assert [row["at"] for row in rows_of(connection)[None, "log"]] == ["y"]


def test_a_function_is_no_column(connection):
    def given(schema):
        with schema.create_table("t") as table:
            table.string("lower", max_length=9, null=True)
            table.integer("n", null=True)
            table.check("lower(lower) <> 'lower' AND \"lower\" <> 'x'", name="small")
            table.index("n", where="lower (lower) = 'lower'", name="partial")

    def change(table):
        table.change("n").text()
        table.rename("lower", "the case")

    run(connection, given, altered(change, "t"))
    table = table_of(connection, "t")
    (check,), (index,) = table.checks, table.indexes
    assert check.sql == "lower(\"the case\") <> 'lower' AND \"the case\" <> 'x'"
    assert index.where == "lower (\"the case\") = 'lower'"


def test_the_type_of_a_key_takes_those_that_refer_to_it_along(conform):
    def given(schema):
        with schema.create_table("one") as table:
            table.string("code", max_length=5, primary_key=True)
        with schema.create_table("two") as table:
            table.foreign_id("code", references="one", primary_key=True)
        with schema.create_table("three") as table:
            table.id()
            table.foreign_id("two_code", references="two", null=True)
        schema.run_sql("INSERT INTO one (code) VALUES ('a')")
        schema.run_sql("INSERT INTO two (code) VALUES ('a')")
        schema.run_sql("INSERT INTO three (two_code) VALUES ('a')")

    def change(schema):
        with schema.alter_table("one") as table:
            table.change("code").string(max_length=9).was.string(max_length=5)

    outcome = conform(change, given=given)
    for table, column in (("one", "code"), ("two", "code"), ("three", "two_code")):
        assert outcome.after.find(table).column(column).type == "varchar(9)"
    assert rebuilds(outcome.sql) == 3


# What is refused


def test_a_view_that_would_break_is_refused(refuse, connection):
    run(connection, full)

    def viewed(schema):
        people(schema)
        schema.run_sql("CREATE VIEW spares AS SELECT spare FROM people")
        schema.run_sql("CREATE VIEW spares_again AS SELECT * FROM spares")

    native = altered(lambda table: table.drop("spare"), "people")
    rebuilt = altered(lambda table: (table.change("age").text(), table.drop("spare")), "people")
    refuse(native, OperationError, "error in view spares", given=viewed)
    refuse(rebuilt, OperationError, "the view 'spares' would no longer work: no such column: spare")


def test_a_view_that_was_broken_before_is_no_reason(connection):
    def given(schema):
        people(schema)
        schema.run_sql("CREATE VIEW broken AS SELECT it FROM nowhere")

    run(connection, given, altered(lambda table: table.change("age").text(), "people"))
    assert table_of(connection, "people").column("age").type == "text"


def test_a_trigger_that_would_break_is_refused(refuse, connection):
    def given(schema):
        people(schema)
        schema.run_sql("CREATE TABLE log (spare TEXT)")
        schema.run_sql(
            "CREATE TRIGGER other AFTER DELETE ON cities BEGIN "
            "UPDATE people SET spare = 'x' WHERE age = old.id; END"
        )

    rebuilt = altered(lambda table: (table.change("age").text(), table.drop("spare")), "people")
    refuse(
        rebuilt, OperationError, "the triggers of table 'cities' would no longer work", given=given
    )
    run(connection, lambda schema: schema.run_sql("DROP TRIGGER other"))
    run(
        connection,
        lambda schema: schema.run_sql(
            "CREATE TRIGGER own AFTER UPDATE OF spare ON people BEGIN SELECT 1; END"
        ),
    )
    refuse(rebuilt, OperationError, "'own' is for updates of column 'spare'")


def test_a_virtual_table_is_refused(refuse, connection):
    run(connection, lambda schema: schema.run_sql("CREATE VIRTUAL TABLE words USING fts5(text)"))
    change = altered(lambda table: table.string("x", null=True), "words")
    refuse(change, OperationError, "'words' is a virtual table, and cannot be altered")


def test_what_cannot_be_carried_is_refused(refuse, connection):
    run(
        connection,
        lambda schema: schema.run_sql("CREATE TABLE odd (id INTEGER PRIMARY KEY DESC, n INT)"),
        lambda schema: schema.run_sql("INSERT INTO odd VALUES (1, 2)"),
    )
    change = altered(lambda table: table.change("n").text(), "odd")
    refuse(change, OperationError, "A rebuild of 'odd' would lose its primary key")


def test_rows_that_do_not_fit_leave_everything_as_it_was(refuse, connection):
    run(connection, full)
    change = altered(lambda table: table.change("note").set(null=False))
    refuse(change, OperationError, "has NULLs, and is to refuse them: 2 row")


def test_foreign_keys_have_to_be_off(connection):
    from kit_django.operations.schema import open_schema

    with pytest.raises(OperationError, match="Turn them off before"), open_schema(connection):
        pass


def test_the_temporary_table_takes_no_name_that_is_there(connection):
    def given(schema):
        people(schema)
        schema.run_sql("CREATE TABLE new__people (n)")
        schema.run_sql("CREATE VIEW new__new__people AS SELECT 1 AS one")

    run(connection, given, altered(lambda table: table.change("age").text(), "people"))
    assert table_of(connection, "new__people").column_names == ("n",)
