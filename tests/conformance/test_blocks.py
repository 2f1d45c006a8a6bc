"""Random blocks, run by the commands: what a plain model says comes of them, and all goes back again."""

from __future__ import annotations

import itertools
import json
import os
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import databases, dumps
from tests.conformance.blocks import PARENTS, Column, Model, draw_block, draw_model
from tests.quoting import quote_name
from tests.schemas import facts_of, rows_of, run, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.operations.schema import Schema
    from kit_django.schema.facts import Check
    from tests.dumps import Dump, Judge
    from tests.runner.conftest import Migrations

EXAMPLES = {"sqlite": 30, "postgresql": 6, "mysql": 6}
TIMES = int(os.environ.get("KIT_TEST_EXAMPLES", "1"))
NUMBERS = itertools.count(1)

SOURCE = """\
import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F

from kit_django import Migration, Schema


class Block(Migration):
    def up(self, schema: Schema) -> None:
        with schema.{call} as table:
            {lines}
"""
IN_TYPES = {
    "string": "char",
    "long": "char",
    "text": "text",
    "integer": "int",
    "big": "int",
    "decimal": "",
    "date": "date",
    "boolean": {"mysql": "tinyint(1)"}.get(databases.vendor(), "bool"),
    "enum": {"mysql": "enum(", "postgresql": "t_"}.get(databases.vendor(), "char"),
    "wider": {"mysql": "enum(", "postgresql": "t_"}.get(databases.vendor(), "char"),
    "json": {"mysql": "longtext", "postgresql": "jsonb"}.get(databases.vendor(), "text"),
}


@dataclass(frozen=True)
class State:
    """All that a database holds, of which only the history is left out."""

    dump: Dump
    rows: dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Case:
    """What there is, and a block; ``model`` is what the block makes of it."""

    base: str
    rows: list[dict[str, Any]]
    names: dict[int, str]
    block: str
    model: Model

    def __repr__(self) -> str:
        doubts = {"must": self.model.must, "may": self.model.may}
        around = {"view": self.model.in_view, "trigger": self.model.in_trigger}
        return "\n".join(
            map(str, ("", self.base, self.rows, around, self.names, self.block, doubts))
        )


@st.composite
def cases(draw: Any) -> Case:
    model = draw_model(draw, databases.vendor())
    lines = [f"table.{column.said(column.name)}" for column in model.columns]
    lines += [f"table.{part.said()}" for part in model.parts]
    if model.key is not None and not model.numbers:
        lines.append('table.primary_key(["id"])')
    key = "table.id()" if model.numbers else 'table.big_integer("id")'
    base = source('create_table("t")', [key, *lines])
    rows = [{each.name: row[each.number] for each in model.plain} for row in model.rows]
    names = {column.number: column.name for column in model.columns}
    model, block = draw_block(draw, model)
    return Case(base, rows, names, source('alter_table("t")', block), model)


@pytest.mark.long
@settings(
    max_examples=EXAMPLES[databases.vendor()] * TIMES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(case=cases())
def test_a_block_and_back(
    connection: BaseDatabaseWrapper,
    migrations: Migrations,
    wipe: Callable[[BaseDatabaseWrapper], None],
    dump: Judge,
    case: Case,
) -> None:
    wipe(connection)
    for path in migrations.folder.glob("*.py"):
        path.unlink()
    begin(connection, migrations, case)
    before = state_of(connection, dump)
    migrations.write_source(f"20240102000000_block_{next(NUMBERS)}", case.block)
    came = migrations.run("migrate")
    if came.code != 0:
        assert case.model.must or case.model.may, came.error
        assert_same(state_of(connection, dump), before, came.error)
        assert len(migrations.history()) == 1, came.error
        return
    assert not case.model.must, "it was not refused"
    after = state_of(connection, dump)
    assert_is_as_said(connection, case.model, after)
    assert_others_work(connection, case.model)
    went = migrations.run("migrate_rollback")
    if went.code != 0:
        assert_same(state_of(connection, dump), after, went.error)
        assert len(migrations.applied()) == 2, went.error
        return
    there = state_of(connection, dump)
    lost = {case.names[number] for number in case.model.lost if number in case.names}
    allowed = dumps.columns_in_any_order if ".drop" in case.block else dumps.nothing
    assert_same(without(there, lost), without(before, lost), "after the rollback", allowed)


def source(call: str, lines: Iterable[str]) -> str:
    return SOURCE.format(call=call, lines="\n            ".join(lines))


def begin(connection: BaseDatabaseWrapper, migrations: Migrations, case: Case) -> None:
    """Make the table, its rows, and what stands around it."""
    space: dict[str, Any] = {}
    exec(compile(case.base, "base", "exec"), space)  # noqa: S102
    run(connection, parents, space["Block"]().up, lambda schema: surround(schema, case))
    migrations.write(f"20240101000000_base_{next(NUMBERS)}")
    migrations.migrate()


def parents(schema: Schema) -> None:
    with schema.create_table("p") as table:
        table.id()
    for _ in PARENTS:
        schema.model("p").objects.create()
    with schema.create_table("log") as table:
        table.id()
        table.string("at", max_length=200, null=True)


def surround(schema: Schema, case: Case) -> None:
    rows = schema.model("t")
    keys = range(1, len(case.rows) + 1)
    for key, row in zip(keys, case.rows, strict=True):
        rows.objects.bulk_create([rows(**row) if case.model.numbers else rows(id=key, **row)])
    if case.model.numbers:
        with schema.create_table("child") as table:
            table.id()
            table.foreign_id("t_id", references="t", null=True, on_delete="cascade")
        for key in keys:
            schema.execute(f"INSERT INTO child (t_id) VALUES ({key})")
    names = {key: quote_name(schema.connection, name) for key, name in case.names.items()}
    for number in case.model.in_view:
        schema.create_view("v", f"SELECT id, {names[number]} AS seen FROM t")
        schema.create_view("w", "SELECT seen AS further FROM v")
    for number in case.model.in_trigger:
        schema.run_sql(TRIGGERS[schema.vendor].replace("NAME", names[number]))


TRIGGERS = {
    "sqlite": """
        CREATE TRIGGER logged AFTER UPDATE OF NAME ON t BEGIN
            INSERT INTO log (at) VALUES (new.NAME); END;
        CREATE TRIGGER other AFTER DELETE ON log BEGIN UPDATE t SET NAME = NULL; END;
    """,
    "postgresql": """
        CREATE FUNCTION logs() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO log (at) VALUES (TG_OP); RETURN NEW; END $$;
        CREATE TRIGGER logged AFTER UPDATE OF NAME ON t FOR EACH ROW
            WHEN (NEW.NAME IS NOT NULL OR NEW.NAME IS NULL) EXECUTE FUNCTION logs();
    """,
    "mysql": """
        CREATE TRIGGER logged AFTER UPDATE ON t FOR EACH ROW
            INSERT INTO log (at) VALUES (NEW.NAME);
        CREATE TRIGGER other AFTER DELETE ON log FOR EACH ROW UPDATE t SET NAME = NULL;
    """,
}


def state_of(connection: BaseDatabaseWrapper, dump: Judge) -> State:
    parts = {
        name: lines
        for name, lines in dump(connection).parts.items()
        if "kit_" not in name and "django_migrations" not in name
    }
    rows = {
        name: [{column: plain(value) for column, value in row.items()} for row in each]
        for (_, name), each in rows_of(connection).items()
        if not name.startswith(("kit_", "django_"))
    }
    return State(dumps.Dump(parts), rows)


def plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal | int) else value


