"""Functions, procedures and triggers, in the database's own language."""

from __future__ import annotations

import pytest

from kit_django.exceptions import NotSupported, OperationError
from tests.schemas import run, table_of

FUNCTIONS = {
    "postgresql": "CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS $$SELECT n * 2; $$;",
    "mysql": "CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC BEGIN DECLARE r int; SET r = n * 2; RETURN r; END",
}
PROCEDURES = {
    "postgresql": "CREATE OR REPLACE PROCEDURE fill() LANGUAGE sql AS $$INSERT INTO log (line) VALUES ('a')$$",
    "mysql": "CREATE PROCEDURE fill() BEGIN INSERT INTO log (line) VALUES ('a'); END;",
}
TRIGGERS = {
    "sqlite": "CREATE TRIGGER note AFTER INSERT ON log BEGIN DELETE FROM log WHERE line = 'x'; END;",
    "postgresql": "CREATE TRIGGER note AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION nothing()",
    "mysql": "CREATE TRIGGER note BEFORE INSERT ON log FOR EACH ROW BEGIN SET NEW.line = 'x'; END",
}
NOTHING = "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'"
with_functions = pytest.mark.databases("postgresql", "mysql")


def log(schema):
    with schema.create_table("log") as table:
        table.id()
        table.string("line", max_length=20)
    if schema.vendor == "postgresql":
        schema.create_function("nothing", NOTHING)


@with_functions
def test_functions(conform, vendor):
    def change(schema):
        schema.create_function("twice", FUNCTIONS[vendor])

    conform(change)
    conform(lambda schema: schema.drop_function("twice", was=FUNCTIONS[vendor]))


@with_functions
def test_drop_function_without_was(conform, vendor):
    def given(schema):
        schema.create_function("twice", FUNCTIONS[vendor])

    def change(schema):
        schema.drop_function("twice")

    conform(
        change, given=given, irreversible="does not say what the function was. Say it with was="
    )


@with_functions
def test_procedures(conform, vendor):
    def change(schema):
        schema.create_procedure("fill", PROCEDURES[vendor])

    conform(change, given=log)
    conform(lambda schema: schema.drop_procedure("fill", was=PROCEDURES[vendor]))


def test_triggers(conform, vendor):
    def change(schema):
        schema.create_trigger("log", "note", TRIGGERS[vendor])

    (trigger,) = conform(change, given=log).after.find("log").triggers
    assert trigger.name == "note"
    back = conform(lambda schema: schema.drop_trigger("log", "note", was=TRIGGERS[vendor]))
    assert back.after.find("log").triggers == ()


def test_a_trigger_of_a_table_that_is_made_in_the_same_migration(conform, vendor):
    def change(schema):
        log(schema)
        schema.create_trigger("log", "note", TRIGGERS[vendor])

    conform(change)


def test_what_is_wrong_with_a_trigger_is_said(refuse, connection, vendor):
    sql = TRIGGERS[vendor]

    def given(schema):
        log(schema)
        with schema.create_table("others") as table:
            table.id()

    refuse(
        lambda schema: schema.create_trigger("log", "another", sql),
        OperationError,
        "The trigger 'another' is called 'note' in its CREATE TRIGGER",
        given=given,
    )
    two = f"{sql.rstrip(';')}; SELECT 1"
    for change, match in (
        (lambda schema: schema.create_trigger("log", "note", two), "is said by 2 statements"),
        (lambda schema: schema.create_trigger("log", "note", "SELECT 1"), "is no CREATE TRIGGER"),
    ):
        refuse(change, OperationError, match)
    refuse(lambda schema: schema.drop_trigger("log", "no"), OperationError, "has no trigger 'no'")
    run(connection, lambda schema: schema.create_trigger("log", "note", sql))
    refuse(
        lambda schema: schema.create_trigger("log", "note", sql), OperationError, "'note' already"
    )
    assert len(table_of(connection, "log").triggers) == 1


@pytest.mark.databases("sqlite")
def test_sqlite_has_no_functions(refuse):
    refuse(
        lambda schema: schema.create_function("twice", "x"), NotSupported, "SQLite has no functions"
    )
    refuse(lambda schema: schema.drop_procedure("p"), NotSupported, "SQLite has no procedures")


@with_functions
def test_migrate_fresh_makes_them_anew(migrations, vendor):
    migrations.write(
        "20240101120000_twice", f"schema.create_function('twice', {FUNCTIONS[vendor]!r})"
    )
    migrations.migrate()
    outcome = migrations.run("migrate_fresh", force=True)
    assert outcome.code == 0, outcome.error
    assert migrations.run("migrate_rollback").code == 0
    outcome = migrations.run("migrate_fresh", force=True)
    assert outcome.code == 0, outcome.error
