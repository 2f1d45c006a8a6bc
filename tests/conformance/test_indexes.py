"""Indexes with all that each database can say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower, Upper

from kit_django.exceptions import NotSupported, OperationError
from kit_django.operations.schema import record
from kit_django.schema.facts import Index, IndexPart, Unique
from tests import dumps
from tests.schemas import run, undo

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema


def given(schema: Schema) -> None:
    with schema.create_table("people") as table:
        table.id()
        table.string("name", max_length=40)
        table.string("email", max_length=60, null=True)
        table.integer("age", default=1)
        table.json("data", null=True)
        table.text("about", null=True)
    schema.run_sql("INSERT INTO people (name, email) VALUES ('a', 'a@b.c'), ('b', NULL)")


def indexes(outcome) -> dict[str, Any]:
    return {index.name: index for index in outcome.after.find("people").indexes}


def test_on_columns(conform, vendor):
    def change(schema):
        schema.create_index("people", "name")
        schema.create_index("people", ["name", "-age"])
        schema.create_index("people", ["email", "name"], name="by_email")
        with schema.alter_table("people") as table:
            table.index("age")
            table.index([F("age").desc(), "name"], name="by_age")

    outcome = conform(change, given=given)
    assert indexes(outcome) == {
        "people_name_index": Index("people_name_index", (IndexPart("name"),)),
        "people_name_age_index": Index(
            "people_name_age_index", (IndexPart("name"), IndexPart("age", descending=True))
        ),
        "by_email": Index("by_email", (IndexPart("email"), IndexPart("name"))),
        "people_age_index": Index("people_age_index", (IndexPart("age"),)),
        "by_age": Index("by_age", (IndexPart("age", descending=True), IndexPart("name"))),
    }


def test_in_a_new_table(conform, vendor):
    def change(schema):
        with schema.create_table("people") as table:
            table.string("name", max_length=40)
            table.integer("age", null=True)
            table.index("name")
            table.index(["name", "-age"], unique=True)
            table.unique(["age"])

    outcome = conform(change)
    table = outcome.after.find("people")
    assert {index.name for index in table.indexes} == {
        "people_name_index",
        "people_name_age_unique",
    }
    assert [unique.name for unique in table.uniques] == ["people_age_unique"]


@pytest.mark.databases("mysql")
def test_unique_with_a_comment_in_a_new_table(conform):
    def change(schema):
        with schema.create_table("t") as table:
            table.integer("n")
            table.index("n", unique=True, comment="told")

    (unique,) = conform(change).after.find("t").uniques
    assert unique.options == (("comment", "told"),)


def test_unique(conform, vendor):
    def change(schema):
        schema.create_index("people", ["name", "age"], unique=True)
        with schema.alter_table("people") as table:
            table.index("email", unique=True, name="one_email")

    table = conform(change, given=given).after.find("people")
    if vendor == "mysql":  # where a unique index and a unique constraint are one thing
        assert table.uniques == (
            Unique(("email",), "one_email"),
            Unique(("name", "age"), "people_name_age_unique"),
        )
    else:
        assert {(each.columns, each.unique) for each in table.indexes} == {
            (("email",), True),
            (("name", "age"), True),
        }


def test_drop_by_name_and_by_columns(conform, vendor):
    def indexed(schema):
        given(schema)
        schema.create_index("people", ["name", "age"])
        schema.create_index("people", ["email"], unique=True, name="one_email")

    outcome = conform(lambda schema: schema.drop_index("people", ["name", "age"]), given=indexed)
    assert "people_name_age_index" not in indexes(outcome)


def test_drop_by_name_does_not_say_what_it_was(conform, vendor):
    def indexed(schema):
        given(schema)
        schema.create_index("people", ["name", "age"], name="both")
        schema.create_index("people", ["email"], unique=True, name="one_email")

    def change(schema):
        schema.drop_index("people", "both")
        with schema.alter_table("people") as table:
            table.drop_index("one_email")

    outcome = conform(change, given=indexed, irreversible="does not say what the index was")
    table = outcome.after.find("people")
    assert (table.indexes, table.uniques) == ((), ())


def test_drop_with_what_it_was(conform, vendor):
    def indexed(schema):
        given(schema)
        schema.create_index("people", ["name", "-age"], name="both")
        schema.create_index("people", ["email"], unique=True, name="one_email")
        schema.create_index("people", ["age", "name"])

    def change(schema):
        schema.drop_index("people", "both").was.index(["name", "-age"])
        schema.drop_index("people", ["age", "name"])
        with schema.alter_table("people") as table:
            table.drop_index("one_email").was.index("email", unique=True)

    outcome = conform(change, given=indexed, allowed=dumps.indexes_in_any_order)
    table = outcome.after.find("people")
    assert (table.indexes, table.uniques) == ((), ())


def test_a_drop_is_told_what_it_was(connection):
    def change(schema):
        schema.drop_index("people", "both").was.unique("name")

    with pytest.raises(OperationError, match="was told that it was something else"):
        record(change, connection)


def test_rename(conform, vendor):
    def indexed(schema):
        given(schema)
        schema.create_index("people", ["name", "-age"], name="old")
        schema.create_index("people", ["email"], unique=True, name="only")

    def change(schema):
        schema.rename_index("people", "old", "new it's 100% `\" it")
        with schema.alter_table("people") as table:
            table.rename_index("only", "only one")

    table = conform(change, given=indexed).after.find("people")
    names = {each.name for each in (*table.indexes, *table.uniques)}
    assert names == {"new it's 100% `\" it", "only one"}


@pytest.mark.databases("sqlite", "postgresql")
def test_expressions(conform, vendor):
    def change(schema):
        schema.create_index("people", [Lower("name")], name="lower_name")
        schema.create_index("people", [Upper("name").desc(), "age"], name="upper_name")
        schema.create_index("people", [RawSQL("age + 1", ())], name="raw")
        schema.create_index("people", [F("age") % 10, Lower("email")])

    found = indexes(conform(change, given=given))
    lower = {"sqlite": 'LOWER("name")', "postgresql": "lower(name::text)"}[vendor]
    raw = {"sqlite": "age + 1", "postgresql": "age + 1"}[vendor]
    assert found["lower_name"].parts == (IndexPart(expression=lower),)
    assert found["upper_name"].parts[0].descending
    assert found["raw"].parts == (IndexPart(expression=raw),)
    assert len(found) == 4


@pytest.mark.databases("sqlite", "postgresql")
def test_partial(conform, vendor):
    def change(schema):
        schema.create_index("people", "name", where="age > 3", name="sql")
        schema.create_index("people", "name", where=Q(email__isnull=False), name="q")
        schema.create_index("people", "name", where=Q(name__startswith="50%"), name="like")
        schema.create_index("people", "email", unique=True, where=Q(age=1) | Q(age=2), name="un")
        with schema.alter_table("people") as table:
            table.unique(["name"], where="age = 5", name="five")
            table.index("name", where="age = 6", name="six")

    found = indexes(conform(change, given=given))
    where = {"sqlite": "age > 3", "postgresql": "age > 3"}[vendor]
    assert found["sql"].where == where
    assert (
        found["q"].where
        == {"sqlite": '"email" IS NOT NULL', "postgresql": "email IS NOT NULL"}[vendor]
    )
    assert found["like"].where.count("%") == 2
    assert found["five"].unique


@pytest.mark.databases("postgresql")
def test_what_postgresql_can(conform):
    def change(schema):
        schema.create_extension("pg_trgm")
        schema.create_index("people", "name", include="email", name="covering")
        schema.create_index("people", "name", include=["email", "age"], unique=True, name="cover2")
        schema.create_index("people", "data", method="gin", name="gin")
        schema.create_index(
            "people", "data", method="gin", opclasses="jsonb_path_ops", name="paths"
        )
        schema.create_index(
            "people", ["name", "age"], opclasses=["varchar_pattern_ops", ""], name="pattern"
        )
        schema.create_index(
            "people", "about", method="gist", opclasses=["gist_trgm_ops"], name="trgm"
        )
        schema.create_index(
            "people", "age", method="brin", options="pages_per_range=16", name="brin"
        )
        schema.create_index("people", "name", method="hash", name="hash")
        schema.create_index("people", "name", method="btree", options="fillfactor=70", name="fill")
        schema.create_index("people", F("age").desc(nulls_last=True), name="last")
        schema.create_index("people", [F("age").asc(nulls_first=True)], name="first")
        schema.create_index("people", [F("age").asc(nulls_last=True)], name="usual")
        schema.create_index("people", Lower("name"), unique=True, name="lower")

    found = indexes(conform(change, given=given))
    assert found["covering"].include == ("email",)
    assert found["cover2"].include == ("email", "age")
    assert found["gin"].method == "gin"
    assert found["paths"].parts[0].opclass == "jsonb_path_ops"
    assert [part.opclass for part in found["pattern"].parts] == ["varchar_pattern_ops", None]
    assert found["trgm"].method == "gist"
    assert (found["brin"].method, found["brin"].options) == ("brin", (("pages_per_range", "16"),))
    assert found["hash"].method == "hash"
    assert (found["fill"].method, found["fill"].options) == ("", (("fillfactor", "70"),))
    assert (found["last"].parts[0].descending, found["last"].parts[0].nulls) == (True, "last")
    assert found["first"].parts[0].nulls == "first"
    assert found["usual"].parts[0].nulls is None


@pytest.mark.databases("postgresql")
def test_nulls_not_distinct(conform, connection):
    if not connection.features.supports_nulls_distinct_unique_constraints:
        pytest.skip("PostgreSQL 15 has it")

    def change(schema):
        schema.create_index("people", "email", unique=True, nulls_distinct=False, name="one")

    assert not indexes(conform(change, given=given))["one"].nulls_distinct


@pytest.mark.databases("postgresql")
def test_concurrently(conform, refuse, connection):
    def change(schema):
        schema.create_index("people", "name", name="calm", concurrently=True)
        with schema.alter_table("people") as table:
            table.index("age", concurrently=True)

    found = indexes(conform(change, given=given, atomic=False))
    assert found["calm"].valid
    with pytest.raises(OperationError, match="Say `atomic = False`"):
        run(connection, lambda schema: schema.drop_index("people", "calm", concurrently=True))
    undo(connection, change, atomic=False)


@pytest.mark.databases("sqlite", "mysql")
def test_concurrently_is_refused(refuse, connection):
    def change(schema):
        with schema.alter_table("people") as table:
            table.integer("first", null=True)
            table.index("age", concurrently=True)

    match = rf"{connection.display_name} has no concurrent indexes \(concurrently=\)"
    refuse(change, NotSupported, match, given=given)


def test_concurrently_in_a_new_table_is_refused(refuse, connection):
    def change(schema):
        with schema.create_table("t") as table:
            table.integer("n")
            table.index("n", concurrently=True)

    refuse(change, OperationError, "concurrently")


@pytest.mark.databases("mysql")
def test_what_mariadb_can(conform):
    def change(schema):
        schema.create_index("people", "about", lengths={"about": 20}, name="prefix")
        schema.create_index("people", ["name", "about"], lengths={"about": 5}, unique=True)
        schema.create_index("people", "name", comment="it's 5% `x`", name="told")
        schema.create_index("people", "age", unique=True, comment="x", name="told_unique")
        schema.create_index("people", "about", method="fulltext", name="words")
        with schema.alter_table("people") as table:
            table.full_text(["name", "about"])
            table.full_text("name", name="words_of_name")

    def without_rows(schema):
        given(schema)
        schema.run_sql("DELETE FROM people")

    outcome = conform(change, given=without_rows)
    found = indexes(outcome)
    assert found["prefix"].parts == (IndexPart("about", length=20),)
    assert found["people_name_about_unique"].unique
    assert found["told"].comment == "it's 5% `x`"
    assert found["words"].method == "FULLTEXT"
    assert found["people_name_about_index"].method == "FULLTEXT"
    (unique,) = outcome.after.find("people").uniques
    assert unique == Unique(("age",), "told_unique", options=(("comment", "x"),))


LACKING = {
    "sqlite": [
        ({"include": "email"}, r"covering indexes \(include=\)"),
        ({"opclasses": "x"}, r"operator classes \(opclasses=\)"),
        ({"options": "fillfactor=70"}, r"storage parameters \(options=\)"),
        ({"lengths": {"name": 5}}, r"prefix lengths \(lengths=\)"),
        ({"comment": "x"}, r"comments on indexes \(comment=\)"),
        ({"unique": True, "nulls_distinct": False}, r"\(nulls_distinct=False\)"),
        ({"method": "gin"}, r"the index method 'gin' \(method=\)"),
    ],
    "postgresql": [
        ({"lengths": {"name": 5}}, r"prefix lengths \(lengths=\)"),
        ({"comment": "x"}, r"comments on indexes \(comment=\)"),
        ({"method": "fulltext"}, r"the index method 'fulltext' \(method=\)"),
    ],
    "mysql": [
        ({"where": "age > 1"}, r"partial indexes \(where=\)"),
        ({"include": "email"}, r"covering indexes \(include=\)"),
        ({"opclasses": "x"}, r"operator classes \(opclasses=\)"),
        ({"options": "fillfactor=70"}, r"storage parameters \(options=\)"),
        ({"unique": True, "nulls_distinct": False}, r"\(nulls_distinct=False\)"),
        ({"method": "gin"}, r"the index method 'gin' \(method=\)"),
        ({"method": "hash"}, r"the index method 'hash' \(method=\)"),
    ],
}


def test_what_is_lacking_is_refused_by_name(refuse, connection, vendor):
    run(connection, given)
    name = connection.display_name
    for options, match in LACKING[vendor]:

        def change(schema, options=options):
            with schema.alter_table("people") as table:
                table.integer("first", null=True)
                table.index("name", **options)

        refuse(change, NotSupported, f"{name} has no .*{match}")


@pytest.mark.databases("sqlite", "mysql")
def test_nulls_first_is_refused(refuse, connection):
    def change(schema):
        schema.create_index("people", F("age").asc(nulls_first=True))

    refuse(change, NotSupported, r"NULLS FIRST and NULLS LAST in indexes", given=given)


@pytest.mark.databases("mysql")
def test_expressions_are_refused(refuse, connection):
    if not connection.mysql_is_mariadb:
        pytest.skip("MySQL has them")
    refuse(
        lambda schema: schema.create_index("people", [Lower("name")], name="x"),
        NotSupported,
        "MariaDB has no indexes on expressions",
        given=given,
    )


def test_what_is_wrong_is_said(refuse, connection):
    run(connection, given, lambda schema: schema.create_index("people", "name"))
    create = lambda *args, **said: lambda schema: schema.create_index("people", *args, **said)  # noqa: E731
    refuse(create("nam"), OperationError, "no column 'nam'. Did you mean 'name'")
    refuse(create("name"), OperationError, "has an index 'people_name_index' already")
    refuse(
        lambda schema: schema.drop_index("people", "nothing"),
        OperationError,
        "has no index 'nothing'. Its indexes: 'people_name_index'",
    )
    refuse(
        lambda schema: schema.drop_index("people", ["age"]),
        OperationError,
        r"has no index on \(age\)",
    )
    refuse(
        lambda schema: schema.rename_index("people", "nothing", "x"),
        OperationError,
        "has no index 'nothing'",
    )
