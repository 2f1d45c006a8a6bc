"""In which order a layer's stops stand below each other, so that few links cross."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kit_django.diagrams.layout.routes import Segment, Stop

Layers = list[list[Stop]]
SWEEPS = 12


def ordered(layers: Layers, segments: Sequence[Segment]) -> Layers:
    """By the barycentre of what each is linked to, from the left and from the right in turn."""
    across = [each for each in dict.fromkeys(segments) if not is_loop(each)]
    beside = _beside(across)
    best, fewest = layers, crossings(layers, across)
    current = [list(layer) for layer in layers]
    for sweep in range(SWEEPS):
        places = _places(current)
        walk = range(len(current)) if sweep % 2 == 0 else range(len(current) - 1, -1, -1)
        for at in walk:
            current[at] = _by_barycentre(current[at], beside, places, from_left=sweep % 2 == 0)
            places.update({stop: float(place) for place, stop in enumerate(current[at])})
        found = crossings(current, across)
        if found < fewest:
            best, fewest = [list(layer) for layer in current], found
    return best


def is_loop(segment: Segment) -> bool:
    return segment.ends[0][2] == segment.ends[1][2]


def sides(segment: Segment) -> tuple[tuple[Stop, float], tuple[Stop, float]]:
    """The left and the right end."""
    one, other = segment.ends
    left, right = (one, other) if one[2] else (other, one)
    return (left[0], left[1]), (right[0], right[1])


def crossings(layers: Layers, segments: Iterable[Segment]) -> int:
    """How many pairs of segments cross; those of one bundle share their way."""
    places = _places(layers)
    gaps: dict[int, list[tuple[tuple[float, float], tuple[float, float]]]] = defaultdict(list)
    for each in segments:
        (left, down), (right, below) = sides(each)
        gaps[each.gap].append(((places[left], down), (places[right], below)))
    return sum(map(_inversions, gaps.values()))


def _inversions(lines: list[tuple[tuple[float, float], tuple[float, float]]]) -> int:
    found = 0
    ends: list[tuple[float, float]] = []
    for _, right in sorted(lines):
        found += len(ends) - bisect_right(ends, right)
        insort(ends, right)
    return found


def _beside(segments: Iterable[Segment]) -> Mapping[bool, Mapping[Stop, list[tuple[Stop, float]]]]:
    """What each stop is linked to on its left (True) and on its right (False)."""
    found: dict[bool, dict[Stop, list[tuple[Stop, float]]]] = {
        True: defaultdict(list),
        False: defaultdict(list),
    }
    for each in segments:
        left, right = sides(each)
        found[True][right[0]].append(left)
        found[False][left[0]].append(right)
    return found


def _by_barycentre(
    layer: list[Stop],
    beside: Mapping[bool, Mapping[Stop, list[tuple[Stop, float]]]],
    places: Mapping[Stop, float],
    *,
    from_left: bool,
) -> list[Stop]:
    def wanted(stop: Stop) -> float:
        others = beside[from_left].get(stop) or beside[not from_left].get(stop)
        if not others:
            return places[stop]
        return sum(places[each] + min(down, 999.0) / 1000 for each, down in others) / len(others)

    return sorted(layer, key=wanted)


def _places(layers: Layers) -> dict[Stop, float]:
    return {stop: float(at) for layer in layers for at, stop in enumerate(layer)}
