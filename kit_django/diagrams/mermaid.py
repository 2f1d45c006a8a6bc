"""Graphs -> Mermaid's ``erDiagram``, as GitHub and others draw it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kit_django.diagrams.graph import Box, Graph, Link, Row
from kit_django.runner.words import one_line
from kit_django.schema.facts import display_name

LONGEST_TEXT = 50_000
MOST_LINKS = 500
"""What Mermaid draws unless it is told otherwise."""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_MARKS = frozenset({"pk", "fk", "uk"})


def mermaid(graph: Graph) -> str:
    return "\n".join(_lines(graph)) + "\n"


def markdown(graphs: Sequence[Graph]) -> str:
    """A block for each, under its title."""
    parts = []
    for graph in graphs:
        title = "".join(map(_encoded, one_line(graph.title)))
        heading = f"## {title}\n\n" if len(graphs) > 1 else ""
        parts.append(f"{heading}```mermaid\n{mermaid(graph)}```\n")
    return "\n".join(parts)


def is_too_large(graph: Graph) -> bool:
    return len(graph.links) > MOST_LINKS or len(mermaid(graph)) > LONGEST_TEXT


def _lines(graph: Graph) -> Iterator[str]:
    yield "erDiagram"
    for box in graph.boxes:
        yield from _box(box)
    for link in graph.links:
        yield f"    {_link(link)}"


def _box(box: Box) -> Iterator[str]:
    name = _named(box.name)
    if not box.rows:
        yield f"    {name}"
        return
    yield f"    {name} {{"
    for row in box.rows:
        yield f"        {_row(row)}"
    yield "    }"


def _row(row: Row) -> str:
    name = _word(row.name)
    said = [f"called {row.name}" if name != row.name else "", "null" if row.null else ""]
    said.append(row.comment)
    comment = "; ".join(filter(None, said))
    parts = [_type(row.type), name, ", ".join(row.marks), _quoted(comment) if comment else ""]
    return " ".join(filter(None, parts))


def _link(link: Link) -> str:
    one, many = ("|o" if link.null else "||"), ("o|" if link.one else "o{")
    source, target = display_name(link.source), display_name(link.target)
    return f"{_named(target)} {one}--{many} {_named(source)} : {_named(','.join(link.columns))}"


def _word(name: str) -> str:
    """What Mermaid takes for the name of an attribute; a letter stands first, and no PK is one."""
    word = "".join(char if char in _PLAIN else "_" for char in name) or "_"
    return f"_{word}" if word[0].isdigit() or word.lower() in _MARKS else word


def _type(name: str) -> str:
    """As it is but for blanks and signs: ``numeric(10-2)``, as old Mermaids take no comma."""
    kept = "".join(_of_type(char) for char in one_line(name).rstrip())[:60]
    return f"_{kept}" if not kept[:1].isalpha() or kept.lower() in _MARKS else kept


def _of_type(char: str) -> str:
    if char in _PLAIN or char in "()[]":
        return char
    return "-" if char == "," else "_"


def _named(name: str) -> str:
    """Without blanks: Mermaid takes ``direction TB`` for its own wherever a line has it."""
    return _quoted(name).replace(" ", "#32;")


def _quoted(text: str) -> str:
    return f'"{"".join(map(_encoded, one_line(text)))}"'


def _encoded(char: str) -> str:
    """A sign that Mermaid, Markdown or HTML may take for their own goes as an entity."""
    is_plain = char in _PLAIN or char in " ,.;:()?!-=/" or ord(char) > 127
    return char if is_plain else f"#{ord(char)};"
