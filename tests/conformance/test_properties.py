"""Random tables, random rows, random operations: all the way up, and all the way down."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import databases, dumps
from tests.conformance.walks import World, draw_step, draw_world
from tests.schemas import differences, facts_of, pretend, rows_of, run, undo

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.operations.schema import Schema
    from kit_django.schema.facts import Database
    from tests.dumps import Allowance, Judge

EXAMPLES = {"sqlite": 60, "postgresql": 15, "mysql": 6}
TIMES = int(os.environ.get("KIT_TEST_EXAMPLES", "1"))

BESIDE = [
    "CREATE TABLE log (n integer, at text)",
    'CREATE VIEW seen AS SELECT id, n * 2 AS m FROM "a" WHERE n > 0',
    "CREATE TRIGGER logged AFTER UPDATE OF n ON \"a\" BEGIN INSERT INTO log VALUES (new.n, ';'); END",
    'CREATE TRIGGER erased AFTER DELETE ON log BEGIN UPDATE "a" SET n = 0 WHERE id = old.n; END',
]


@pytest.mark.long
@settings(
    max_examples=EXAMPLES[databases.vendor()] * TIMES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_up_and_down_again(
    connection: BaseDatabaseWrapper,
    wipe: Callable[[BaseDatabaseWrapper], None],
    dump: Judge,
    data: st.DataObject,
) -> None:
    wipe(connection)
    world = draw_world(data.draw, connection.vendor)
    run(connection, world.create, lambda schema: fill(schema, world))
    if connection.vendor == "sqlite":
        run(connection, *(lambda schema, sql=sql: schema.run_sql(sql) for sql in BESIDE))
    before, rows, dumped = facts_of(connection), rows_of(connection), dump(connection)
    steps = [draw_step(data.draw, world) for _ in range(data.draw(st.integers(1, 5)))]

    def up(schema: Schema) -> None:
        for step in steps:
            step(schema)

    pretend(connection, up)
    run(connection, up)
    assert_rows_are_kept(world, rows, rows_of(connection))
    if connection.vendor == "sqlite":
        assert_beside_is_there(connection, before)
    undo(connection, up)
    after = facts_of(connection)
    assert differences(in_order(after, world), in_order(before, world)) == []
    assert without(rows_of(connection), world) == without(rows, world)
    dumps.assert_same(dump(connection), dumped, allowed(world))


def fill(schema: Schema, world: World) -> None:
    for table in world.tables:
        model = schema.model(table.name)
        for row in table.rows:
            model.objects.create(**row)


def assert_rows_are_kept(world: World, before: Any, after: Any) -> None:
    """Each value that no operation has dropped is where its column is now."""
    for table in world.tables:
        if table.first is None:
            continue
        names = {"id": "id", "n": "n", "twice": "twice"}
        names |= {column.first: column.name for column in table.columns if column.first}
        old = {row["id"]: row for row in before[None, table.first]}
        new = {row["id"]: row for row in after[None, table.name]}
        for key, row in old.items():
            for was, name in names.items():
                assert new[key][name] == row[was], (table.name, name)
        assert len(old) == len(new)


def assert_beside_is_there(connection: BaseDatabaseWrapper, before: Database) -> None:
    """The view can be read, and the triggers run, whatever has become of the table's name."""
    after = facts_of(connection)
    assert {view.name for view in after.views} == {view.name for view in before.views}
    count = {
        sum(len(table.triggers) for table in database if table.kind == "table")
        for database in (before, after)
    }
    assert len(count) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM seen")
        cursor.execute("EXPLAIN DELETE FROM log")


def in_order(database: Database, world: World) -> Database:
    """A column that was dropped comes back as the last one."""
    if not world.reordered:
        return database
    tables = tuple(
        replace(table, columns=tuple(sorted(table.columns, key=lambda column: column.name)))
        for table in database
    )
    return replace(database, tables=tables)


def allowed(world: World) -> Allowance:
    if world.reordered:
        return dumps.columns_in_any_order
    return dumps.indexes_in_any_order


def without(rows: Any, world: World) -> Any:
    """The rows without the values that a drop has taken."""
    return {
        key: sorted(
            (
                {name: value for name, value in row.items() if (key[1], name) not in world.lost}
                for row in each
            ),
            key=repr,
        )
        for key, each in rows.items()
    }
