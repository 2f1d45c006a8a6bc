"""Through which layers a link leads. Links to one table share their way as far as they can."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kit_django.diagrams.graph import Link
from kit_django.diagrams.layout.sizes import Shape
from kit_django.schema.facts import Key


@dataclass(frozen=True, slots=True)
class Bundle:
    """The links to a table's column that come from one side of it."""

    target: Key
    columns: tuple[str, ...]
    from_right: bool


@dataclass(frozen=True, slots=True)
class Via:
    """Where a bundle crosses a layer between two of its tables."""

    bundle: Bundle
    layer: int


Stop = Key | Via


@dataclass(frozen=True, slots=True)
class Segment:
    """From a stop to the next one across a gap, which has the number of the layer left of it.

    ``left`` and ``right`` are a stop and how far below its top; a link within a layer has two lefts.
    """

    bundle: Bundle
    gap: int
    ends: tuple[tuple[Stop, float, bool], tuple[Stop, float, bool]]


@dataclass(frozen=True, slots=True)
class Route:
    """A link's segments, from its source to its target."""

    link: Link
    segments: tuple[Segment, ...] = field(default_factory=tuple)


def routes_of(
    links: Sequence[Link], layers: Mapping[Key, int], shapes: Mapping[Key, Shape]
) -> list[Route]:
    return [Route(link, tuple(_segments(link, layers, shapes))) for link in links]


def _segments(
    link: Link, layers: Mapping[Key, int], shapes: Mapping[Key, Shape]
) -> Iterator[Segment]:
    start, end = layers[link.source], layers[link.target]
    bundle = Bundle(link.target, link.to_columns, from_right=end <= start)
    step = -1 if bundle.from_right else 1
    between = [Via(bundle, layer) for layer in range(start + step, end, step)]
    offsets = {link.source: shapes[link.source].leaves_at(link)}
    stops: list[tuple[Stop, float]] = [
        (link.source, offsets[link.source]),
        *((via, 0.0) for via in between),
        (link.target, shapes[link.target].arrives_at(link)),
    ]
    if start == end:
        yield Segment(bundle, start, ((*stops[0], True), (*stops[-1], True)))
        return
    for at, (one, other) in enumerate(itertools.pairwise(stops)):
        here = start + step * at
        gap = here if step > 0 else here - 1
        is_left = step > 0
        yield Segment(bundle, gap, ((*one, is_left), (*other, not is_left)))
