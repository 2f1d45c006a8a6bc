"""Rendered classes as black lays them out, with black asked only where it may want another layout.

A plain statement that fits on its line is one that black leaves as it is. One that does not is handed
to it split as black mostly would, because what its first pass does not change has no second one. What
black makes of it is what is written, so that a wrong guess costs time alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kit_django.codegen.source.rendering import Style

INDENT = 4
AT_ONCE = 50
"""How many statements black gets in one call: those beside a wrong guess have a second pass too."""
_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
# Where black has rules of its own, besides escapes: the last comma, powers, exponents of numbers.
_UNSETTLED = re.compile(r",\s*[)\]}]|\*\*|\d[eE][+-]?\d")
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class _Line:
    indent: int
    text: str

    def __str__(self) -> str:
        return " " * self.indent + self.text

    def fits(self, length: int) -> bool:
        return self.indent + len(self.text) <= length


def lay_out(classes: Sequence[str], style: Style) -> str:
    """The sources of classes, a statement a line, as ``style.format`` would have them."""
    if not style.is_usual:
        return style.format("\n\n".join(classes))
    written = [_lines_of(source, style) for source in classes]
    asked = {line for lines in written for line in lines or () if not _is_settled(line, style)}
    answers = _ask(asked, style)
    formatted = (
        style.format(source)
        if lines is None
        else "".join(f"{text}\n" for line in lines for text in answers.get(line, [str(line)]))
        for source, lines in zip(classes, written, strict=True)
    )
    return "\n\n".join(formatted)


def _lines_of(source: str, style: Style) -> list[_Line] | None:
    """None for a class that black has to see as a whole: for its docstring, or its head."""
    if '"""' in source:
        return None
    lines = []
    for each in source.splitlines():
        text = each.lstrip(" ")
        quoted = _in_double_quotes(text) if style.prefers_double_quotes else text
        lines.append(_Line(len(each) - len(text) if text else 0, quoted))
    heads = (line for line in lines if line.text.startswith("class "))
    return lines if all(_is_settled(head, style) for head in heads) else None


def _in_double_quotes(text: str) -> str:
    """The line with double quotes around each string that has none in it."""

    def quoted(match: re.Match[str]) -> str:
        is_plain = '"' not in match[0] and "\\" not in match[0]
        return f'"{match[0][1:-1]}"' if is_plain else match[0]

    return _TEXT.sub(quoted, text)


def _is_settled(line: _Line, style: Style) -> bool:
    return _is_plain(line.text) and line.fits(style.line_length)


def _is_plain(text: str) -> bool:
    rest = _TEXT.sub('""', text)
    return text.isascii() and "\\" not in text and not _UNSETTLED.search(rest)


def _ask(lines: Iterable[_Line], style: Style) -> dict[_Line, list[str]]:
    """What black makes of each."""
    answers: dict[_Line, list[str]] = {}
    ordered = sorted(lines, key=lambda line: (line.indent, line.text))
    for indent in sorted({line.indent for line in ordered}):
        ones = [line for line in ordered if line.indent == indent]
        for start in range(0, len(ones), AT_ONCE):
            some = ones[start : start + AT_ONCE]
            answers.update(zip(some, _formatted(some, indent, style), strict=True))
    return answers


def _formatted(lines: Sequence[_Line], indent: int, style: Style) -> Iterator[list[str]]:
    heads = [f"{' ' * each}class _:" for each in range(0, indent, INDENT)]
    body = [str(part) for line in lines for part in _spread(line, style.line_length)]
    found = style.format("\n".join([*heads, *body]) + "\n").splitlines()[len(heads) :]
    statement: list[str] = []
    for text in found:
        if statement and text[indent] not in (" ", *_CLOSING):
            yield statement
            statement = []
        statement.append(text)
    yield statement


def _spread(line: _Line, length: int) -> list[_Line]:
    """Split as black splits it where it has no reason to do otherwise."""
    found = _last_brackets(line.text) if _is_plain(line.text) else None
    if line.fits(length) or found is None:
        return [line]
    first, last = found
    body, inner = line.text[first + 1 : last], line.indent + INDENT
    parts = _parts(body)
    is_call = first > 0 and (line.text[first - 1].isalnum() or line.text[first - 1] == "_")
    if len(parts) == 1 or (is_call and _Line(inner, body).fits(length)):
        within = _spread(_Line(inner, body), length)
    else:
        within = [each for part in parts for each in _spread(_Line(inner, f"{part},"), length)]
    return [
        _Line(line.indent, line.text[: first + 1]),
        *within,
        _Line(line.indent, line.text[last:]),
    ]


def _last_brackets(text: str) -> tuple[int, int] | None:
    """Where the last brackets of the outermost level are, unless there is nothing in them."""
    opened: list[int] = []
    found = None
    for place, char in _outside_of_texts(text):
        if char in _OPENING:
            opened.append(place)
        elif char in _CLOSING:
            first = opened.pop()
            if not opened:
                found = first, place
    return found if found and found[0] + 1 < found[1] else None


def _parts(text: str) -> list[str]:
    """What stands between the commas of the outermost level."""
    depth, start, parts = 0, 0, []
    for place, char in _outside_of_texts(text):
        depth += (char in _OPENING) - (char in _CLOSING)
        if char == "," and not depth:
            parts.append(text[start:place])
            start = place + 2
    return [*parts, text[start:]]


def _outside_of_texts(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for match in _TEXT.finditer(text):
        yield from enumerate(text[start : match.start()], start)
        start = match.end()
    yield from enumerate(text[start:], start)
