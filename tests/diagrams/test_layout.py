"""Where boxes and lines stand: nothing lies on anything else, and each time it is the same."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kit_django.diagrams.graph import Graph, around, graph_of
from kit_django.diagrams.layout import lay_out
from kit_django.diagrams.layout.placing import settled
from kit_django.diagrams.splitting import GROUP, MOST, split
from kit_django.diagrams.svg import svg
from kit_django.schema.facts import Column, ForeignKey, PrimaryKey, Table, Unique


def table(name: str, *targets: str, null: bool = False) -> Table:
    """With a key, and a foreign key to each of the others."""
    columns = [Column("id", "bigint", null=False)]
    columns += [Column(f"{target}_{at}", "bigint", null=null) for at, target in enumerate(targets)]
    keys = [
        ForeignKey((column.name,), target, ("id",))
        for column, target in zip(columns[1:], targets, strict=True)
    ]
    return Table(name, tuple(columns), primary_key=PrimaryKey(("id",)), foreign_keys=tuple(keys))


def graph(*tables: Table) -> Graph:
    return graph_of(tables, {})


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Tables that refer to any of them, themselves and each other included, and to one that is not there."""
    names = [f"t{at}" for at in range(draw(st.integers(1, 14)))]
    targets = st.lists(st.sampled_from([*names, "gone"]), max_size=3)
    return graph(*(table(name, *draw(targets)) for name in names))


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_nothing_lies_on_a_box(drawn: Graph) -> None:
    sheet = lay_out(drawn)
    assert {each.box for each in sheet.boxes} == set(drawn.boxes)
    assert Counter(line.link for line in sheet.lines) == Counter(drawn.links)
    edges = [
        (each.x, each.y, each.x + each.width, each.y + each.shape.height) for each in sheet.boxes
    ]
    for at, (left, top, right, bottom) in enumerate(edges):
        assert left >= 0
        assert top >= 0
        assert right <= sheet.width
        assert bottom <= sheet.height
        for left2, top2, right2, bottom2 in edges[:at]:
            assert right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top
        for line in sheet.lines:
            for (x1, y1), (x2, y2) in pairwise(line.points):
                assert x1 == x2 or y1 == y2
                is_beside = max(x1, x2) <= left or min(x1, x2) >= right
                assert is_beside or max(y1, y2) <= top or min(y1, y2) >= bottom


@settings(max_examples=20, deadline=None)
@given(graphs())
def test_the_same_graph_is_the_same_picture(drawn: Graph) -> None:
    assert svg([lay_out(drawn)], "a") == svg([lay_out(drawn)], "a")


def test_what_is_referred_to_stands_left() -> None:
    sheet = lay_out(graph(table("lines", "orders"), table("orders", "users"), table("users")))
    places = {each.box.name: each.x for each in sheet.boxes}
    assert places["users"] < places["orders"] < places["lines"]


def test_places_are_the_nearest_that_keep_their_distance() -> None:
    assert settled([0, 0, 0], [0, 10, 10]) == [-10, 0, 10]
    assert settled([0, 50, 40], [0, 10, 10]) == [0, 40, 50]
    assert settled([5, 90], [0, 10]) == [5, 90]
    assert settled([], []) == []


def test_links_say_how_many_and_whether_none() -> None:
    profile = Table(
        "profiles",
        (Column("id", "bigint", null=False), Column("user", "bigint")),
        primary_key=PrimaryKey(("id",)),
        uniques=(Unique(("user",)),),
        foreign_keys=(ForeignKey(("user",), "users", ("id",)),),
    )
    one, many = graph(profile, table("posts", "users"), table("users")).links
    assert (one.one, one.null) == (True, True)
    assert (many.one, many.null) == (False, False)
    assert graph(profile).boxes[0].rows[1].marks == ("FK", "UK")


def test_around_a_table_both_ways() -> None:
    tables = [table("a"), table("b", "a"), table("c", "b"), table("d", "c"), table("e")]
    assert around(tables, (None, "c"), 1) == {(None, name) for name in "bcd"}
    assert around(tables, (None, "c"), 9) == {(None, name) for name in "abcd"}


def test_few_tables_are_one_picture() -> None:
    small = graph(*(table(f"t{at}", "t0") for at in range(MOST)))
    assert split(small) == (small,)


def test_many_are_split_by_app_and_by_what_is_linked() -> None:
    chain = [table(f"c{at}", f"c{max(at - 1, 0)}") for at in range(GROUP + 20)]
    alone = [table(f"x{at}") for at in range(5)]
    pair = [table("left"), table("right", "left")]
    shop = [table("carts", "c0"), table("items", "carts")]
    apps = {each.key: "shop" for each in shop}
    parts = split(graph_of([*chain, *alone, *pair, *shop], apps))
    assert parts[0].title == "shop"
    assert [box.name for box in parts[0].boxes if box.is_stub] == ["c0"]
    assert [part.title for part in parts[-2:]] == ["small groups", "no foreign keys"]
    assert all(len(part.tables) <= GROUP for part in parts)
    shown = [box.name for part in parts for box in part.tables]
    assert len(shown) == len(set(shown)) == GROUP + 29
