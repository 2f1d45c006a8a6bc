"""SQLite reads a name in double quotes as a text where no column is called so: never by kit's doing."""

from __future__ import annotations

import pytest

from kit_django.exceptions import OperationError
from tests.conformance.test_changes import altered
from tests.schemas import facts_of, run

pytestmark = pytest.mark.databases("sqlite")

OBJECTS = {
    "a view": 'CREATE VIEW v AS SELECT id, "a" FROM t',
    "a view of a view": 'CREATE VIEW u AS SELECT * FROM t;CREATE VIEW v AS SELECT "a" FROM u',
    "a condition": 'CREATE VIEW v AS SELECT id FROM t WHERE "A" = 10',
    "a trigger of another table": (
        'CREATE TRIGGER v AFTER INSERT ON o BEGIN INSERT INTO o SELECT "a", 1 FROM t; END'
    ),
    "a trigger of its own": (
        'CREATE TRIGGER v AFTER INSERT ON t BEGIN INSERT INTO o SELECT "a", 1 FROM t; END'
    ),
    "a trigger instead": (
        "CREATE VIEW u AS SELECT id FROM o;CREATE TRIGGER v INSTEAD OF DELETE ON u"
        ' BEGIN DELETE FROM o WHERE id IN (SELECT "a" FROM t); END'
    ),
}
TEXTS = {
    "a view": 'CREATE VIEW v AS SELECT id FROM t WHERE name = "fresh"',
    "a trigger": (
        'CREATE TRIGGER v AFTER INSERT ON o BEGIN DELETE FROM t WHERE name = "fresh"; END'
    ),
}


def made(connection, script):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE t (id integer NOT NULL PRIMARY KEY, a integer, name text, plain integer)"
        )
        cursor.execute("CREATE TABLE o (id integer, n integer)")
        for statement in script.split(";CREATE"):
            cursor.execute(statement if statement.startswith("CREATE") else f"CREATE{statement}")


def drop(table):
    table.drop("a")


def drop_in_a_rebuild(table):
    table.change("plain").set(null=True, default=1)
    table.drop("a")


def add(table):
    table.integer("fresh", null=True)


def add_in_a_rebuild(table):
    table.integer("fresh")


def drop_and_take_the_name(table):
    table.drop("a")
    table.rename("plain", "a")


@pytest.mark.parametrize("script", OBJECTS.values(), ids=OBJECTS.keys())
def test_a_column_that_is_read_by_its_quoted_name_stays(connection, script):
    made(connection, script)
    before = facts_of(connection)
    for change in (drop, drop_in_a_rebuild, drop_and_take_the_name):
        with pytest.raises(OperationError, match=r"'v' has \"[aA]\" in double quotes|error in"):
            run(connection, altered(change, "t"))
        assert facts_of(connection) == before
    run(connection, altered(lambda table: table.drop("plain"), "t"))


@pytest.mark.parametrize("script", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_in_double_quotes_does_not_become_a_column(connection, script):
    made(connection, script)
    for change in (add, add_in_a_rebuild):
        with pytest.raises(OperationError, match=r"'v' has \"fresh\" in double quotes"):
            run(connection, altered(change, "t"))
    run(connection, altered(lambda table: table.rename("plain", "other"), "t"))


def test_what_reads_all_columns_goes_on(connection):
    made(connection, 'CREATE VIEW v AS SELECT * FROM "t"')
    run(connection, altered(drop, "t"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM v")
        assert [each[0] for each in cursor.description] == ["id", "name", "plain"]
