"""What a change demands of rows is looked up before it touches anything; what fails all the same is
undone change by change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dumps import assert_same
from tests.runner.conftest import creates

if TYPE_CHECKING:
    from tests.dumps import Judge
    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"
PARENTS = "with schema.create_table('parents') as table:\n    table.id()"
TABLE = f"""
{PARENTS}
with schema.create_table("t") as table:
    table.id()
    table.string("name", max_length=20, null=True)
    table.string("other", max_length=20, null=True)
    table.big_integer("parent_id", null=True)
    table.integer("price", default=0)
"""
ROWS = {
    "nulls": "INSERT INTO t (name) VALUES ('a'), (NULL), (NULL)",
    "twins": "INSERT INTO t (name, other) VALUES ('a', 'b'), ('a', 'b'), (NULL, 'c'), (NULL, 'c')",
    "orphans": "INSERT INTO t (parent_id) VALUES (NULL), (7), (8)",
    "prices": "INSERT INTO t (price) VALUES (1), (-1), (-2)",
    "long": "INSERT INTO t (name) VALUES ('abc'), ('abcdef')",
}
IN_THE_WAY = {
    "change('name').set(null=False).was.set(null=True)": (
        "nulls",
        "Column 'name' of 't' has NULLs, and is to refuse them: 2 row(s), such as the one with id = 2.",
    ),
    "unique('name')": ("twins", "are alike in (name), which is to be unique: 2 row(s), such as"),
    "unique(['name', 'other'])": ("twins", "are alike in (name, other), which is to be unique: 2"),
    "index(['other'], unique=True)": ("twins", "are alike in (other), which is to be unique: 4"),
    "rename('name', 'nick')\n    table.unique('nick')": ("twins", "are alike in (nick), which"),
    "string('slug', max_length=9, default='', unique=True)": (
        "nulls",
        "are alike in (slug), which",
    ),
    "foreign_key('parent_id', references='parents')": (
        "orphans",
        "to no row of 'parents': 2 row(s), such as the one with id = 2, parent_id = 7. Mend",
    ),
    "foreign_key('parent_id', references='t')": ("orphans", "to no row of 't': 2 row(s)"),
    "check('price >= 0', name='positive')": (
        "prices",
        "the check 'positive' (price >= 0): 2 row(s), such as the one with id = 2, price = -1.",
    ),
    "rename('price', 'cost')\n    table.check('cost >= 0', name='positive')": (
        "prices",
        "do not fulfil the check 'positive' (cost >= 0): 2 row(s)",
    ),
}
IN_THE_WAY_OF_TYPES = {
    "change('name').string(max_length=5).was.string(max_length=20)": (
        "long",
        "Column 'name' of 't' holds values that",
    ),
}


def refused(migrations: Migrations, change: str, rows: str, expected: str) -> None:
    migrations.write(A, TABLE)
    migrations.migrate()
    migrations.execute(ROWS[rows])
    before = migrations.execute("SELECT * FROM t ORDER BY id")
    block = (
        "with schema.alter_table('t') as table:\n    table.string('extra', null=True)\n    table."
    )
    migrations.write(B, f"{creates('u')}\n{block}{change}")
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert expected in outcome.error
    assert "This operation has touched nothing." in outcome.error
    assert "was undone." in outcome.error or "Nothing of it is left." in outcome.error
    assert migrations.tables == {"parents", "t"}
    assert migrations.execute("SELECT * FROM t ORDER BY id") == before
    assert migrations.history() == [(A, 1, True)]


@pytest.mark.parametrize("change", IN_THE_WAY)
def test_rows_in_the_way_are_counted_before_anything_is_touched(
    migrations: Migrations, change: str
) -> None:
    refused(migrations, change, *IN_THE_WAY[change])


@pytest.mark.databases("postgresql", "mysql")
@pytest.mark.parametrize("change", IN_THE_WAY_OF_TYPES)
def test_values_that_a_type_would_cut_are_counted_too(migrations: Migrations, change: str) -> None:
    refused(migrations, change, *IN_THE_WAY_OF_TYPES[change])


def test_what_is_not_in_the_way_is_let_pass(migrations: Migrations) -> None:
    migrations.write(A, TABLE)
    migrations.migrate()
    migrations.execute("INSERT INTO parents (id) VALUES (7)")
    migrations.execute(
        "INSERT INTO t (name, other, parent_id, price) VALUES ('a', 'b', 7, 1), ('c', 'B ', NULL, 2)"
    )
    migrations.execute("INSERT INTO t (other, parent_id) VALUES ('d', 7), ('e', 7)")
    migrations.write(
        B,
        """
with schema.alter_table("t") as table:
    table.change("other").set(null=False)
    table.unique("name")
    table.unique(["name", "other"])
    table.foreign_key("parent_id", references="parents")
    table.check("price >= 0 OR price IS NULL", name="positive")
    table.string("free", null=True, unique=True)
    table.rename("price", "cost")
