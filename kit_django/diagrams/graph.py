"""Facts -> what a diagram shows: boxes with rows, and the links between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kit_django.schema.facts import Column, ForeignKey, Key, Table, display_name
from kit_django.schema.tables.indexes import simple_uniques

Columns = Literal["all", "keys", "none"]


@dataclass(frozen=True, slots=True)
class Row:
    """A column; ``marks`` are of PK, FK and UK."""

    name: str
    type: str
    null: bool
    marks: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A table; ``left_out`` columns are not among its rows. A stub stands for one that is elsewhere."""

    key: Key
    rows: tuple[Row, ...] = ()
    left_out: int = 0
    comment: str = ""
    app: str = ""
    is_stub: bool = False

    @property
    def name(self) -> str:
        return display_name(self.key)


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key. ``one``: at most one row refers to each; ``null``: a row may refer to none."""

    source: Key
    columns: tuple[str, ...]
    target: Key
    to_columns: tuple[str, ...]
    one: bool
    null: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """What is shown together; every link has both of its boxes."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    title: str = ""

    @property
    def tables(self) -> tuple[Box, ...]:
        return tuple(box for box in self.boxes if not box.is_stub)


def graph_of(tables: Iterable[Table], apps: Mapping[Key, str], columns: Columns = "all") -> Graph:
    """The whole of it, with a stub for each table that is referred to and not among them."""
    found = tuple(tables)
    whole = Graph(
        tuple(_box(table, apps.get(table.key, ""), columns) for table in found),
        tuple(_link(table, key) for table in found for key in table.foreign_keys),
    )
    return part_of(whole, [table.key for table in found])


def part_of(graph: Graph, keys: Collection[Key], title: str = "") -> Graph:
    """Some of its tables, and a stub for each other one that they refer to."""
    links = tuple(link for link in graph.links if link.source in keys)
    boxes = {box.key: box for box in graph.boxes}
    shown = [box for box in graph.boxes if box.key in keys]
    elsewhere = sorted({link.target for link in links} - set(keys), key=_order)
    stubs = [
        replace(boxes.get(key, Box(key)), rows=(), left_out=0, is_stub=True) for key in elsewhere
    ]
    return Graph((*shown, *stubs), links, title)


def around(tables: Sequence[Table], start: Key, depth: int) -> set[Key]:
    """The tables that are at most ``depth`` foreign keys away, whichever way those lead."""
    there = {table.key for table in tables}
    pairs = [(table.key, _target(key)) for table in tables for key in table.foreign_keys]
    found = edge = {start}
    for _ in range(depth):
        near = {b for a, b in pairs if a in edge} | {a for a, b in pairs if b in edge}
        edge = (near & there) - found
        if not edge:
            break
        found = found | edge
    return found


def _box(table: Table, app: str, columns: Columns) -> Box:
    rows = tuple(_rows(table))
    shown = tuple(row for row in rows if columns == "all" or (columns == "keys" and row.marks))
    return Box(table.key, shown, len(rows) - len(shown), table.comment, app)


def _rows(table: Table) -> Iterator[Row]:
    primary = table.primary_key.columns if table.primary_key else ()
    foreign = {name for key in table.foreign_keys for name in key.columns}
    unique = {columns[0] for columns in simple_uniques(table) if len(columns) == 1}
    for column in table.columns:
        marks = [
            mark
            for mark, among in (("PK", primary), ("FK", foreign), ("UK", unique))
            if column.name in among
        ]
        yield _row(column, tuple(marks))


def _row(column: Column, marks: tuple[str, ...]) -> Row:
    return Row(column.name, column.type, column.null, marks, column.comment)


def _link(table: Table, key: ForeignKey) -> Link:
    primary = table.primary_key.columns if table.primary_key else ()
    uniques = [each for each in (primary, *simple_uniques(table)) if each]
    return Link(
        table.key,
        key.columns,
        _target(key),
        key.to_columns,
        one=any(set(each) <= set(key.columns) for each in uniques),
        null=any(table.column(name).null for name in key.columns),
    )


def _target(key: ForeignKey) -> Key:
    return (key.to_schema, key.to_table)


def _order(key: Key) -> tuple[str, str]:
    return (key[0] or "", key[1])
