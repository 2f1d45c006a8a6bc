"""A graph that is too large for one picture -> several that can be read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from kit_django.diagrams.graph import Graph, Link, part_of
from kit_django.schema.facts import Key

MOST = 60
"""How many tables one picture has at most; beyond it, parts have up to GROUP."""

GROUP = 40
SMALL = 8

Group = list[Key]


def split(graph: Graph) -> tuple[Graph, ...]:
    """The graph as it is where it is small; else one for each app, and for what is linked in it."""
    if len(graph.tables) <= MOST:
        return (graph,)
    apps: dict[str, Group] = defaultdict(list)
    for box in graph.tables:
        apps[box.app].append(box.key)
    order = sorted(apps, key=lambda app: (not app, app))
    return tuple(part for app in order for part in _parts(graph, app, apps[app]))


def _parts(graph: Graph, app: str, keys: Group) -> Iterator[Graph]:
    if app and len(keys) <= MOST:
        yield part_of(graph, set(keys), app)
        return
    groups = _linked(keys, graph.links)
    for group in groups:
        if len(group) >= SMALL:
            yield _titled(graph, app, _about(graph, group), group)
    pairs = [group for group in groups if 1 < len(group) < SMALL]
    alone = [group for group in groups if len(group) == 1]
    for title, small in (("small groups", pairs), ("no foreign keys", alone)):
        for several in _filled(small):
            yield _titled(graph, app, title, several)


def _titled(graph: Graph, app: str, title: str, group: Group) -> Graph:
    return part_of(graph, set(group), ": ".join(filter(None, (app, title))))


def _about(graph: Graph, group: Group) -> str:
    """The table of a group that has the most foreign keys to it and from it within the group."""
    own = set(group)
    links = [link for link in graph.links if link.source in own and link.target in own]
    ends = Counter(key for link in links for key in {link.source, link.target})
    names = {box.key: box.name for box in graph.boxes}
    return names[max(group, key=lambda key: ends[key])]


def _linked(keys: Group, links: Sequence[Link]) -> list[Group]:
    """Tables that are linked, as far as GROUP lets them be together.

    The links of tables that have few go first, so that what everything refers to joins none before
    the others have found each other.
    """
    group = {key: [key] for key in keys}
    inside = [link for link in links if link.source in group and link.target in group]
    degree = Counter(key for link in inside for key in {link.source, link.target})
    for link in sorted(inside, key=lambda link: degree[link.source] * degree[link.target]):
        one, other = group[link.source], group[link.target]
        if one is not other and len(one) + len(other) <= GROUP:
            one += other
            group.update(dict.fromkeys(other, one))
    return list({id(each): each for each in group.values()}.values())


def _filled(groups: Sequence[Group]) -> list[Group]:
    """As many together as there is room for."""
    found: list[Group] = []
    for group in groups:
        if found and len(found[-1]) + len(group) <= GROUP:
            found[-1] += group
        else:
            found.append(list(group))
    return found
