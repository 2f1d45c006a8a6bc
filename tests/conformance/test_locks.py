"""What ``docs/operations.md`` says of PostgreSQL's locks is what the server has of them."""

from __future__ import annotations

import pytest

from tests.schemas import run, schema_of

pytestmark = pytest.mark.databases("postgresql")


def given(schema):
    with schema.create_table("p") as table:
        table.id()
    with schema.create_table("t") as table:
        table.id()
        table.string("a", max_length=20, index=True)
        table.integer("n", default=1)
        table.big_integer("q", null=True)
        table.unique(["n", "a"], name="u")
        table.foreign_id("p_id", references="p", null=True)


ALL = {"AccessExclusiveLock"}
IN_A_BLOCK = {
    "add": (lambda t: t.string("x", null=True), ALL),
    "type": (lambda t: t.change("n").big_integer(), ALL),
    "default": (lambda t: t.change("n").set(default=2), ALL),
    "comment": (lambda t: t.change("n").set(comment="c"), {"ShareUpdateExclusiveLock"}),
    "rename": (lambda t: t.rename("q", "r"), ALL),
    "drop": (lambda t: t.drop("q"), ALL),
    "index": (lambda t: t.index(["n"]), {"ShareLock"}),
    "partial unique": (lambda t: t.unique(["n"], where="n > 0"), {"ShareLock"}),
    "unique": (lambda t: t.unique(["id", "n"]), ALL),
    "check": (lambda t: t.check("n > -9"), ALL),
    "foreign key": (
        lambda t: t.foreign_key(["q"], references="p"),
        {"ShareRowExclusiveLock"},
    ),
    "drop index": (lambda t: t.drop_index(["a"]), ALL),
    "drop unique": (lambda t: t.drop_unique("u"), ALL),
}


def locks(schema, table):
    """The strongest that count: what any SELECT of the operation takes hinders nobody."""
    found = schema.execute(
        "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid()"
        f" AND relation = '{table}'::regclass AND mode NOT IN ('AccessShareLock', 'RowShareLock')"
    )
    return {mode for (mode,) in found}


@pytest.mark.parametrize(("change", "expected"), IN_A_BLOCK.values(), ids=IN_A_BLOCK.keys())
def test_of_a_change(connection, change, expected):
    run(connection, given)
    with schema_of(connection) as schema:
        with schema.alter_table("t") as table:
            change(table)
        assert expected <= locks(schema, "t")
        if expected != ALL:
            assert not locks(schema, "t") & ALL


def test_of_the_other_table(connection):
    run(connection, given)
    for change, expected in (
        (lambda t: t.foreign_key(["q"], references="p"), {"ShareRowExclusiveLock"}),
        (lambda t: t.foreign_id("y", references="p", null=True), {"ShareRowExclusiveLock"}),
        (lambda t: t.drop_foreign_key(["p_id"]), ALL),
    ):
        with schema_of(connection) as schema:
            with schema.alter_table("t") as table:
                change(table)
            assert locks(schema, "p") == expected


def test_of_tables_and_views(connection):
    run(connection, given)
    with schema_of(connection) as schema:
        schema.create_view("v", "SELECT id FROM t")
        assert locks(schema, "t") == set()
        schema.comment_table("t", "c")
        assert locks(schema, "t") == {"ShareUpdateExclusiveLock"}
        schema.rename_index("t", "t_a_index", "b")
        assert not locks(schema, "t") & ALL
        schema.rename_table("t", "renamed")
        assert locks(schema, "renamed") >= ALL
