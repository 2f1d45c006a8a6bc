"""Which layer each table is in: what is referred to stands left of what refers to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from kit_django.diagrams.graph import Link
from kit_django.schema.facts import Key, Node
from kit_django.schema.tables.ordering import in_order


def parents_first(keys: Sequence[Key], links: Sequence[Link]) -> list[Key]:
    """Where links lead round in a circle, one of them has to lead back."""

    def node(key: Key) -> Node:
        return ("table", *key)

    pairs = [(node(link.source), node(link.target)) for link in links]
    return [(schema, name) for _, schema, name in in_order(list(map(node, keys)), (), pairs)]


def layers_of(
    order: Sequence[Key], links: Sequence[Link], heights: Mapping[Key, float], room: float
) -> dict[Key, int]:
    """A layer for each; none is higher than ``room``, but for a table that is so alone."""
    return _Layering(order, links, heights, room).layers()


class _Layering:
    def __init__(
        self, order: Sequence[Key], links: Sequence[Link], heights: Mapping[Key, float], room: float
    ) -> None:
        self.order, self.heights, self.room = order, heights, room
        place = {key: at for at, key in enumerate(order)}
        self.parents: dict[Key, set[Key]] = defaultdict(set)
        self.children: dict[Key, set[Key]] = defaultdict(set)
        for link in links:
            if place[link.target] < place[link.source]:
                self.parents[link.source].add(link.target)
                self.children[link.target].add(link.source)
        self.layer: dict[Key, int] = {}
        self.filled: dict[int, float] = defaultdict(float)

    def layers(self) -> dict[Key, int]:
        for key in self.order:
            first = max((self.layer[each] + 1 for each in self.parents[key]), default=0)
            self._put(key, self._first_with_room(key, first))
        for key in reversed(self.order):
            if len(self.children[key]) > len(self.parents[key]):
                self._come_closer(key)
        used = {layer: at for at, layer in enumerate(sorted(set(self.layer.values())))}
        return {key: used[layer] for key, layer in self.layer.items()}

    def _first_with_room(self, key: Key, layer: int) -> int:
        while not self._fits(key, layer):
            layer += 1
        return layer

    def _come_closer(self, key: Key) -> None:
        """Move to the right, next to what refers to it, as far as there is room."""
        last = min(self.layer[each] for each in self.children[key]) - 1
        for layer in range(last, self.layer[key], -1):
            if self._fits(key, layer):
                self.filled[self.layer[key]] -= self.heights[key]
                self._put(key, layer)
                return

    def _fits(self, key: Key, layer: int) -> bool:
        return not self.filled[layer] or self.filled[layer] + self.heights[key] <= self.room

    def _put(self, key: Key, layer: int) -> None:
        self.layer[key] = layer
        self.filled[layer] += self.heights[key]