def assert_same(found: State, expected: State, why: str, allowed: Any = dumps.nothing) -> None:
    assert found.rows == expected.rows, why
    dumps.assert_same(found.dump, expected.dump, allowed)


def without(state: State, lost: set[str]) -> State:
    rows = dict(state.rows)
    rows["t"] = [
        {name: value for name, value in row.items() if name not in lost} for row in rows["t"]
    ]
    return State(state.dump, {name: sorted(each, key=repr) for name, each in rows.items()})


def assert_is_as_said(connection: BaseDatabaseWrapper, model: Model, state: State) -> None:
    table = table_of(connection, "t")
    said = [(column.name, column.null) for column in model.columns]
    assert [(each.name, each.null) for each in table.columns[1:]] == said
    for column, found in zip(model.columns, table.columns[1:], strict=True):
        assert IN_TYPES[column.kind] in found.type.lower(), column
        if column.doubles is None:
            assert (found.default is None) == (column.default is None), column
    rows = {row["id"]: dict(row) for row in state.rows["t"]}
    for key, row in enumerate(model.rows, start=1):
        values = {column.name: told(column, row[column.number]) for column in model.columns}
        held = rows.pop(key)
        for column in model.columns:
            held[column.name] = read(column, held[column.name])
        assert held == {"id": key, **values}
    assert not rows
    uniques = {part.name for part in model.parts if part.is_unique}
    keys = {part.name for part in model.parts if part.what == "foreign_key"}
    checks = {part.name for part in model.parts if part.what == "check"}
    indexes = {part.name for part in model.parts if part.what == "index"} - uniques
    assert {each.name for each in table.foreign_keys} == keys
    assert {each.name for each in table.checks if not is_implied(each, model)} == checks
    said_key = None if model.key is None else ("id", *(each.name for each in model.key))
    assert (table.primary_key.columns if table.primary_key else None) == said_key
    known = {each.name for each in table.uniques} | {each.name for each in table.indexes}
    assert known >= uniques | indexes
    columns = {(each.name, "foreign_key"): each.columns for each in table.foreign_keys}
    columns |= {(each.name, "index"): each.columns or () for each in table.indexes}
    columns |= {(each.name, "unique"): each.columns for each in table.uniques}
    for part in (each for each in model.parts if each.what != "check"):
        what = "unique" if part.is_unique and (part.name, "unique") in columns else part.what
        assert list(columns[part.name, what]) == part.names


def read(column: Column, value: Any) -> Any:
    """Not every database hands JSON out as what it says."""
    return json.loads(value) if column.kind == "json" and isinstance(value, str) else plain(value)


def told(column: Column, value: Any) -> Any:
    return value if column.kind == "json" else plain(value)


def is_implied(check: Check, model: Model) -> bool:
    """Whether a check only says of what type a column is."""
    words = (" IN (", "JSON_VALID(", "json_valid(", "= ANY")
    return check.name not in {part.name for part in model.parts} and any(
        word in check.sql for word in words
    )


def assert_others_work(connection: BaseDatabaseWrapper, model: Model) -> None:
    facts_of(connection)
    with transaction.atomic(), connection.cursor() as cursor:
        for number in model.in_view:
            cursor.execute("SELECT id, seen, further FROM v, w ORDER BY 1")
            (column,) = (each for each in model.columns if each.number == number)
            cursor.execute("SELECT seen FROM v ORDER BY id")
            seen = [read(column, value) for (value,) in cursor.fetchall()]
            assert seen == [told(column, row[number]) for row in model.rows]
        for number in model.in_trigger:
            (column,) = (each for each in model.columns if each.number == number)
            name = quote_name(connection, column.name)
            cursor.execute(f"UPDATE t SET {name} = {name}")
            cursor.execute("SELECT count(*) FROM log")
            assert cursor.fetchone()[0] == len(model.rows)
        transaction.set_rollback(True)
