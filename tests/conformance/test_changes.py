"""A change changes what it says, and nothing else of its table or of any other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, models
from django.db.models import Q

from kit_django.exceptions import Irreversible, NotSupported, OperationError
from kit_django.fields import DatabaseTypeField
from kit_django.schema.facts import Check, Column, Database, Index, IndexPart, Table, Unique
from tests import dumps
from tests.conformance.full import full
from tests.schemas import differences, facts_of, run, undo

if TYPE_CHECKING:
    from collections.abc import Callable


def altered(change: Callable[[Any], object], name: str = "full") -> Callable[[Any], None]:
    def up(schema: Any) -> None:
        with schema.alter_table(name) as table:
            change(table)

    return up


def full_of(database: Database) -> Table:
    table = database.find("full")
    assert table is not None
    return table


def with_table(database: Database, table: Table) -> Database:
    tables = tuple(table if each.key == table.key else each for each in database.tables)
    return replace(database, tables=tables)


def with_column(
    database: Database, table: str, column: str, schema: str | None = None, **said: Any
) -> Database:
    """The facts with one column changed, and nothing else."""
    found = database.find(table, schema)
    assert found is not None
    columns = tuple(
        replace(each, **said) if each.name == column else each for each in found.columns
    )
    return with_table(database, replace(found, columns=columns))


@pytest.fixture
def alone(connection, dump):
    """Change the full table, and come back."""
    run(connection, full)
    before, dumped = facts_of(connection), dump(connection)

    def check(change: Callable[[Any], object], expected: Callable[[Database], Database]) -> None:
        up = altered(change)
        run(connection, up)
        assert differences(facts_of(connection), expected(before)) == []
        undo(connection, up)
        assert differences(facts_of(connection), before) == []
        dumps.assert_same(dump(connection), dumped)

    return check


def column(name: str, **said: Any) -> Callable[[Database], Database]:
    return lambda database: with_column(database, "full", name, **said)


TEXT = {"sqlite": "varchar(80)", "postgresql": "character varying(80)", "mysql": "varchar(80)"}
WHOLE = {"sqlite": "bigint", "postgresql": "bigint", "mysql": "bigint(20)"}
COLLATIONS = {"sqlite": "RTRIM", "postgresql": "POSIX", "mysql": "utf8mb4_unicode_ci"}


def previous_name(vendor: str) -> Any:
    types = {
        "sqlite": "NVARCHAR (20)",
        "postgresql": "varchar(20)",
        "mysql": "varchar(20)",
    }
    return DatabaseTypeField(types[vendor], null=False)


def test_each_alone(alone, connection, vendor):
    by_name = previous_name(vendor)
    alone(
        lambda table: table.change("name").string(max_length=80).was.column(by_name),
        column("name", type=TEXT[vendor]),
    )
    alone(
        lambda table: table.change("qty").set(null=True).was.set(null=False),
        column("qty", null=True),
    )
    default = "'new: it''s 5%'" + ("::character varying" if vendor == "postgresql" else "")
    alone(
        lambda table: (
            table.change("name").set(default="new: it's 5%").was.set(default="it's (100%)")
        ),
        column("name", default=default),
    )
    alone(
        lambda table: table.change("name").set(default=None).was.set(default="it's (100%)"),
        column("name", default=None),
    )
    alone(
        lambda table: table.change("price").set(null=False).was.set(null=True),
        column("price", null=False),
    )


def test_collation_alone(alone, vendor):
    was = {"sqlite": "nocase", "postgresql": "german", "mysql": "utf8mb4_bin"}[vendor]
    alone(
        lambda table: table.change("name").set(collation=COLLATIONS[vendor]).was.set(collation=was),
        column("name", collation=COLLATIONS[vendor]),
    )
    alone(
        lambda table: table.change("name").set(collation=None).was.set(collation=was),
        without_collation,
    )


def without_collation(database: Database) -> Database:
    """SQLite's index has a collation of its own, which is told only beside another one."""
    database = with_column(database, "full", "name", collation=None)
    if database.vendor != "sqlite":
        return database
    table = full_of(database)
    indexes = tuple(
        replace(index, parts=(index.parts[0], IndexPart("name")))
        if index.name == "by_qty"
        else index
        for index in table.indexes
    )
    return with_table(database, replace(table, indexes=indexes))


@pytest.mark.databases("postgresql", "mysql")
def test_comment_alone(alone):
    alone(
        lambda table: table.change("qty").set(comment="it's\n5% \\").was.set(comment="a number"),
        column("qty", comment="it's\n5% \\"),
    )
    alone(
        lambda table: table.change("qty").set(comment="").was.set(comment="a number"),
        column("qty", comment=""),
    )
    alone(
        lambda table: table.change("id").set(comment="the key").was.set(comment=""),
        column("id", comment="the key"),
    )


