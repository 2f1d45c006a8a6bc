"""The files of a sync while it works on them: read once, edited in memory, written at the end."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import models

from kit_django.codegen.edits import Difference
from kit_django.codegen.imports import Imports, render_imports
from kit_django.codegen.layout import SourceFile, read_source
from kit_django.codegen.specs import ModelSpec
from kit_django.codegen.writing import FileChange


class Workspace:
    """black and libcst are imported with the first edit."""

    def __init__(self) -> None:
        self.files: dict[Path, SourceFile | None] = {}
        self.texts: dict[Path, str] = {}
        self.classes: dict[Path, list[str]] = {}

    def text(self, path: Path) -> str:
        """The text as it is now; empty for a file that is not there."""
        if path not in self.texts:
            self.files[path] = read_source(path) if path.is_file() else None
            file = self.files[path]
            self.texts[path] = file.text if file else ""
        return self.texts[path]

    def append(self, path: Path, new: Iterable[ModelSpec]) -> None:
        """Write classes behind what is there, or a new file of them."""
        from kit_django.codegen import merging, rendering

        imports = Imports()
        specs = list(new)
        classes = "\n\n".join(rendering.render_model(model, imports) for model in specs)
        style = rendering.Style.of(path)
        old = self.text(path)
        if old.strip():
            self.texts[path] = merging.append(old, style.format(classes), imports.needed)
        else:
            source = f"{render_imports(imports.needed)}\n\n{classes}"
            self.texts[path] = style.format(source)
        self.classes.setdefault(path, []).extend(model.name for model in specs)

    def export(self, path: Path, names: list[tuple[str, str]]) -> None:
        from kit_django.codegen import merging

        self.texts[path] = merging.export(self.text(path), names)

    def merge(self, path: Path, name: str, found: list[Difference]) -> Iterator[Difference]:
        """Make the edits of differences in a class; those that could not be made come back."""
        from kit_django.codegen import merging

        edits = [each.edit for each in found if each.edit is not None]
        merged = merging.merge(self.text(path), name, edits, path)
        self.texts[path] = merged.source
        yield from (each for each in found if each.edit is None or each.edit in merged.failed)

    def prune(self, path: Path, model: type[models.Model], *, force: bool) -> bool:
        """Take a class away, unless it has methods of a person's; whether that was done."""
        from kit_django.codegen import merging

        if _has_methods(model) and not force:
            return False
        self.texts[path] = merging.remove_class(self.text(path), model.__name__)
        return True

    def changes(self) -> tuple[FileChange, ...]:
        return tuple(self._change(path) for path in self.texts if self._is_changed(path))

    def _is_changed(self, path: Path) -> bool:
        file = self.files[path]
        return file is None or file.text != self.texts[path]

    def _change(self, path: Path) -> FileChange:
        file = self.files[path]
        names = tuple(self.classes.get(path, ()))
        encoding = file.encoding if file else "utf-8"
        return FileChange(path, file.text if file else None, self.texts[path], names, encoding)


def _has_methods(model: type[models.Model]) -> bool:
    """Whether the class body itself defines a method or a property."""
    for value in vars(model).values():
        if isinstance(value, property):
            return True
        function = getattr(value, "__func__", value)  # what classmethod and staticmethod wrap
        if inspect.isfunction(function) and function.__module__ == model.__module__:
            return True
    return False
