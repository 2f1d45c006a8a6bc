"""models.py and what differs -> models.py, every other byte as it was (the only use of libcst).

Of a file, only the text of the class that is edited is taken apart and put together again; within
that class only the statements that an edit names. A comment above a field stays when the field
goes, for it may be about more than the field; what stands on the field's own lines goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import libcst as cst

from kit_django.codegen.following.edits import Edit, InheritedMeta
from kit_django.codegen.project.files import SourceFile
from kit_django.codegen.source.imports import Import, add_imports, imports_of
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

    file: SourceFile
    failed: tuple[tuple[str, Edit, str], ...] = ()


def merge(file: SourceFile, classes: Sequence[ClassEdits]) -> Merged:
    """The file with all edits made. Raises SyncError where more than these would be changed."""
    merging = _Merging(file)
    for each in classes:
        merging.take(each)
    merged = merging.merged()
    done = {name: edits for name, edits in merging.done.items() if edits}
    assert_nothing_else_changed(file, merged, done)
    return Merged(merged, tuple(merging.failed))


class _Merging:
    """The new texts of a file's classes are put in at the end, all at once."""

    def __init__(self, file: SourceFile) -> None:
        self.file, self.style = file, Style.of(file.path)
        self.places = Places(file)
        self.imports = imports_of(file)
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

    def merged(self) -> SourceFile:
        changed = self.places.with_texts(self.new)
        if changed is self.file:
            return changed
        return add_imports(changed, self.imports.needed, self.style.line_length)


def add_classes(
    file: SourceFile,
    classes: str,
    needed: Iterable[Import],
    behind: str | None,
    style: Style,
) -> SourceFile:
    """The file with classes behind the class of that name, or at its end, and their imports."""
    newline = file.newline
    written = re.sub(r"\r\n|\r|\n", newline, classes.strip())
    file = add_imports(file, needed, style.line_length)
    place = _place_or_none(file, behind)
    if place is None:
        kept = file.text.rstrip("\r\n")
        return file.with_text(f"{kept}{newline * 3 if kept else ''}{written}{newline}")
    head = "".join(file.lines[: place.last_line]).rstrip("\r\n")
    tail = "".join(file.lines[place.last_line :])
    return file.with_text(f"{head}{newline * 3}{written}{newline}{tail}")


def _place_or_none(file: SourceFile, name: str | None) -> Place | None:
    try:
        place = None if name is None else Places(file).find(name)
    except NotFound:
        return None
    return place if place is not None and not place.is_indented else None


def export(file: SourceFile, pairs: Iterable[tuple[str, str]]) -> SourceFile:
    """A package's ``__init__`` that also exports these: ``from .film import Film as Film``."""
    lines = [export_line(module, name) for module, name in pairs]
    kept = filter(None, [file.text.rstrip("\r\n"), *lines])
    return file.with_text(file.newline.join(kept) + file.newline)


def export_line(module: str, name: str) -> str:
    return f"from {module} import {name} as {name}"


def without_line(file: SourceFile, line: str) -> SourceFile:
    """The file without the lines that say no more and no less than that."""
    return file.with_text("".join(each for each in file.lines if each.rstrip("\r\n") != line))


def remove_class(file: SourceFile, class_name: str) -> SourceFile:
    """The file without a class; comments above it stay. Raises NotFound."""
    place = Places(file).find(class_name)
    if place.is_alone:
        raise NotFound(f"the class {class_name} is all that its block has")
    before, after = list(file.lines[: place.first_line - 1]), file.lines[place.last_line :]
    while before and not before[-1].strip():
        before.pop()
    text = "".join([*before, *after])
    return file.with_text(text if after else text.rstrip("\r\n") + file.newline)