def test_constraints_and_indexes_alone(alone, vendor):

    def with_unique(name: str) -> Callable[[Database], Database]:
        def expected(database: Database) -> Database:
            table = full_of(database)
            uniques = (*table.uniques, Unique(("price",), name))
            order = (
                (lambda each: (each.columns, each.name or ""))
                if vendor == "sqlite"
                else (lambda each: each.name)
            )
            return with_table(database, replace(table, uniques=tuple(sorted(uniques, key=order))))

        return expected

    def with_index(database: Database) -> Database:
        table = full_of(database)
        indexes = (*table.indexes, Index("full_price_index", (IndexPart("price"),)))
        return with_table(
            database, replace(table, indexes=tuple(sorted(indexes, key=lambda each: each.name)))
        )

    alone(lambda table: table.change("price").set(unique=True), with_unique("full_price_unique"))
    alone(lambda table: table.change("price").set(unique="only_once"), with_unique("only_once"))
    alone(lambda table: table.change("price").set(index=True), with_index)

    def with_check(database: Database) -> Database:
        table = full_of(database)
        sql = {
            "sqlite": "\"price\" > (CAST('-5' AS NUMERIC))",
            "postgresql": "price > '-5'::integer::numeric",
            "mysql": "`price` > -5",
        }
        checks = (*table.checks, Check(sql[vendor], "full_price_check"))
        order = lambda each: (each.name or "", each.column or "", each.sql)  # noqa: E731
        return with_table(database, replace(table, checks=tuple(sorted(checks, key=order))))

    if vendor == "mysql":
        alone(lambda table: table.change("price").set(check=Q(price__gt=-5)), with_check)


def test_uniques_and_indexes_go(conform, connection, vendor):
    def given(schema):
        with schema.create_table("t") as table:
            table.string("a", unique=True, index=True)
            table.string("b", unique="only_b", index="by_b")

    def change(schema):
        with schema.alter_table("t") as table:
            table.change("a").set(unique=False, index=False)
            table.change("b").set(unique=False, index=False).was.set(unique="only_b", index="by_b")

    (table,) = conform(change, given=given, allowed=dumps.indexes_in_any_order).after
    assert (table.uniques, table.indexes) == ((), ())


def test_the_type_of_a_key_takes_all_that_refer_to_it_along(alone, vendor):
    if vendor == "sqlite":
        alone(lambda table: table.change("id").big_integer().was.integer(), lambda facts: facts)
        return

    def expected(database: Database) -> Database:
        whole = {"postgresql": "bigint", "mysql": "bigint(20) unsigned"}[vendor]
        child = "audit" if vendor == "postgresql" else None
        database = with_column(database, "full", "id", type=whole)
        database = with_column(database, "child", "full_id", child, type=whole)
        return with_column(database, "grandchild", "child_id", type=whole)

    if vendor == "postgresql":
        alone(lambda table: table.change("id").big_integer().was.integer(), expected)
    else:
        alone(
            lambda table: table.change("id").unsigned_big_integer().was.unsigned_integer(),
            expected,
        )


@pytest.mark.databases("postgresql")
def test_the_type_of_an_identity(alone):
    def expected(database: Database) -> Database:
        database = with_column(database, "full", "number", type="bigint")
        return with_column(database, "grandchild", "number", type="bigint")

    alone(lambda table: table.change("number").big_integer().was.integer(), expected)


@pytest.mark.databases("mysql")
def test_what_only_mariadb_has_survives(alone, connection):

    def set_null(name: str) -> None:
        alone(
            lambda table: table.change(name).set(null=False).was.set(null=True),
            column(name, null=False),
        )

    run(connection, lambda schema: schema.run_sql("UPDATE `full` SET `odd ``name%` = 'x'"))
    for name in ("number", "filled", "latin", "data", "kind", "odd `name%"):
        set_null(name)
    alone(
        lambda table: table.change("at").set(comment="when").was.set(comment=""),
        column("at", comment="when"),
    )
    alone(
        lambda table: table.change("hidden").set(default=5).was.set(default=3),
        column("hidden", default="5"),
    )
    for name in ("total", "label"):
        alone(
            lambda table, name=name: table.change(name).set(comment="sum").was.set(comment=""),
            column(name, comment="sum"),
        )
    alone(
        lambda table: (
            table.change("at").set(use_current_on_update=False).was.set(use_current_on_update=True)
        ),
        column("at", on_update=None),
    )


@pytest.mark.databases("mysql")
def test_a_column_that_a_trigger_uses_stays(refuse, connection):
    run(connection, full)
    rename = altered(lambda table: table.rename("note", "text"))
    drop = altered(lambda table: table.drop("note"))
    refuse(rename, OperationError, "The trigger 'on_full' of 'full' uses column 'note'")
    refuse(drop, OperationError, "note")


