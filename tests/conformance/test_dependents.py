"""What stands on a table goes on working when the table changes, or the change is refused beforehand."""

from __future__ import annotations

import pytest
from django.db import Error

from kit_django.exceptions import OperationError
from tests.conformance.test_changes import altered
from tests.dumps import assert_same
from tests.schemas import facts_of, run, undo

VIEWS = {
    "plain": "SELECT id, a FROM t WHERE a > 0 ORDER BY a",
    "alias": "SELECT x.a AS b, x.id FROM t x JOIN o y ON y.a = x.a GROUP BY x.a, x.id",
    "using": "SELECT t.a, o.a AS oa FROM t JOIN o USING (id)",
    "derived": "SELECT d.a FROM (SELECT a, id FROM t) d WHERE d.a IN (SELECT o.a FROM o)",
    "expressions": "WITH c AS (SELECT a FROM t) SELECT c.a, o.id FROM c, o",
    "union": "SELECT a FROM t UNION ALL SELECT a FROM o",
    "window": "SELECT a, row_number() OVER (PARTITION BY a ORDER BY id) AS r FROM t",
    "shadowed": "SELECT t.a FROM t WHERE EXISTS (SELECT 1 FROM o t WHERE t.a = 1)",
    "twice": "SELECT one.a, two.a AS b FROM t one JOIN t two ON one.id = two.a",
    "texts": "SELECT 'a t.a' AS s, a FROM t",
    "star": "SELECT * FROM t",
}


def drop_a(table):
    table.drop("a")


@pytest.fixture
def given(connection):
    with connection.cursor() as cursor:
        for name in ("t", "o"):
            cursor.execute(
                f"CREATE TABLE {name} (id integer NOT NULL PRIMARY KEY, a integer, plain integer)"
            )
            cursor.execute(f"INSERT INTO {name} VALUES (1, 1, 1)")


def selected(connection, *names):
    found = []
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT * FROM {name}")
            found.append(cursor.fetchall())
    return found


@pytest.mark.parametrize("sql", VIEWS.values(), ids=VIEWS.keys())
def test_a_view_follows_a_rename_and_holds_what_it_reads(connection, dump, given, sql):
    run(connection, lambda schema: schema.create_view("v", sql))
    run(connection, lambda schema: schema.create_view("w", "SELECT * FROM v"))
    dumped, read = dump(connection), selected(connection, "v", "w")

    def rename_column(schema):
        with schema.alter_table("t") as table:
            table.rename("a", "held")
            table.rename("held", "a 2")

    def rename_table(schema):
        schema.rename_table("t", "t 2")

    is_refused = connection.vendor == "sqlite" and sql in (VIEWS["derived"], VIEWS["expressions"])
    for change in (rename_column, rename_table):
        if is_refused and change is rename_column:
            with pytest.raises(OperationError, match="error in view v after rename"):
                run(connection, change)
            continue
        run(connection, change)
        assert selected(connection, "v") == read[:1]
        assert connection.vendor == "sqlite" or selected(connection, "v", "w") == read
        if change is rename_table and sql == VIEWS["shadowed"] and connection.vendor == "mysql":
            with pytest.raises(OperationError, match="'v' has that name for something else"):
                undo(connection, change)  # nothing tells whose columns its names would be
            return
        undo(connection, change)
        assert selected(connection, "v", "w") == read
        if connection.vendor != "postgresql":  # which words a view as it names its columns
            assert_same(dump(connection), dumped)
    before = facts_of(connection)
    if connection.vendor == "sqlite" and sql == VIEWS["star"]:
        return
    for change in (
        lambda schema: schema.drop_table("t"),
        lambda schema: schema.drop_view("v"),
        altered(drop_a, "t"),
    ):
        with pytest.raises(Exception, match=r"'?[vw]'? "):
            run(connection, change)
        assert facts_of(connection) == before


def test_cascade_takes_the_views_along(connection, given):
    run(connection, lambda schema: schema.create_view("v", "SELECT a FROM t"))
    run(connection, lambda schema: schema.create_view("w", "SELECT v.a FROM v JOIN t ON v.a = t.a"))
    run(connection, lambda schema: schema.create_view("u", "SELECT a FROM o"))
    run(connection, lambda schema: schema.drop_table("t", cascade=True))
    assert [view.name for view in facts_of(connection).views] == ["u"]


CODE = {
    "a trigger": "CREATE TRIGGER x AFTER INSERT ON o FOR EACH ROW INSERT INTO t (id, a) VALUES (9, 9)",
    "an update": "CREATE TRIGGER x AFTER INSERT ON o FOR EACH ROW UPDATE t s SET s.a = NEW.id",
    "all columns": "CREATE TRIGGER x AFTER INSERT ON o FOR EACH ROW INSERT INTO t VALUES (9, 9, 9)",
    "a function": "CREATE FUNCTION x() RETURNS int READS SQL DATA RETURN (SELECT max(`A`) FROM `t`)",
    "a procedure": "CREATE PROCEDURE x() BEGIN DELETE FROM o; SELECT t.a FROM t; END",
    "a row": "CREATE PROCEDURE x() BEGIN DECLARE r ROW TYPE OF t; SELECT * INTO r FROM t LIMIT 1; SELECT r.a; END",
    "a loop": "CREATE PROCEDURE x() FOR r IN (SELECT * FROM t) DO DO 1; SELECT r.a; END FOR",
    "an event": "CREATE EVENT x ON SCHEDULE EVERY 9 YEAR DO DELETE FROM t WHERE a = 0",
}


