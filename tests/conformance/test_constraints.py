"""Primary keys, uniques, checks, foreign keys and exclusions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from kit_django.exceptions import Irreversible, NotSupported, OperationError
from kit_django.fields import DatabaseTypeField
from kit_django.schema.facts import ForeignKey, PrimaryKey, Unique
from tests.schemas import run, undo

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema

ACTIONS = ("no action", "restrict", "cascade", "set null", "set default")


def rooms(schema: Schema) -> None:
    with schema.create_table("rooms") as table:
        table.integer("building")
        table.integer("number")
        table.string("name", max_length=30, null=True)
        table.integer("seats", default=1)
    schema.run_sql("INSERT INTO rooms (building, number, name) VALUES (1, 1, 'a'), (1, 2, 'b')")


def keyed_rooms(schema: Schema) -> None:
    rooms(schema)
    with schema.alter_table("rooms") as table:
        table.primary_key(["building", "number"])
        table.unique("name")


# Primary keys


def test_primary_key(conform, vendor):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.primary_key(["building", "number"])

    key = conform(change, given=rooms).after.find("rooms").primary_key
    name = None if vendor == "mysql" else "rooms_pkey"
    assert key == PrimaryKey(("building", "number"), name)


def test_primary_key_with_a_name(conform, vendor):
    def new(schema):
        with schema.create_table("t") as table:
            table.integer("a")
            table.integer("b")
            table.primary_key(["b", "a"], name="the_key")

    key = conform(new).after.find("t").primary_key
    assert key == PrimaryKey(("b", "a"), None if vendor == "mysql" else "the_key")


def test_drop_primary_key(conform):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.drop_primary_key()

    outcome = conform(
        change, given=keyed_rooms, irreversible="does not say what the constraint was"
    )
    table = outcome.after.find("rooms")
    assert table.primary_key is None
    assert not table.column("number").null


@pytest.mark.databases("sqlite", "mysql")
def test_a_key_that_numbers_rows_stays(refuse):
    def given(schema):
        with schema.create_table("t") as table:
            table.id()

    def change(schema):
        with schema.alter_table("t") as table:
            table.drop_primary_key()

    refuse(change, OperationError, "'id' numbers the rows of 't'", given=given)


def test_primary_key_over_a_nullable_column_is_refused(refuse):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.primary_key("name")

    refuse(change, OperationError, "'name' of 'rooms' may be null", given=rooms)


def test_second_primary_key_is_refused(refuse):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.primary_key("number")

    refuse(change, OperationError, "'rooms' has a primary key already", given=keyed_rooms)


# Uniques


def test_unique(conform, connection):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.unique("name")
            table.unique(["building", "number"], name="one_of_each")

    assert set(conform(change, given=rooms).after.find("rooms").uniques) == {
        Unique(("name",), "rooms_name_unique"),
        Unique(("building", "number"), "one_of_each"),
    }
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("INSERT INTO rooms (building, number) VALUES (1, 2)")


def test_drop_unique(conform):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.drop_unique(["name"])

    assert conform(change, given=keyed_rooms).after.find("rooms").uniques == ()


def test_drop_unique_by_name(conform):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.drop_unique("rooms_name_unique")

    outcome = conform(change, given=keyed_rooms, irreversible="what the constraint was")
    assert outcome.after.find("rooms").uniques == ()


@pytest.mark.databases("postgresql")
def test_what_uniques_of_postgresql_can(conform, connection):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.unique("name", deferrable="deferred", name="late")
            table.unique("number", deferrable="immediate", name="soon")
            table.unique(["building", "number"], include="name", name="covering")
            if connection.features.supports_nulls_distinct_unique_constraints:
                table.unique(["name", "seats"], nulls_distinct=False, name="nulls")

    found = {each.name: each for each in conform(change, given=rooms).after.find("rooms").uniques}
    assert found["late"].deferrable == "deferred"
    assert found["soon"].deferrable == "immediate"
    assert found["covering"].include == ("name",)
    assert "nulls" not in found or not found["nulls"].nulls_distinct


LACKING = {
    "sqlite": [
        (
            {"deferrable": "deferred"},
            r"SQLite has no deferrable unique constraints \(deferrable=\)",
        ),
        ({"nulls_distinct": False}, r"SQLite has no .*\(nulls_distinct=False\)"),
        ({"include": "seats"}, r"SQLite has no covering constraints \(include=\)"),
    ],
    "postgresql": [],
    "mysql": [
        ({"deferrable": "deferred"}, r"has no deferrable unique constraints \(deferrable=\)"),
        ({"nulls_distinct": False}, r"has no .*\(nulls_distinct=False\)"),
        ({"include": "seats"}, r"has no covering constraints \(include=\)"),
        ({"where": "seats > 1"}, r"has no partial indexes \(where=\)"),
    ],
}


def test_what_uniques_lack_is_refused(refuse, connection, vendor):
    run(connection, rooms)
    for options, match in LACKING[vendor]:

        def change(schema, options=options):
            with schema.alter_table("rooms") as table:
                table.integer("first", null=True)
                table.unique("name", **options)

        refuse(change, NotSupported, match)


@pytest.mark.databases("sqlite")
def test_a_unique_that_is_there_already_is_refused(refuse):
    def given(schema):
        keyed_rooms(schema)

    def twice(schema):
        with schema.alter_table("rooms") as table:
            table.unique("name", name="again")

    def as_the_key(schema):
        with schema.alter_table("rooms") as table:
            table.unique(["building", "number"])

    refuse(twice, OperationError, r"is unique on \(name\) already", given=given)
    refuse(as_the_key, OperationError, r"is unique on \(building, number\) already")


# Checks


def test_checks(conform, connection):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.check("seats > 0", name="by_sql")
            table.check(Q(seats__lt=100) | Q(name="it's 100%"), name="by_q")
            table.check(Q(number__gt=F("building") - 1), name="by_columns")
            table.check(RawSQL("seats <> %s", [13]), name="by_raw")
            table.check("number < 1000")
            table.check("number > -1000")

    checks = {
        check.name: check.sql for check in conform(change, given=rooms).after.find("rooms").checks
    }
    assert set(checks) == {
        "by_sql",
        "by_q",
        "by_columns",
        "by_raw",
        "rooms_check",
        "rooms_2_check",
    }
    assert "'it''s 100%'" in checks["by_q"] or "'it\\'s 100%'" in checks["by_q"]
    for bad in ("seats = 0", "seats = 100", "number = 0", "seats = 13", "number = 1000"):
        with pytest.raises(Exception, match=r"by_|rooms_"), connection.cursor() as cursor:
            cursor.execute(f"UPDATE rooms SET {bad}")


def test_checks_of_a_new_table(conform):
    def change(schema):
        with schema.create_table("t") as table:
            table.string("name", max_length=9)
            table.check(Q(name__in=["a", "b%"]))

    (check,) = conform(change).after.find("t").checks
    assert check.name == "t_check"
    assert "b%'" in check.sql


def test_drop_check(conform):
    def given(schema):
        rooms(schema)
        with schema.alter_table("rooms") as table:
            table.check("seats > 0", name="seated")

    def change(schema):
        with schema.alter_table("rooms") as table:
            table.drop_check("seated")

    outcome = conform(change, given=given, irreversible="does not say what the constraint was")
    assert outcome.after.find("rooms").checks == ()


# Foreign keys


def two(schema: Schema) -> None:
    with schema.create_table("a") as table:
        table.id()
        table.integer("code", default=5)
        table.integer("left_part")
        table.integer("right_part")
        table.unique("code")
        table.unique(["left_part", "right_part"])
    with schema.create_table("b") as table:
        table.id()
        table.integer("a_code", null=True, default=5)
        table.integer("x", null=True)
        table.integer("y", null=True)


def test_all_actions(conform, vendor):
    actions = [each for each in ACTIONS if vendor != "mysql" or each != "set default"]

    def change(schema):
        with schema.alter_table("b") as table:
            for position, (on_delete, on_update) in enumerate(
                zip(actions, reversed(actions), strict=True)
            ):
                table.integer(f"n{position}", null=True)
                table.foreign_key(
                    f"n{position}",
                    references="a",
                    to="code",
                    on_delete=on_delete,
                    on_update=on_update.replace(" ", "_").upper(),
                    name=f"key_{position}",
                )
            for position, on_update in enumerate(actions):
                table.foreign_id(
                    f"a{position}_id",
                    references="a",
                    null=True,
                    on_delete=actions[-1 - position],
                    on_update=on_update,
                )

    keys = {key.columns[0]: key for key in conform(change, given=two).after.find("b").foreign_keys}
    assert [keys[f"n{n}"].on_delete.lower() for n in range(len(actions))] == actions
    assert [keys[f"n{n}"].on_update.lower() for n in range(len(actions))] == actions[::-1]
    assert [keys[f"a{n}_id"].on_update.lower() for n in range(len(actions))] == actions
    assert [keys[f"a{n}_id"].on_delete.lower() for n in range(len(actions))] == actions[::-1]


@pytest.mark.databases("mysql")
def test_set_default_is_refused(refuse, connection):
    run(connection, two)
    for option in ("on_delete", "on_update"):

        def change(schema, option=option):
            with schema.alter_table("b") as table:
                table.integer("first", null=True)
                table.foreign_id("a_id", references="a", null=True, **{option: "set default"})

        match = rf'{connection.display_name} has no SET DEFAULT \({option}="set default"\)'
        refuse(change, NotSupported, match)


def test_foreign_keys_of_all_kinds(conform, vendor):
    def change(schema):
        with schema.alter_table("b") as table:
            table.foreign_key("a_code", references="a", to="code")
            table.foreign_key(
                ["x", "y"],
                references="a",
                to=["left_part", "right_part"],
                name="pair",
                on_update="cascade",
            )
            table.foreign_id("parent_id", references="b", null=True, on_delete="cascade")
            table.foreign_id("code", references="a", column="code", null=True, index=False)
            table.foreign_uuid("plain", null=True, index=False)
        with schema.create_table("c") as table:
            table.foreign_id("b_id", references="b")
            table.integer("left_part")
            table.integer("right_part")
            table.integer("before_left", null=True)
            table.integer("before_right", null=True)
            table.primary_key(["left_part", "right_part"])
            table.foreign_key(
                ["left_part", "right_part"], references="a", to=["left_part", "right_part"]
            )
            table.foreign_key(["before_left", "before_right"], references="c")

    outcome = conform(change, given=two)
    found = {key.columns: key for key in outcome.after.find("b").foreign_keys}
    assert found["a_code",].name == "b_a_code_foreign"
    assert found["a_code",].to_columns == ("code",)
    assert found["x", "y"].to_columns == ("left_part", "right_part")
    assert found["parent_id",].to_table == "b"
    indexes = {index.columns for index in outcome.after.find("b").indexes}
    assert ("parent_id",) in indexes
    if vendor != "mysql":  # which makes an index for each foreign key
        assert indexes == {("parent_id",)}
    composite = {key.columns: key for key in outcome.after.find("c").foreign_keys}
    assert composite["before_left", "before_right"].to_columns == ("left_part", "right_part")


@pytest.mark.databases("sqlite", "postgresql")
def test_deferrable(conform):
    def change(schema):
        with schema.alter_table("b") as table:
            table.foreign_id("first_id", references="a", null=True)
            table.foreign_id("second_id", references="a", null=True, deferrable="immediate")
            table.foreign_id("third_id", references="a", null=True, deferrable="deferred")
            table.foreign_id("fourth_id", references="a", null=True, deferrable=None)
            table.foreign_key("x", references="a", deferrable=None)
            table.foreign_key("y", references="a", deferrable="immediate")

    keys = {
        key.columns[0]: key.deferrable
        for key in conform(change, given=two).after.find("b").foreign_keys
    }
    assert keys == {
        "first_id": "deferred",
        "second_id": "immediate",
        "third_id": "deferred",
        "fourth_id": None,
        "x": None,
        "y": "immediate",
    }


@pytest.mark.databases("mysql")
def test_deferrable_is_refused(refuse, connection):
    def change(schema):
        with schema.alter_table("b") as table:
            table.integer("first", null=True)
            table.foreign_key("x", references="a", to="code", deferrable="deferred")

    match = rf"{connection.display_name} has no deferrable foreign keys \(deferrable=\)"
    refuse(change, NotSupported, match, given=two)


def test_drop_foreign_key(conform, vendor):
    def given(schema):
        two(schema)
        with schema.alter_table("b") as table:
            table.foreign_key("a_code", references="a", to="code", name="named")
            table.foreign_id("a_id", references="a", null=True)

    def change(schema):
        with schema.alter_table("b") as table:
            table.drop_foreign_key("named")
            table.drop_foreign_key(["a_id"])

    outcome = conform(change, given=given, irreversible="what the constraint was")
    table = outcome.after.find("b")
    assert table.foreign_keys == ()
    assert [index.columns for index in table.indexes] == [("a_id",)]


def test_what_is_wrong_with_a_foreign_key_is_said(refuse, connection):
    run(connection, two)

    def adding(*args, **said):
        def change(schema):
            with schema.alter_table("b") as table:
                table.integer("first", null=True)
                table.foreign_key(*args, **said)

        return change

    refuse(adding("x", references="a", to="nothing"), OperationError, "no column 'nothing'")
    refuse(adding("xx", references="a"), OperationError, "no column 'xx'")
    refuse(adding(["x", "y"], references="a"), OperationError, "Give as many columns on both sides")
    refuse(
        adding("x", references="b", on_delete="cascad"), OperationError, "Did you mean 'cascade'"
    )
    refuse(adding("x", references="nobody"), OperationError, "no table 'nobody'")

    def without_key(schema):
        with schema.create_table("keyless") as table:
            table.integer("n")

    run(connection, without_key)
    refuse(adding("x", references="keyless"), OperationError, "'keyless' has no primary key")


def test_drop_what_is_not_there(refuse, connection):
    run(connection, keyed_rooms)

    def dropping(method, *args):
        def change(schema):
            with schema.alter_table("rooms") as table:
                table.integer("first", null=True)
                getattr(table, method)(*args)

        return change

    refuse(dropping("drop_unique", "x"), OperationError, "no unique 'x'. .*'rooms_name_unique'")
    refuse(dropping("drop_check", "x"), OperationError, "no check 'x'. Those of its kind: none")
    refuse(dropping("drop_foreign_key", ["seats"]), OperationError, r"no foreign key on \(seats\)")
    refuse(dropping("drop_exclusion", "x"), OperationError, "no exclusion 'x'")


def test_a_name_that_is_taken(refuse):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.check("seats > 0", name="rooms_name_unique")

    refuse(
        change, OperationError, "has a constraint 'rooms_name_unique' already", given=keyed_rooms
    )


def test_drops_with_what_was_there(conform, vendor):
    def given(schema):
        keyed_rooms(schema)
        with schema.alter_table("rooms") as table:
            table.check("seats > 0", name="seated")
            table.foreign_key(["seats", "number"], references="rooms", name="leads")

    def change(schema):
        with schema.alter_table("rooms") as table:
            table.drop_foreign_key("leads").was.foreign_key(["seats", "number"], references="rooms")
            table.drop_primary_key().was.primary_key(["building", "number"])
            table.drop_unique("rooms_name_unique").was.unique("name")
            table.drop_check("seated").was.check("seats > 0")

    table = conform(change, given=given).after.find("rooms")
    assert (table.primary_key, table.uniques, table.checks, table.foreign_keys) == (
        None,
        (),
        (),
        (),
    )


def test_a_partial_unique_cannot_be_deferrable(refuse):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.unique("name", where="seats > 1", deferrable="deferred")

    refuse(change, OperationError, r"\(where=\).*\(deferrable=\)", given=rooms)


# Exclusions


@pytest.mark.databases("postgresql")
def test_exclusion(conform):
    def given(schema):
        schema.create_extension("btree_gist")
        with schema.create_table("bookings") as table:
            table.integer("room")
            table.column("during", DatabaseTypeField("tstzrange"))
            table.boolean("cancelled", default=False)

    def change(schema):
        with schema.alter_table("bookings") as table:
            table.exclude([("room", "="), ("during", "&&")], name="once", where=Q(cancelled=False))
            table.exclude(
                [("room", "="), ("lower(during)", "=")],
                name="late",
                method="btree",
                deferrable="deferred",
                include="during",
            )

    exclusions = conform(change, given=given).after.find("bookings").exclusions
    found = {each.name: each for each in exclusions}
    assert found["once"].sql.startswith("EXCLUDE USING gist (room WITH =, during WITH &&) WHERE")
    assert found["late"].deferrable == "deferred"
    assert "INCLUDE (during)" in found["late"].sql


@pytest.mark.databases("postgresql")
def test_exclusion_of_a_new_table(conform, connection):
    def change(schema):
        with schema.create_table("spots") as table:
            table.column("area", DatabaseTypeField("box"))
            table.exclude([("area", "&&")], name="apart")

    conform(change)

    def drop(schema):
        with schema.alter_table("spots") as table:
            table.drop_exclusion("apart")

    def drop_with_was(schema):
        with schema.alter_table("spots") as table:
            table.drop_exclusion("apart").was.exclude([("area", "&&")], name="apart")

    with pytest.raises(Irreversible):
        undo(connection, drop)
    assert conform(drop_with_was).after.find("spots").exclusions == ()


@pytest.mark.databases("sqlite", "mysql")
def test_exclusions_are_refused(refuse, connection):
    def change(schema):
        with schema.alter_table("rooms") as table:
            table.integer("first", null=True)
            table.exclude([("number", "=")], name="x")

    match = rf"{connection.display_name} has no exclusion constraints \(exclude\)"
    refuse(change, NotSupported, match, given=rooms)


@pytest.mark.databases("postgresql")
def test_keys_across_schemas(conform):
    def given(schema):
        schema.create_schema("audit")
        two(schema)

    def change(schema):
        with schema.create_table("audit.events") as table:
            table.id()
            table.foreign_id("a_id", references="a")
            table.foreign_id("before_id", references="audit.events", null=True)
        with schema.alter_table("audit.events") as table:
            table.string("name", max_length=9, unique=True, index="by_name")
            table.change("name").string(max_length=12).was.string(max_length=9)
            table.rename("name", "title")
            table.check("length(title) > 1", name="long_enough")
            table.rename_index("by_name", "by_title")
        with schema.alter_table("b") as table:
            table.foreign_key("x", references="audit.events", on_delete="set null")
        with schema.alter_table("a") as table:
            table.change("id").integer().was.big_integer()

    after = conform(change, given=given).after
    events = after.find("events", "audit")
    assert events.column("a_id").type == "integer"
    assert {(key.to_schema, key.to_table) for key in events.foreign_keys} == {
        (None, "a"),
        ("audit", "events"),
    }
    (key,) = after.find("b").foreign_keys
    assert (key.to_schema, key.to_table, key.on_delete) == ("audit", "events", "SET NULL")
    assert isinstance(key, ForeignKey)


@pytest.mark.databases("mysql")
def test_a_check_that_is_kept_with_its_column_goes_and_comes_back(conform):
    def given(schema):
        schema.run_sql(
            "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL DEFAULT 3 CHECK (a > 1))"
        )

    def change(schema):
        with schema.alter_table("t") as table:
            table.drop_check(["a"])

    after = conform(change, given=given, irreversible="does not say").after.find("t")
    assert after.checks == ()
    assert after.column("a").default == "3"