@pytest.mark.databases("postgresql")
def test_what_only_postgresql_has_survives(alone):
    alone(
        lambda table: table.change("code").set(default=None).was.set(default="p"),
        column("code", default=None),
    )
    alone(
        lambda table: table.change("note").string(max_length=300).was.text(),
        column("note", type="character varying(300)", default="'back\\slash'::text"),
    )


@pytest.mark.databases("postgresql")
def test_using(conform, connection):
    def given(schema):
        with schema.create_table("t") as table:
            table.string("n", default="1")
        schema.run_sql("INSERT INTO t (n) VALUES ('5 pieces'), ('7')")

    def change(schema):
        with schema.alter_table("t") as table:
            table.change("n").integer(using="split_part(n, ' ', 1)::integer", default=2).was.string(
                default="1"
            )

    (table,) = conform(change, given=given, same_rows=False).after
    assert table.column("n") == Column("n", "integer", null=False, default="2")


@pytest.mark.databases("sqlite", "mysql")
def test_using_is_refused(refuse, connection):
    def given(schema):
        with schema.create_table("t") as table:
            table.string("n")

    change = altered(lambda table: table.change("n").integer(using="n + 0"), "t")
    refuse(
        change, NotSupported, rf"{connection.display_name} has no USING .*\(using=\)", given=given
    )


def typed(schema) -> None:
    with schema.create_table("t") as table:
        table.id()
        table.integer("n", null=True)
        table.string("s", max_length=40, null=True)
        table.json("j", null=True)
        table.unsigned_integer("u", null=True)
        table.enum("e", ["a", "b"], null=True)
    schema.run_sql("INSERT INTO t (n, s, j, u, e) VALUES (5, '17', '[1]', 3, 'a')")


def test_checks_come_and_go_with_their_types(conform, vendor):
    def change(schema):
        with schema.alter_table("t") as table:
            table.change("n").unsigned_integer().was.integer()
            table.change("u").integer().was.unsigned_integer()
            table.change("j").text().was.json()

    outcome = conform(change, given=typed, same_rows=vendor != "postgresql")
    table = outcome.after.find("t")
    names = {check.name or check.column for check in table.checks}
    assert (
        names
        == {
            "sqlite": {"t_n_check", "t_e_check"},
            "postgresql": {"t_n_check"},
            "mysql": set(),
        }[vendor]
    )
    assert table.column("j").null


def test_a_check_of_ones_own_stays(conform, vendor):
    def given(schema):
        with schema.create_table("t") as table:
            table.unsigned_integer("u", check="u < 10")

    change = altered(lambda table: table.change("u").big_integer().was.unsigned_integer(), "t")
    table = conform(change, given=given).after.find("t")
    (check,) = table.checks
    assert "< 10" in check.sql


def test_text_to_number_and_back(conform, vendor, connection):
    def change(schema):
        with schema.alter_table("t") as table:
            table.change("s").integer().was.string(max_length=40)
            table.change("n").string(max_length=12).was.integer()

    table = conform(change, given=typed).after.find("t")
    assert table.column("s").type == {"mysql": "int(11)"}.get(vendor, "integer")
    with connection.cursor() as cursor:
        cursor.execute("SELECT s, n FROM t")
        assert tuple(cursor.fetchone()) == (17, "5")


def lossy(schema) -> None:
    with schema.create_table("t") as table:
        table.decimal("amount", 8, 2)
        table.string("name", max_length=20)
        table.datetime("at")
        table.big_integer("big")
    schema.run_sql(
        "INSERT INTO t (amount, name, at, big) VALUES "
        "(1.25, 'too long', '2020-01-01 12:30:00', 5000000000)"
    )


@pytest.mark.databases("postgresql", "mysql")
def test_values_that_would_be_cut_or_rounded_are_refused(refuse, connection):
    run(connection, lossy)
    changes = [
        lambda table: table.change("amount").integer(),
        lambda table: table.change("amount").decimal(8, 1),
        lambda table: table.change("name").string(max_length=3),
        lambda table: table.change("at").date(),
        lambda table: table.change("big").integer(),
    ]
    for change in changes:
        refuse(altered(change, "t"), (OperationError, DatabaseError), ".")


def test_values_that_fit_are_kept(conform, connection, vendor):
    def change(schema):
        with schema.alter_table("t") as table:
            table.change("amount").decimal(10, 4).was.decimal(8, 2)
            table.change("name").text().was.string(max_length=20)
            table.change("big").decimal(20, 0).was.big_integer()

    conform(change, given=lossy)
    with connection.cursor() as cursor:
        cursor.execute("SELECT amount, name, big FROM t")
        amount, name, big = cursor.fetchone()
    assert (float(amount), name, int(big)) == (1.25, "too long", 5000000000)


