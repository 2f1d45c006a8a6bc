"""In which order things can be made: what one is built on before it, keys as far as that goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kit_django.schema.facts import Node

Pairs = Iterable[tuple[Node, Node]]


def in_order(nodes: Sequence[Node], needs: Pairs, keys: Pairs) -> list[Node]:
    """The nodes, as they came but for what ``needs`` and ``keys`` ask for.

    Both are pairs of a node and one that is to come before it. A key may wait, where it leads round
    in a circle; a need may not.
    """
    return _Ordering(set(nodes), _grouped(needs), _grouped(keys)).order(nodes)


def _grouped(pairs: Pairs) -> Mapping[Node, list[Node]]:
    found: dict[Node, list[Node]] = defaultdict(list)
    for node, other in sorted(pairs, key=str):
        if node != other:
            found[node].append(other)
    return found


class _Ordering:
    def __init__(
        self, known: set[Node], needs: Mapping[Node, list[Node]], keys: Mapping[Node, list[Node]]
    ) -> None:
        self.known, self.needs, self.keys = known, needs, keys
        self.found: dict[Node, None] = {}
        self.entered: set[Node] = set()

    def order(self, nodes: Sequence[Node]) -> list[Node]:
        for node in nodes:
            self._visit(node)
        return list(self.found)

    def _visit(self, start: Node) -> None:
        """Depth first, without recursion: databases are deeper than Python's stack."""
        waiting = [(start, iter(self._before(start)))] if self._enter(start) else []
        while waiting:
            node, others = waiting[-1]
            following = next((each for each in others if self._enter(each)), None)
            if following is not None:
                waiting.append((following, iter(self._before(following))))
            else:
                waiting.pop()
                self.found[node] = None

    def _enter(self, node: Node) -> bool:
        if node not in self.known or node in self.entered:
            return False
        self.entered.add(node)
        return True

    def _before(self, node: Node) -> Iterable[Node]:
        yield from self.needs.get(node, ())
        for target in self.keys.get(node, ()):
            if not self._would_come_too_early(target):
                yield target

    def _would_come_too_early(self, node: Node) -> bool:
        """Whether something that is not done yet has to come before it."""
        unfinished = self.entered - self.found.keys()
        reached, waiting = {node}, [node]
        while waiting:
            for each in self.needs.get(waiting.pop(), ()):
                if each not in reached:
                    reached.add(each)
                    waiting.append(each)
        return not unfinished.isdisjoint(reached)
