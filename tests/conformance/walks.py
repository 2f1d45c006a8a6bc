"""Random tables with rows, and random walks of operations that all have a way back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from kit_django.operations.schema import Schema

    Said = dict[str, Any]
    Draw = Callable[[st.SearchStrategy[Any]], Any]

NAMES = ["plain", "Mixed Case", "per%cent", 'quo"ted', "back\\slash", "it's", "order", "x`y"]

COLLATIONS = {"sqlite": "NOCASE", "postgresql": "C", "mysql": "utf8mb4_bin"}
TEXTS = st.text(st.sampled_from("aB9 '\"%\\;\n`ä"), max_size=8)


@dataclass(frozen=True)
class Kind:
    """A type of column: how it is said, what it can become and what stands in it."""

    method: str
    arguments: tuple[Any, ...]
    values: st.SearchStrategy[Any]
    wider: tuple[str, tuple[Any, ...]] | None = None


KINDS = {
    "string": Kind("string", (20,), TEXTS, ("string", (40,))),
    "text": Kind("text", (), TEXTS),
    "integer": Kind("integer", (), st.integers(-(2**31), 2**31 - 1), ("big_integer", ())),
    "big": Kind("big_integer", (), st.integers(-(2**62), 2**62)),
    "unsigned": Kind("unsigned_integer", (), st.integers(0, 2**31 - 1)),
    "decimal": Kind(
        "decimal",
        (8, 2),
        st.decimals(-9999, 9999, places=2),
        ("decimal", (10, 2)),
    ),
    "boolean": Kind("boolean", (), st.booleans()),
    "date": Kind("date", (), st.dates(datetime.date(1990, 1, 1), datetime.date(2030, 1, 1))),
    "float": Kind("float", (), st.sampled_from([0.0, -1.5, 0.25, 1e10])),
}


@dataclass
class Col:
    """A column as the walk knows it; ``first`` is its name in the beginning."""

    name: str
    kind: Kind
    said: Said
    first: str | None = None
    type_said: tuple[str, tuple[Any, ...]] | None = None
    is_used: bool = False
    """Whether something stands on it, so that it cannot be dropped."""

    @property
    def type(self) -> tuple[str, tuple[Any, ...]]:
        return self.type_said or (self.kind.method, self.kind.arguments)

    def say(self, builder: Any, *name: str, **more: Any) -> Any:
        method, arguments = self.type
        return getattr(builder, method)(*name, *arguments, **{**self.said, **more})


@dataclass
class Tab:
    name: str
    columns: list[Col]
    rows: list[dict[str, Any]] = field(default_factory=list)
    first: str | None = None
    indexes: dict[str, tuple[list[str], bool]] = field(default_factory=dict)
    """The parts of each index, and whether it is unique."""
    uniques: list[list[Col]] = field(default_factory=list)

    def create(self, schema: Schema) -> None:
        with schema.create_table(self.name) as table:
            table.id()
            table.integer("n", default=1)
            table.generated("twice", F("n") * 2, models.IntegerField())
            for column in self.columns:
                column.say(table, column.name)

    def free(self) -> list[str]:
        taken = {column.name.lower() for column in self.columns}
        return [name for name in NAMES if name.lower() not in taken]


@dataclass
class World:
    """What the walk starts from, and where it is."""

    tables: list[Tab]
    vendor: str = "sqlite"
    counter: int = 0
    reordered: bool = False
    lost: set[tuple[str, str]] = field(default_factory=set)
    """Columns of the beginning whose values are gone."""

    def fresh(self) -> str:
        self.counter += 1
        return f"made {self.counter}"

    def create(self, schema: Schema) -> None:
        for table in self.tables:
            table.create(schema)


def draw_column(draw: Draw, names: list[str]) -> Col:
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    said: Said = {}
    if draw(st.booleans()):
        said["null"] = True
    if kind.method != "text" and (not said or draw(st.booleans())):
        said["default"] = draw(kind.values)
    elif not said:
        said["null"] = True
    # The check of an unsigned column is called after names that may be others by then.
    is_used = kind.method == "unsigned_integer"
    return Col(draw(st.sampled_from(names)), kind, said, is_used=is_used)


def draw_table(draw: Draw, name: str) -> Tab:
    table = Tab(name, [], first=name)
    for _ in range(draw(st.integers(0, 4))):
        column = draw_column(draw, table.free())
        column.first = column.name
        table.columns.append(column)
    for number in range(draw(st.integers(0, 3))):
        row: dict[str, Any] = {"id": number + 1, "n": draw(st.integers(-5, 5))}
        for column in table.columns:
            nothing = column.said.get("null") and draw(st.booleans())
            row[column.name] = None if nothing else draw(column.kind.values)
        table.rows.append(row)
    return table


def draw_world(draw: Draw, vendor: str) -> World:
    names = draw(st.sampled_from([["a"], ["a", 'b "%']]))
    world = World([draw_table(draw, name) for name in names], vendor)
    for column in (column for table in world.tables for column in table.columns):
        if column.kind.method in ("string", "text") and draw(st.booleans()):
            column.said["collation"] = COLLATIONS[vendor]
    return world


def draw_step(draw: Draw, world: World) -> Callable[[Schema], None]:
    """One operation that the world allows; the world is then as the operation leaves it."""
    steps = [create_table, rename_table, alter, alter, alter, alter]
    step: Callable[[Schema], None] = draw(st.sampled_from(steps))(draw, world)
    return step


def create_table(draw: Draw, world: World) -> Callable[[Schema], None]:
    table = draw_table(draw, world.fresh())
    table.first, table.rows = None, []
    for column in table.columns:
        column.first = None
    named = Tab(table.name, [Col(c.name, c.kind, dict(c.said)) for c in table.columns])
    world.tables.append(table)
    return named.create


def rename_table(draw: Draw, world: World) -> Callable[[Schema], None]:
    table = draw(st.sampled_from(world.tables))
    old, table.name = table.name, world.fresh()
    new = table.name
    return lambda schema: schema.rename_table(old, new)


def alter(draw: Draw, world: World) -> Callable[[Schema], None]:
    table = draw(st.sampled_from(world.tables))
    name = table.name
    changes = [draw_change(draw, world, table) for _ in range(draw(st.integers(1, 3)))]

    def step(schema: Schema) -> None:
        with schema.alter_table(name) as builder:
            for change in changes:
                change(builder)

    return step


def draw_change(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    options: list[Callable[..., Callable[[Any], Any]]] = [
        add_index,
        add_check,
        add_reference,
        add_unique,
    ]
    if table.free():
        options.append(add_column)
    if table.columns:
        options += [rename, change_null, change_default, widen]
        options += [change_comment] if world.vendor != "sqlite" else []
    if any(not column.is_used for column in table.columns):
        options.append(drop)
    if table.indexes:
        options.append(drop_index)
    change: Callable[[Any], Any] = draw(st.sampled_from(options))(draw, world, table)
    return change


def add_column(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    column = draw_column(draw, table.free())
    copy = Col(column.name, column.kind, dict(column.said))
    table.columns.append(column)
    if column.kind.method != "text" and draw(st.booleans()):
        column.said["index"] = copy.said["index"] = world.fresh()
    return lambda builder: copy.say(builder, copy.name)


def add_reference(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    name = world.fresh()
    target = draw(st.sampled_from(world.tables)).name
    action = draw(st.sampled_from(["cascade", "set null", "no action", "restrict"]))
    return lambda builder: builder.foreign_id(name, references=target, null=True, on_delete=action)


def add_index(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    name = world.fresh()
    candidates = [column for column in table.columns if column.kind.method != "text"]
    chosen = (
        draw(st.lists(st.sampled_from(candidates), max_size=2, unique_by=id)) if candidates else []
    )
    parts = [draw(st.sampled_from(["", "-"])) + column.name for column in chosen] + ["n"]
    for column in chosen:
        column.is_used = True
    unique = draw(st.booleans())
    if unique:
        parts.append("id")
    table.indexes[name] = (list(parts), unique)
    return lambda builder: builder.index(parts, name=name, unique=unique)


def drop_index(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    name = draw(st.sampled_from(sorted(table.indexes)))
    parts, unique = table.indexes.pop(name)
    return lambda builder: builder.drop_index(name).was.index(parts, unique=unique)


def add_check(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    name = world.fresh()
    low = draw(st.integers(-90, -9))
    return lambda builder: builder.check(f"n > {low} OR n < {low - 50}", name=name)


def add_unique(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    name = world.fresh()
    candidates = [column for column in table.columns if column.kind.method != "text"]
    chosen = (
        draw(st.lists(st.sampled_from(candidates), max_size=2, unique_by=id)) if candidates else []
    )
    for column in chosen:
        column.is_used = True
    columns = [*(column.name for column in chosen), "id"]
    if chosen in table.uniques:  # SQLite makes one of two that are alike
        return add_check(draw, world, table)
    table.uniques.append(chosen)
    return lambda builder: builder.unique(columns, name=name)


def change_comment(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    column = draw(st.sampled_from(table.columns))
    was, name, new = column.said.get("comment", ""), column.name, draw(TEXTS)
    column.said = {**column.said, "comment": new}
    return lambda builder: builder.change(name).set(comment=new).was.set(comment=was)


def rename(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    column = draw(st.sampled_from(table.columns))
    old, column.name = column.name, world.fresh()
    new = column.name
    for name, (parts, unique) in table.indexes.items():
        renamed = [part[: -len(old)] + new if part.lstrip("-") == old else part for part in parts]
        table.indexes[name] = (renamed, unique)
    return lambda builder: builder.rename(old, new)


def change_null(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    column = draw(st.sampled_from(table.columns))
    was = bool(column.said.get("null"))
    name = column.name
    column.said = {**column.said, "null": True}
    return lambda builder: builder.change(name).set(null=True).was.set(null=was)


def change_default(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    column = draw(st.sampled_from(table.columns))
    if column.kind.method == "text":
        return change_null(draw, world, table)
    was, name, new = column.said.get("default"), column.name, draw(column.kind.values)
    column.said = {**column.said, "default": new}
    return lambda builder: builder.change(name).set(default=new).was.set(default=was)


def widen(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    column = draw(st.sampled_from(table.columns))
    if column.kind.wider is None or column.type_said:
        return change_null(draw, world, table)
    (method, arguments), (wider, more), name = column.type, column.kind.wider, column.name
    column.type_said = column.kind.wider

    def change(builder: Any) -> None:
        getattr(getattr(builder.change(name), wider)(*more).was, method)(*arguments)

    return change


def drop(draw: Draw, world: World, table: Tab) -> Callable[[Any], Any]:
    column = draw(st.sampled_from([each for each in table.columns if not each.is_used]))
    table.columns.remove(column)
    world.reordered = True
    if table.first and column.first:
        world.lost.add((table.first, column.first))
    copy = Col(column.name, column.kind, dict(column.said), type_said=column.type_said)
    return lambda builder: copy.say(builder.drop(copy.name).was)