@pytest.mark.databases("mysql")
@pytest.mark.parametrize("statement", CODE.values(), ids=CODE.keys())
def test_code_of_mariadbs_that_would_break_is_named(connection, dump, given, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
    before = dump(connection)
    changes = [
        lambda schema: schema.drop_table("t"),
        lambda schema: schema.rename_table("t", "t2"),
        altered(drop_a, "t"),
        altered(lambda table: table.rename("a", "b"), "t"),
    ]
    for change in changes[: 3 if "INTO t VALUES" in statement else 4]:
        with pytest.raises(OperationError, match=r"the (trigger|function|procedure|event) 'x'"):
            run(connection, change)
        assert_same(dump(connection), before)
    run(connection, altered(lambda table: table.rename("plain", "other"), "t"))
    run(connection, altered(drop_a, "o"))


@pytest.mark.databases("mysql")
def test_a_default_holds_the_columns_that_it_takes_from(connection, dump, given):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE t ALTER COLUMN plain SET DEFAULT (a + 1)")
    before = dump(connection)
    with pytest.raises(
        OperationError, match="'a' of 't' is part of a default, together with 'plain'"
    ):
        run(connection, altered(drop_a, "t"))
    assert_same(dump(connection), before)
    run(connection, altered(lambda table: (table.drop("plain"), table.drop("a")), "t"))


@pytest.mark.databases("mysql")
def test_a_view_that_is_made_anew_stays_what_it_was(connection, dump, given):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE ALGORITHM=MERGE DEFINER=`some one`@`%` SQL SECURITY INVOKER VIEW v AS"
            " SELECT a FROM t WHERE a > 0 WITH LOCAL CHECK OPTION"
        )
    before = dump(connection)
    change = altered(lambda table: table.rename("a", "b"), "t")
    run(connection, change)
    with connection.cursor() as cursor:
        cursor.execute("SHOW CREATE VIEW v")
        assert "`t`.`b` AS `a`" in cursor.fetchone()[1]
    undo(connection, change)
    assert_same(dump(connection), before)


@pytest.mark.databases("mysql", "postgresql")
def test_a_sequence_that_a_default_takes_from_stays(connection, dump, given):
    run(connection, lambda schema: schema.create_sequence("numbers"))
    default = "nextval('numbers')" if connection.vendor == "postgresql" else "nextval(numbers)"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE t ALTER COLUMN plain SET DEFAULT {default}")
    before = dump(connection)
    with pytest.raises((OperationError, Error), match="plain"):
        run(connection, lambda schema: schema.drop_sequence("numbers"))
    assert_same(dump(connection), before)
    run(connection, altered(lambda table: table.drop("plain"), "t"))
    run(connection, lambda schema: schema.drop_sequence("numbers"))


@pytest.mark.databases("postgresql")
def test_functions_that_name_what_is_gone_are_told(migrations):
    """Those that are made anew in time, and those that PostgreSQL follows, are not."""
    migrations.write(
        "20240101000000_base",
        up="""
            with schema.create_table("t") as table:
                table.id()
                table.integer("a", null=True)
                table.integer("b", null=True)
            for name, body in {
                "by_text": "SELECT max(a) FROM t",
                "by_other": "SELECT max(b) FROM t",
                "in_time": "SELECT min(a) FROM t",
            }.items():
                schema.run_sql(f"CREATE FUNCTION {name}() RETURNS int LANGUAGE sql AS '{body}'")
            schema.run_sql(
                "CREATE FUNCTION followed() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT max(a) FROM t; END;"
                "CREATE FUNCTION of_row() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN NEW.a := 1; RETURN NEW; END $$;"
                "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION of_row()"
            )
        """,
    )
    migrations.write(
        "20240102000000_column",
        up="""
            with schema.alter_table("t") as table:
                table.rename("a", "a2")
            schema.run_sql(
                "CREATE OR REPLACE FUNCTION in_time() RETURNS int LANGUAGE sql AS 'SELECT min(a2) FROM t'"
            )
        """,
    )
    said = migrations.migrate().stderr
    assert "Column 'a' of 't' is called 'a2' now" in said
    assert "by_text(), of_row()." in said.replace("seem to use it: ", "")
    assert not any(name in said for name in ("by_other", "in_time", "followed"))
    migrations.write("20240103000000_table", up="schema.rename_table('t', 'u')")
    said = migrations.migrate().stderr
    assert "'t' is called 'u' now" in said
    assert "by_other(), by_text(), in_time()" in said
    assert "followed" not in said