""",
    )
    migrations.migrate()
    assert len(migrations.execute("SELECT * FROM t")) == 4


def test_a_pretended_change_looks_at_no_rows(migrations: Migrations) -> None:
    migrations.write(A, TABLE)
    migrations.migrate()
    migrations.execute(ROWS["nulls"])
    mends = "schema.run_sql(\"UPDATE t SET name = 'x'\")"
    change = "with schema.alter_table('t') as table:\n    table.change('name').set(null=False)"
    migrations.write(B, f"{mends}\n{change}")
    assert migrations.run("migrate", pretend=True).code == 0
    migrations.migrate()


HALF_WAY = f"""
{creates("u")}
schema.model("u").objects.create(name="seed")
with schema.alter_table("t") as table:
    table.string("extra", max_length=5, null=True)
    table.index(["extra"], name="of_extra")
    table.rename("other", "another")
    table.check(FAILING, name="impossible")
"""


@pytest.mark.parametrize("failing", ["1 / (price - 1) > 0", "price > nowhere"])
def test_a_block_that_fails_half_way_is_undone_change_by_change(
    migrations: Migrations, failing: str
) -> None:
    migrations.write(A, TABLE)
    migrations.migrate()
    before = migrations.execute("SELECT * FROM t")
    migrations.write(B, HALF_WAY.replace("FAILING", repr(failing)), attributes="atomic = False")
    if failing.startswith("1"):
        migrations.execute("INSERT INTO t (price) VALUES (1)")
        before = migrations.execute("SELECT * FROM t")
    outcome = migrations.run("migrate")
    if outcome.code == 0:
        pytest.skip("a division by zero is NULL here")
    assert "What it had done was undone." in outcome.error
    assert migrations.tables == {"parents", "t"}
    assert migrations.execute("SELECT * FROM t") == before
    assert migrations.history() == [(A, 1, True)]


def test_a_table_that_was_made_without_its_index_goes_again(migrations: Migrations) -> None:
    body = """
with schema.create_table("t") as table:
    table.id()
    table.string("name")
    table.index(["name"], name="twice")
with schema.create_table("u") as table:
    table.id()
    table.string("name")
    table.index(["name"], name="twice")
schema.run_sql("broken")
"""
    migrations.write(A, body, attributes="atomic = False")
    assert "What it had done was undone." in migrations.run("migrate").error
    assert migrations.tables == set()
    assert migrations.history() == []


@pytest.mark.databases("mysql")
@pytest.mark.parametrize("length", [1000, 700], ids=["of the key", "of what refers to it"])
def test_a_type_that_cannot_be_had_leaves_the_foreign_keys(
    migrations: Migrations, dump: Judge, length: int
) -> None:
    """The first is too long for its index, the second makes the other table's rows too long."""
    migrations.write(
        A,
        up="""
            with schema.create_table("p") as table:
                table.id()
                table.string("code", max_length=20, unique=True)
            with schema.create_table("c") as table:
                table.id()
                table.string("big", max_length=16000)
                table.string("code", max_length=20)
                table.foreign_key("code", references="p", to="code")
        """,
    )
    migrations.migrate()
    before = dump(migrations.connection)
    migrations.write(
        B,
        up=f"""
            with schema.alter_table("p") as table:
                table.integer("n", default=1)
                table.change("code").string(max_length={length}).was.string(max_length=20)
        """,
    )
    failed = migrations.run("migrate")
    assert "What it had done was undone" in failed.error
    assert_same(dump(migrations.connection), before)
    assert migrations.history() == [(A, 1, True)]


AT_ONCE = {
    "a type under a generated column": "table.change('code').text()",
    "labels that a function takes": "table.change('kind').enum(['b', 'a'])",
}


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("change", AT_ONCE.values(), ids=AT_ONCE.keys())
def test_the_statements_of_one_change_are_one(
    migrations: Migrations, dump: Judge, change: str
) -> None:
    """Foreign keys were gone, and a type had another name, where the migration had no transaction."""
    migrations.write(
        A,
        up="""
            from django.db import models
            with schema.create_table("t") as table:
                table.id()
                table.string("code", max_length=5, unique=True)
                table.generated("doubled", "code || code", models.TextField())
                table.enum("kind", ["a", "b"])
            with schema.create_table("u") as table:
                table.string("code", max_length=5)
                table.foreign_key("code", references="t", to="code")
            schema.run_sql("CREATE FUNCTION f(t_kind) RETURNS int LANGUAGE sql AS 'SELECT 1'")
        """,
    )
    migrations.migrate()
    before = dump(migrations.connection)
    body = (
        f"with schema.alter_table('t') as table:\n    table.integer('n', null=True)\n    {change}"
    )
    path = migrations.write(B, up=body, attributes="atomic = False")
    assert "failed" in migrations.run("migrate").error
    assert_same(dump(migrations.connection), before)
    path.unlink()
    assert migrations.applied() == [A]
    assert [name for name, *_ in migrations.history()] == [A]
