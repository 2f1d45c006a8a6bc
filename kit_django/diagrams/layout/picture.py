"""Boxes and lines with their places: what a writer of pictures is handed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kit_django.diagrams.graph import Box, Link
from kit_django.diagrams.layout.sizes import Shape

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlacedBox:
    box: Box
    shape: Shape
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """From the source of a link to its target, around corners."""

    link: Link
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part of a picture."""

    boxes: tuple[PlacedBox, ...]
    lines: tuple[Line, ...]
    width: float
    height: float
    title: str = ""

    def moved(self, right: float, down: float) -> Sheet:
        return replace(
            self,
            boxes=tuple(replace(each, x=each.x + right, y=each.y + down) for each in self.boxes),
            lines=tuple(
                replace(each, points=tuple((x + right, y + down) for x, y in each.points))
                for each in self.lines
            ),
        )


def together(sheets: Iterable[Sheet], title: str = "") -> Sheet:
    """Sheets that have been moved to their places, as one."""
    found = list(sheets)
    boxes = tuple(box for sheet in found for box in sheet.boxes)
    lines = tuple(line for sheet in found for line in sheet.lines)
    ends = [(box.x + box.width, box.y + box.shape.height) for box in boxes]
    points = [point for line in lines for point in line.points]
    return Sheet(
        boxes,
        lines,
        max((x for x, _ in (*ends, *points)), default=0),
        max((y for _, y in (*ends, *points)), default=0),
        title,
    )
