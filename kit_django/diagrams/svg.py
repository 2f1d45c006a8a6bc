"""Sheets -> SVG that a browser shows by itself, in light and in dark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from kit_django.diagrams.graph import Box, Link, Row
from kit_django.diagrams.layout.picture import Line, PlacedBox, Point, Sheet
from kit_django.diagrams.layout.sizes import HEAD, LINE, PAD
from kit_django.diagrams.style import HUES, style
from kit_django.diagrams.texts import shown_name, shown_rest, shown_title, shown_type
from kit_django.runner.words import one_line
from kit_django.schema.facts import Key, display_name

MARGIN = 24
HEADING = 36
LEGEND = 34
BEND = 6
LEAST_WIDTH = 720
NOTE = "PK key · FK refers to · UK unique · ? may be null · dashed: may refer to none"


def svg(sheets: Sequence[Sheet], title: str) -> str:
    return "\n".join(_lines(sheets, title)) + "\n"


def _lines(sheets: Sequence[Sheet], title: str) -> Iterator[str]:
    heading = HEADING if len(sheets) > 1 else 0
    width = max([LEAST_WIDTH, *(sheet.width + 2 * MARGIN for sheet in sheets)])
    height = sum(sheet.height + heading + MARGIN for sheet in sheets) + MARGIN + LEGEND
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" role="img">'
    )
    yield f"<title>{_text(title)}</title>"
    yield f"<style>{style()}</style>"
    yield f'<rect class="page" width="{_n(width)}" height="{_n(height)}"/>'
    y: float = MARGIN
    for sheet in sheets:
        if heading:
            yield f'<text class="heading" x="{MARGIN}" y="{_n(y + 18)}">{_text(sheet.title)}</text>'
        y += heading
        yield from _sheet(sheet.moved(MARGIN, y))
        y += sheet.height + MARGIN
    yield f'<text class="note" x="{MARGIN}" y="{_n(y + 18)}">{_text(NOTE)}</text>'
    yield "</svg>"


def _sheet(sheet: Sheet) -> Iterator[str]:
    hues = _hues(sheet)
    nulls: dict[tuple[Key, Point], set[bool]] = defaultdict(set)
    for line in sheet.lines:
        nulls[line.link.target, line.points[-1]].add(line.link.null)
    for line in sheet.lines:
        of_all = nulls[line.link.target, line.points[-1]]
        yield from _line(line, hues[line.link.target], of_all)
    for box in sheet.boxes:
        yield from _box(box, hues.get(box.box.key, ""))


def _hues(sheet: Sheet) -> Mapping[Key, str]:
    """A colour for each table that is referred to, another one than its neighbours have."""
    targets = {line.link.target for line in sheet.lines}
    shown = sorted(sheet.boxes, key=lambda each: (each.x, each.y))
    found = [each.box.key for each in shown if each.box.key in targets]
    return {key: f" h{at % len(HUES)}" for at, key in enumerate(found)}


def _line(line: Line, hue: str, nulls: set[bool]) -> Iterator[str]:
    link = line.link
    dashed = " null" if link.null else ""
    yield f'<g class="link{hue}"><title>{_text(_said(link))}</title>'
    yield f'<path class="line{dashed}" d="{_path(line.points)}"/>'
    yield f'<path class="end" d="{_foot(line, nulls)}"/></g>'


def _said(link: Link) -> str:
    source, target = display_name(link.source), display_name(link.target)
    return f"{source} ({', '.join(link.columns)}) → {target} ({', '.join(link.to_columns)})"


def _path(points: Sequence[Point]) -> str:
    """Straight lines with round corners."""
    (x, y), *rest = points
    said = [f"M{_n(x)} {_n(y)}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        bend = min(BEND, _length(before, corner) / 2, _length(corner, after) / 2)
        into, out = _towards(corner, before, bend), _towards(corner, after, bend)
        said.append(f"L{_p(into)}Q{_p(corner)} {_p(out)}")
    return "".join([*said, f"L{_p(rest[-1])}"])


def _length(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _towards(start: Point, end: Point, far: float) -> Point:
    x, y = (_sign(end[at] - start[at]) * far for at in (0, 1))
    return (start[0] + x, start[1] + y)


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _foot(line: Line, nulls: set[bool]) -> str:
    """The crow's foot, or a bar, where the link begins; where it ends a bar or two, or a ring."""
    (x, y), (x2, y2) = line.points[0], line.points[-1]
    out, out2 = _sign(line.points[1][0] - x), _sign(line.points[-2][0] - x2)
    begin = (
        f"M{_n(x + 7 * out)} {_n(y - 5)}v10"
        if line.link.one
        else f"M{_n(x)} {_n(y - 5)}l{10 * out} 5l{-10 * out} 5"
    )
    end = f"M{_n(x2)} {_n(y2)}h{14 * out2}M{_n(x2 + 6 * out2)} {_n(y2 - 5)}v10"
    if nulls == {False}:
        end += f"m{4 * out2} -10v10"
    elif nulls == {True}:
        ring = x2 + 10 * out2
        end += f"M{_n(ring - 3)} {_n(y2)}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0"
    return begin + end


def _box(placed: PlacedBox, hue: str) -> Iterator[str]:
    box, width, height = placed.box, placed.width, placed.shape.height
    stub = " stub" if box.is_stub else ""
    yield f'<g class="table{stub}{hue}" transform="translate({_n(placed.x)} {_n(placed.y)})">'
    if said := _comment(box):
        yield f"<title>{_text(said)}</title>"
    yield f'<rect class="frame" width="{_n(width)}" height="{_n(height)}" rx="6"/>'
    if height > HEAD:
        yield (
            f'<path class="head" d="M0.5 {HEAD}V6.5a6 6 0 0 1 6 -6H{_n(width - 6.5)}'
            f'a6 6 0 0 1 6 6V{HEAD}z"/>'
        )
    yield f'<text class="name" x="{PAD}" y="20">{_text(shown_title(box))}</text>'
    y = HEAD + 16
    for row in box.rows:
        yield from _row(row, placed, y)
        y += LINE
    if box.left_out:
        x = _n(PAD + placed.shape.marks)
        yield f'<text class="rest" x="{x}" y="{y}">{_text(shown_rest(box))}</text>'
    yield "</g>"


def _comment(box: Box) -> str:
    columns = [f"{row.name}: {row.comment}" for row in box.rows if row.comment]
    said = [box.name, *filter(None, [box.comment]), *columns]
    return "\n".join(map(one_line, said)) if len(said) > 1 else ""


def _row(row: Row, placed: PlacedBox, y: int) -> Iterator[str]:
    if row.marks:
        yield f'<text class="marks" x="{PAD}" y="{y}">{" ".join(row.marks)}</text>'
    bold = ' class="key"' if "PK" in row.marks else ""
    x = _n(PAD + placed.shape.marks)
    yield f'<text{bold} x="{x}" y="{y}">{_text(shown_name(row))}</text>'
    yield f'<text class="type" x="{_n(placed.width - PAD)}" y="{y}">{_text(shown_type(row))}</text>'


def _text(text: str) -> str:
    return escape("\n".join(map(one_line, text.splitlines())))


def _p(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
