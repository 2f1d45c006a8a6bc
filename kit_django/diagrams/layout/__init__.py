"""A graph -> a sheet on which each box and line has its place. The same graph gives the same sheet.

Sugiyama's steps: layers, order within them, coordinates; links are led around boxes at right angles.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from kit_django.diagrams.graph import Box, Graph
from kit_django.diagrams.layout.channels import tracks_of
from kit_django.diagrams.layout.layers import layers_of, parents_first
from kit_django.diagrams.layout.ordering import Layers, ordered
from kit_django.diagrams.layout.picture import Line, PlacedBox, Point, Sheet, together
from kit_django.diagrams.layout.placing import BETWEEN_BOXES, tops_of
from kit_django.diagrams.layout.routes import Bundle, Route, Stop, Via, routes_of
from kit_django.diagrams.layout.sizes import Shape, shape_of
from kit_django.schema.facts import Key

TRACK = 9
FOOT = 22
"""The room between a box and the first track, for the ends of lines."""

GAP = 40
WIDE = 1.5
"""How much wider than high a picture is, about."""


def lay_out(graph: Graph) -> Sheet:
    """What is linked is laid out together, and the parts are put side by side."""
    parts = [_lay_out_linked(part) for part in _components(graph)]
    return _packed(parts, graph.title)


def _components(graph: Graph) -> Iterator[Graph]:
    near: dict[Key, set[Key]] = defaultdict(set)
    for link in graph.links:
        near[link.source].add(link.target)
        near[link.target].add(link.source)
    left = {box.key: box for box in graph.boxes}
    while left:
        waiting = [next(iter(left))]
        found: dict[Key, Box] = {}
        while waiting:
            key = waiting.pop()
            if key in left:
                found[key] = left.pop(key)
                waiting += near[key]
        boxes = tuple(box for box in graph.boxes if box.key in found)
        yield Graph(boxes, tuple(link for link in graph.links if link.source in found))


def _lay_out_linked(graph: Graph) -> Sheet:
    boxes = {box.key: box for box in graph.boxes}
    shapes = {key: shape_of(box) for key, box in boxes.items()}
    layers = _layers(graph, shapes)
    routes = routes_of(graph.links, layers, shapes)
    segments = [segment for route in routes for segment in route.segments]
    stops = ordered(_stops(layers, routes), segments)
    heights: dict[Stop, float] = {key: shape.height for key, shape in shapes.items()}
    heights.update({stop: 0.0 for layer in stops for stop in layer if isinstance(stop, Via)})
    tops = tops_of(stops, segments, heights)
    tracks = tracks_of(segments, tops)
    widths = [max((shapes[each].width for each in _keys(layer)), default=0.0) for layer in stops]
    lefts, channels = _columns(widths, tracks)
    placed = [
        PlacedBox(boxes[key], shapes[key], lefts[at], tops[key], widths[at])
        for at, layer in enumerate(stops)
        for key in _keys(layer)
    ]
    edges = {each.box.key: (each.x, each.x + each.width) for each in placed}
    lines = [_line(route, tops, edges, tracks, channels) for route in routes]
    return together([Sheet(tuple(placed), tuple(lines), 0, 0)])


def _layers(graph: Graph, shapes: Mapping[Key, Shape]) -> dict[Key, int]:
    area = sum(
        (shape.width + 4 * FOOT) * (shape.height + BETWEEN_BOXES) for shape in shapes.values()
    )
    heights = {key: shape.height + BETWEEN_BOXES for key, shape in shapes.items()}
    order = parents_first(list(shapes), graph.links)
    return layers_of(order, graph.links, heights, room=math.sqrt(area / WIDE))


def _stops(layers: Mapping[Key, int], routes: Sequence[Route]) -> Layers:
    found: Layers = [[] for _ in range(max(layers.values()) + 1)]
    for key, layer in layers.items():
        found[layer].append(key)
    ends = (end for route in routes for segment in route.segments for end in segment.ends)
    for via in dict.fromkeys(stop for stop, _, _ in ends if isinstance(stop, Via)):
        found[via.layer].append(via)
    return found


def _keys(layer: Sequence[Stop]) -> list[Key]:
    return [stop for stop in layer if not isinstance(stop, Via)]


def _columns(
    widths: Sequence[float], tracks: Mapping[int, Mapping[Bundle, int]]
) -> tuple[list[float], list[float]]:
    """Where each layer begins, and where the first track behind it is."""
    lefts, channels, x = [], [], 0.0
    for at, width in enumerate(widths):
        lefts.append(x)
        channels.append(x + width + FOOT)
        many = max(tracks.get(at, {}).values(), default=0)
        x += width + 2 * FOOT + many * TRACK
    return lefts, channels


def _line(
    route: Route,
    tops: Mapping[Stop, float],
    edges: Mapping[Key, tuple[float, float]],
    tracks: Mapping[int, Mapping[Bundle, int]],
    channels: Sequence[float],
) -> Line:
    points: list[Point] = []
    for segment in route.segments:
        track = channels[segment.gap] + tracks[segment.gap][segment.bundle] * TRACK
        for stop, below, is_left in segment.ends:
            y = tops[stop] + below
            if not isinstance(stop, Via):
                at_edge = (edges[stop][1 if is_left else 0], y)
                is_source = not points
                points += [at_edge, (track, y)] if is_source else [(track, y), at_edge]
            else:
                points.append((track, y))
    return Line(route.link, _straightened(points))


def _straightened(points: Sequence[Point]) -> tuple[Point, ...]:
    """Without points that the line does not turn at."""
    found: list[Point] = []
    for point in points:
        if found and found[-1] == point:
            continue
        if len(found) > 1 and _is_straight(found[-2], found[-1], point):
            found.pop()
        found.append(point)
    return tuple(found)


def _is_straight(a: Point, b: Point, c: Point) -> bool:
    return (a[0] == b[0] == c[0]) or (a[1] == b[1] == c[1])


def _packed(parts: Sequence[Sheet], title: str) -> Sheet:
    """In rows, the highest first."""
    area = sum((each.width + GAP) * (each.height + GAP) for each in parts)
    widest = max((each.width for each in parts), default=0.0)
    room = max(widest, math.sqrt(area * WIDE))
    x = y = row = 0.0
    moved = []
    for part in sorted(parts, key=lambda each: -each.height):
        if x and x + part.width > room:
            x, y, row = 0.0, y + row + GAP, 0.0
        moved.append(part.moved(x, y))
        x, row = x + part.width + GAP, max(row, part.height)
    return together(moved, title)
