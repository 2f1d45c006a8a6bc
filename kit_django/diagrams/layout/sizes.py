"""How large a box is, and where in it the links of a column end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kit_django.diagrams.graph import Box, Link
from kit_django.diagrams.texts import cells, shown_name, shown_rest, shown_title, shown_type

CELL = 7.3
"""The width of a letter in a monospaced font of 12 pixels: 0.6 em, and a little."""

TITLE_CELL = 8.0
HEAD = 30
LINE = 20
PAD = 10
BETWEEN = 18
LEAST_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Shape:
    """``ports`` are the heights of the columns' rows, from the top; ``marks`` the room left of names."""

    width: float
    height: float
    marks: float
    ports: Mapping[str, float]

    def leaves_at(self, link: Link) -> float:
        return self._port(link.columns)

    def arrives_at(self, link: Link) -> float:
        return self._port(link.to_columns)

    def _port(self, columns: tuple[str, ...]) -> float:
        return next((self.ports[name] for name in columns if name in self.ports), HEAD / 2)


def shape_of(box: Box) -> Shape:
    marks = max((cells(" ".join(row.marks)) for row in box.rows), default=0)
    room = marks * CELL + (PAD if marks else 0)
    rows = [
        room + cells(shown_name(row)) * CELL + BETWEEN + cells(shown_type(row)) * CELL
        for row in box.rows
    ]
    rest = [room + cells(shown_rest(box)) * CELL] if box.left_out else []
    width = 2 * PAD + max(cells(shown_title(box)) * TITLE_CELL, *rows, *rest, 0)
    lines = len(box.rows) + bool(box.left_out)
    return Shape(
        width=max(LEAST_WIDTH, round(width)),
        height=HEAD + lines * LINE + (6 if lines else 0),
        marks=room,
        ports={row.name: HEAD + (at + 0.5) * LINE + 2 for at, row in enumerate(box.rows)},
    )
