"""Between two layers: each bundle goes up or down on a track of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kit_django.diagrams.layout.routes import Bundle, Segment, Stop

NEAR = 4
ON_TOP_OF_EACH_OTHER = 20


@dataclass(slots=True)
class Net:
    """A bundle in a gap: how far down it comes in from the left and goes out to the right."""

    bundle: Bundle
    lefts: set[float] = field(default_factory=set)
    rights: set[float] = field(default_factory=set)

    @property
    def top(self) -> float:
        return min(self.lefts | self.rights)

    @property
    def bottom(self) -> float:
        return max(self.lefts | self.rights)


def tracks_of(
    segments: Iterable[Segment], tops: Mapping[Stop, float]
) -> dict[int, dict[Bundle, int]]:
    """For each gap the track of each bundle, numbered from the left."""
    gaps: dict[int, dict[Bundle, Net]] = defaultdict(dict)
    for segment in segments:
        net = gaps[segment.gap].setdefault(segment.bundle, Net(segment.bundle))
        for stop, below, is_left in segment.ends:
            (net.lefts if is_left else net.rights).add(tops[stop] + below)
    return {gap: _numbered(_ordered(list(nets.values()))) for gap, nets in gaps.items()}


def _ordered(nets: list[Net]) -> list[Net]:
    """Neighbours change places as long as fewer lines cross by it."""
    nets = sorted(nets, key=lambda net: (net.top, net.bottom))
    for _ in nets:
        moved = False
        for at in range(len(nets) - 1):
            one, other = nets[at], nets[at + 1]
            if _cost(other, one) < _cost(one, other):
                nets[at], nets[at + 1] = other, one
                moved = True
        if not moved:
            break
    return nets


def _cost(left: Net, right: Net) -> int:
    """How many lines cross where the first is left of the second, or lie on each other."""
    crossed = sum(right.top < y < right.bottom for y in left.rights)
    crossed += sum(left.top < y < left.bottom for y in right.lefts)
    near = sum(abs(a - b) < NEAR for a in left.rights for b in right.lefts)
    return crossed + near * ON_TOP_OF_EACH_OTHER


def _numbered(nets: Sequence[Net]) -> dict[Bundle, int]:
    """Bundles that are never beside each other share a track."""
    tracks: list[int] = []
    for at, net in enumerate(nets):
        beside = [
            tracks[before]
            for before in range(at)
            if nets[before].top <= net.bottom + NEAR and net.top <= nets[before].bottom + NEAR
        ]
        tracks.append(max(beside, default=-1) + 1)
    return {net.bundle: track for net, track in zip(nets, tracks, strict=True)}
