"""How far down each stop stands: near what it is linked to, and above or below nothing else."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kit_django.diagrams.layout.ordering import Layers, is_loop
from kit_django.diagrams.layout.routes import Segment, Stop, Via

BETWEEN_BOXES = 26
BETWEEN_LINES = 9
SWEEPS = 16
STRAIGHT = 4


class Pull(NamedTuple):
    """What a stop is linked to, how far below that one's top its own one's end is, and how much it
    matters that the line between them is straight."""

    to: Stop
    below: float
    weight: int


def tops_of(
    layers: Layers, segments: Sequence[Segment], heights: Mapping[Stop, float]
) -> dict[Stop, float]:
    """The top of each stop, from 0 down."""
    pulls = _pulls(segments)
    tops = {stop: 0.0 for layer in layers for stop in layer}
    distances = [_distances(layer, heights) for layer in layers]
    for layer, apart in zip(layers, distances, strict=True):
        tops.update(zip(layer, settled([0.0] * len(layer), apart), strict=True))
    for sweep in range(SWEEPS):
        walk = range(len(layers)) if sweep % 2 == 0 else range(len(layers) - 1, -1, -1)
        for at in walk:
            wanted = [_wanted(stop, pulls, tops) for stop in layers[at]]
            tops.update(zip(layers[at], settled(wanted, distances[at]), strict=True))
    highest = min(tops.values(), default=0.0)
    return {stop: round(top - highest) for stop, top in tops.items()}


def settled(wanted: Sequence[float], distances: Sequence[float]) -> list[float]:
    """The places nearest to those wanted, each at least so far below the one before it.

    Least squares under an order: what is too near becomes a block, which stands at its mean.
    """
    offset, offsets = 0.0, []
    for distance in distances:
        offset += distance
        offsets.append(offset)
    blocks: list[tuple[float, int]] = []
    for want, below in zip(wanted, offsets, strict=True):
        total, count = want - below, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            above, many = blocks.pop()
            total, count = total + above, count + many
        blocks.append((total, count))
    places = [total / count for total, count in blocks for _ in range(count)]
    return [place + below for place, below in zip(places, offsets, strict=True)]


def _distances(layer: Sequence[Stop], heights: Mapping[Stop, float]) -> list[float]:
    """From the top of each to the top of the one above; the first has none."""
    found = [0.0] * min(len(layer), 1)
    for above, below in itertools.pairwise(layer):
        are_lines = isinstance(above, Via) and isinstance(below, Via)
        between = BETWEEN_LINES if are_lines else BETWEEN_BOXES
        is_edge = isinstance(above, Via) or isinstance(below, Via)
        found.append(heights[above] + (between if not is_edge or are_lines else BETWEEN_BOXES / 2))
    return found


def _pulls(segments: Sequence[Segment]) -> Mapping[Stop, list[Pull]]:
    """What each stop is linked to. A line that crosses layers is to be straight before others are."""
    found: dict[Stop, list[Pull]] = defaultdict(list)
    for segment in dict.fromkeys(segments):
        (one, down, _), (other, below, _) = segment.ends
        if not is_loop(segment):
            weight = STRAIGHT ** sum(isinstance(stop, Via) for stop in (one, other))
            found[one].append(Pull(other, down - below, weight))
            found[other].append(Pull(one, below - down, weight))
    return found


def _wanted(stop: Stop, pulls: Mapping[Stop, list[Pull]], tops: Mapping[Stop, float]) -> float:
    if stop not in pulls:
        return tops[stop]
    total = sum(pull.weight * (tops[pull.to] - pull.below) for pull in pulls[stop])
    return total / sum(pull.weight for pull in pulls[stop])
