"""models.py and what differs -> models.py, every other byte as it was (the only use of libcst).

Of a file, only the text of the class that is edited is taken apart and put together again; within
that class only the statements that an edit names. A comment above a field stays when the field
goes, for it may be about more than the field; what stands on the field's own lines goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import libcst as cst

from kit_django.codegen.following.edits import Edit, InheritedMeta
from kit_django.codegen.source.imports import Import, add_imports, imports_of
from kit_django.codegen.source.lines import lines_of, newline_of, with_newlines
from kit_django.codegen.source.merging.body import ClassBody
from kit_django.codegen.source.merging.checking import assert_nothing_else_changed
from kit_django.codegen.source.merging.places import NotFound, Place, Places
from kit_django.codegen.source.rendering import Style

__all__ = [
    "ClassEdits",
    "Merged",
    "NotFound",
    "add_classes",
    "export",
    "export_line",
    "merge",
    "remove_class",
    "without_line",
]


@dataclass(frozen=True, slots=True)
class ClassEdits:
    """What is to change in one class; ``inherited`` is the Meta that it has from a base."""

    name: str
    edits: tuple[Edit, ...]
    inherited: InheritedMeta | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """``failed`` are the edits that the source has no place for: class, edit, and the reason."""

    source: str
    failed: tuple[tuple[str, Edit, str], ...] = ()


def merge(source: str, classes: Sequence[ClassEdits], near: Path) -> Merged:
    """The source with all edits made. The file that it is of is ``near``.

    Raises SyncError where more than the edits would be changed.
    """
    merging = _Merging(source, Style.of(near))
    for each in classes:
        merging.take(each)
    merged = merging.merged()
    done = {name: edits for name, edits in merging.done.items() if edits}
    assert_nothing_else_changed(source, merged, done, near)
    return Merged(merged, tuple(merging.failed))


class _Merging:
    """The source is read once, and the new texts of its classes are put in at the end."""

    def __init__(self, source: str, style: Style) -> None:
        self.source, self.style = source, style
        self.places = Places(source)
        self.imports = imports_of(source)
        self.new: list[tuple[Place, str]] = []
        self.done: dict[str, list[Edit]] = {}
        self.failed: list[tuple[str, Edit, str]] = []

    def take(self, request: ClassEdits) -> None:
        try:
            place = self.places.find(request.name)
            module = cst.parse_module(place.wrapped)
        except (NotFound, cst.ParserSyntaxError) as error:
            reason = str(error) if isinstance(error, NotFound) else "its source is not understood"
            self.failed += [(request.name, edit, reason) for edit in request.edits]
            return
        node = place.class_in(module)
        body = ClassBody.of(node, module, self.style, self.imports, request.inherited)
        for edit in request.edits:
            try:
                body.make(edit)
                self.done.setdefault(request.name, []).append(edit)
            except NotFound as error:
                self.failed.append((request.name, edit, str(error)))
        self.new.append((place, place.with_class(module, body.node()).code))

    def merged(self) -> str:
        changed = self.places.with_texts(self.new)
        if changed == self.source:
            return self.source
        return add_imports(changed, self.imports.needed, self.style.line_length)


def add_classes(
    source: str,
    classes: str,
    needed: Iterable[Import],
    behind: str | None,
    style: Style,
) -> str:
    """The source with classes behind the class of that name, or at its end, and their imports."""
    newline = newline_of(source)
    written = with_newlines(classes.strip(), newline)
    source = add_imports(source, needed, style.line_length)
    place = _place_or_none(source, behind)
    if place is None:
        kept = source.rstrip("\r\n")
        return f"{kept}{newline * 3 if kept else ''}{written}{newline}"
    lines = lines_of(source)
    head = "".join(lines[: place.last_line]).rstrip("\r\n")
    tail = "".join(lines[place.last_line :])
    return f"{head}{newline * 3}{written}{newline}{tail}"


def _place_or_none(source: str, name: str | None) -> Place | None:
    try:
        place = None if name is None else Places(source).find(name)
    except NotFound:
        return None
    return place if place is not None and not place.is_indented else None


def export(source: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A package's ``__init__`` that also exports these: ``from .film import Film as Film``."""
    newline = newline_of(source)
    lines = [export_line(module, name) for module, name in pairs]
    return newline.join(filter(None, [source.rstrip("\r\n"), *lines])) + newline


def export_line(module: str, name: str) -> str:
    return f"from {module} import {name} as {name}"


def without_line(source: str, line: str) -> str:
    """The source without the lines that say no more and no less than that."""
    return "".join(each for each in lines_of(source) if each.rstrip("\r\n") != line)


def remove_class(source: str, class_name: str) -> str:
    """The source without a class; comments above it stay. Raises NotFound."""
    place = Places(source).find(class_name)
    if place.is_alone:
        raise NotFound(f"the class {class_name} is all that its block has")
    lines = lines_of(source)
    before, after = lines[: place.first_line - 1], lines[place.last_line :]
    while before and not before[-1].strip():
        before.pop()
    text = "".join([*before, *after])
    return text if after else text.rstrip("\r\n") + newline_of(source)
