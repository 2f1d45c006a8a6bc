"""Constraints that old rows may break, which PostgreSQL has: no operation makes others of them."""

from __future__ import annotations

import pytest

from kit_django.exceptions import NotSupported, OperationError

NOT_VALID = ("not valid", "")


def rows_that_break_all(schema):
    with schema.create_table("people") as table:
        table.id()
        table.string("code", max_length=20, unique=True)
    with schema.create_table("visits") as table:
        table.id()
        table.big_integer("person_id", null=True)
        table.string("code", max_length=20, null=True)
        table.integer("a", null=True)
        table.integer("b", null=True)
        table.text("note", null=True)
    schema.run_sql("INSERT INTO visits (person_id, code, a, b) VALUES (99, 'nobody', -1, -2)")
    with schema.alter_table("visits") as table:
        table.foreign_key("person_id", references="people", name="who", valid=False)
        table.foreign_key("code", references="people", to="code", name="by_code", valid=False)
        table.check("a >= 0", name="visits_a_check", valid=False)
        table.check("a + b > 0", name="both", valid=False)


def changes_of_other_things(schema):
    with schema.alter_table("people") as table:
        table.change("id").integer().was.big_integer()
        table.change("code").string(max_length=40).was.string(max_length=20)
    with schema.alter_table("visits") as table:
        table.rename("a", "first")
        table.change("first").big_integer().was.integer()
        table.change("b").set(null=False).was.set(null=True)
        table.drop("note").was.text(null=True)
    schema.rename_table("visits", "stays")


@pytest.mark.databases("postgresql")
def test_what_is_not_valid_stays_so(conform):
    stays = conform(changes_of_other_things, given=rows_that_break_all).after.find("stays")
    kept = [*stays.checks, *stays.foreign_keys]
    assert {each.name: each.options for each in kept} == dict.fromkeys(
        ["stays_first_check", "both", "who", "by_code"], (NOT_VALID,)
    )


@pytest.mark.databases("postgresql")
def test_dropped_and_back(conform):
    def change(schema):
        with schema.alter_table("visits") as table:
            table.drop_check("both").was.check("a + b > 0", valid=False)
            table.drop_foreign_key("who").was.foreign_key(
                "person_id", references="people", valid=False
            )

    conform(change, given=rows_that_break_all)


@pytest.mark.databases("postgresql")
def test_a_rollback_that_would_make_another_one_is_refused(refuse):
    def change(schema):
        with schema.alter_table("visits") as table:
            table.drop_check("both").was.check("a + b > 0")

    refuse(change, OperationError, "'both' of 'visits' is NOT VALID", given=rows_that_break_all)


def test_where_no_row_can_be_spared(refuse, vendor):
    def new_table(schema):
        with schema.create_table("t") as table:
            table.integer("a")
            table.check("a > 0", valid=False)

    if vendor == "postgresql":
        refuse(new_table, OperationError, "Leave out valid=")
    else:
        refuse(new_table, NotSupported, r"not valid for old rows \(valid=False\)")