@pytest.mark.databases("postgresql", "mysql")
def test_data_that_does_not_fit_is_refused(refuse):
    def given(schema):
        typed(schema)
        schema.run_sql("INSERT INTO t (s) VALUES ('no number')")

    to_number = altered(lambda table: table.change("s").integer(), "t")
    to_less = altered(lambda table: table.change("s").string(max_length=3), "t")
    to_filled = altered(lambda table: table.change("n").set(null=False), "t")
    refuse(to_number, DatabaseError, "(?i)integer", given=given)
    refuse(to_less, (OperationError, DatabaseError), "too long|truncated|holds values that")
    refuse(to_filled, OperationError, "Column 'n' of 't' has NULLs")


@pytest.mark.databases("sqlite")
def test_null_that_does_not_fit_is_refused(refuse):
    def given(schema):
        typed(schema)
        schema.run_sql("INSERT INTO t (s) VALUES ('no number')")

    change = altered(lambda table: table.change("n").set(null=False), "t")
    refuse(change, OperationError, "has NULLs, and is to refuse them", given=given)


def test_a_column_that_numbers_rows_goes_on_doing_so(refuse, connection, vendor):
    to_text = altered(lambda table: table.change("id").string(), "t")
    to_null = altered(lambda table: table.change("id").set(null=True), "t")
    begin = altered(
        lambda table: table.change("n").column(models.BigAutoField(primary_key=True)), "t"
    )
    refuse(to_text, OperationError, "'id' numbers the rows of its table", given=typed)
    refuse(to_null, OperationError, "'id' is part of the primary key of 't'")
    refuse(begin, OperationError, "'n' is there already, and cannot begin to number its rows")


def test_a_change_without_was_is_irreversible(connection):
    run(connection, typed)
    change = altered(lambda table: table.change("s").text(), "t")
    with pytest.raises(Irreversible, match=r"table.change\('s'\)....was"):
        undo(connection, change)


def test_what_is_not_there(refuse):
    refuse(
        altered(lambda table: table.change("nn").integer(), "t"),
        OperationError,
        "'t' has no column 'nn'. Did you mean 'n'",
        given=typed,
    )


def test_enum_to_text_and_back(conform, vendor):
    def change(schema):
        with schema.alter_table("t") as table:
            table.change("e").string(max_length=9).was.enum(["a", "b"])

    table = conform(change, given=typed).after.find("t")
    assert table.column("e").type.endswith("(9)")
    assert "t_e_check" not in {check.name for check in table.checks}


def test_foreign_key_added_to_a_column(conform, vendor):
    def given(schema):
        with schema.create_table("users") as table:
            table.id()
        with schema.create_table("posts") as table:
            table.integer("user_id", null=True)

    def change(schema):
        with schema.alter_table("posts") as table:
            table.change("user_id").foreign_id("users", on_delete="set null").was.integer()

    outcome = conform(change, given=given)
    posts = outcome.after.find("posts")
    (key,) = posts.foreign_keys
    assert (key.columns, key.to_table, key.on_delete) == (("user_id",), "users", "SET NULL")
    assert posts.column("user_id").type == outcome.after.find("users").column("id").type
    assert posts.column("user_id").null


def test_several_changes_of_one_column(conform, vendor):
    def change(schema):
        with schema.alter_table("t") as table:
            table.change("n").big_integer(null=False, default=4).was.integer(
                null=True, default=None
            )

    table = conform(change, given=typed).after.find("t")
    default = {"postgresql": "'4'::bigint"}.get(vendor, "4")
    assert table.column("n").default in (default, "4")
    assert not table.column("n").null
    assert table.column("n").type == WHOLE[vendor]


def test_a_chain_of_changes_in_one_block(conform, vendor):
    def change(schema):
        with schema.alter_table("t") as table:
            table.rename("n", "number")
            table.change("number").big_integer().was.integer()
            table.string("fresh", max_length=5, default="x", index=True)
            table.rename("fresh", "newer")
            table.change("newer").string(max_length=9).was.string(max_length=5)
            table.rename("s", "n")

    outcome = conform(change, given=typed)
    table = outcome.after.find("t")
    assert table.column_names == ("id", "number", "n", "j", "u", "e", "newer")
    assert table.column("newer").type.endswith("(9)")
    if vendor == "sqlite":
        assert len([sql for sql in outcome.sql if sql.startswith("CREATE TABLE")]) == 1


def test_an_index_is_dropped_in_the_block_that_made_it(conform):
    """It came with a foreign key, which SQLite says beside the column and so before the index."""

    def given(schema):
        for name in ("p", "t"):
            with schema.create_table(name) as table:
                table.id()

    def change(table):
        table.foreign_id("p_id", references="p", null=True)
        table.drop_index("t_p_id_index").was.index(["p_id"])

    after = conform(altered(change, "t"), given=given).after.find("t")
    assert [key.name for key in after.foreign_keys] == ["t_p_id_foreign"]
