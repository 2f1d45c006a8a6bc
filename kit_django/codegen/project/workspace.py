"""The files of a sync while it works on them: read once, edited in memory, written at the end."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from django.db import models

from kit_django.codegen.following.edits import Difference, InheritedMeta
from kit_django.codegen.project.layout import SourceFile, read_source
from kit_django.codegen.source.imports import imports_of, render_imports
from kit_django.codegen.source.writing import FileChange
from kit_django.codegen.specs import ModelSpec


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

    def append(self, path: Path, new: Iterable[ModelSpec], behind: str | None = None) -> None:
        """Write classes behind the one of that name, else behind all, or a new file of them."""
        from kit_django.codegen.source import merging, rendering

        old = self.text(path)
        specs = list(new)
        imports = imports_of(old).beside(_class_names(specs))
        classes = "\n\n".join(rendering.render_model(model, imports) for model in specs)
        style = rendering.Style.of(path)
        if old.strip():
            written = style.format(classes)
            self.texts[path] = merging.add_classes(old, written, imports.needed, behind, style)
        else:
            source = f"{render_imports(imports.needed, style.line_length)}\n\n{classes}"
            self.texts[path] = style.format(source)
        self.classes.setdefault(path, []).extend(model.name for model in specs)

    def export(self, path: Path, names: list[tuple[str, str]]) -> None:
        from kit_django.codegen.source import merging

        self.texts[path] = merging.export(self.text(path), names)

    def merge(
        self, path: Path, found: Mapping[type[models.Model], list[Difference]]
    ) -> Iterator[Difference]:
        """Make the edits of differences in a file. What could not be edited comes back without."""
        from kit_django.codegen.source import merging

        requests = [
            merging.ClassEdits(
                model.__name__,
                tuple(each.edit for each in group if each.edit is not None),
                _inherited_meta(model),
            )
            for model, group in found.items()
        ]
        merged = merging.merge(self.text(path), requests, path)
        self.texts[path] = merged.source
        failed = {(name, repr(edit)): reason for name, edit, reason in merged.failed}
        for model, group in found.items():
            for each in group:
                reason = failed.get((model.__name__, repr(each.edit)))
                message = f"{each.message}; {reason} in {path.name}"
                yield each if reason is None else replace(each, message=message, edit=None)

    def imports(self, path: Path, name: str) -> bool:
        """Whether a file imports a class of that name from elsewhere."""
        found = ast.walk(ast.parse(self.text(path)))
        return any(isinstance(node, ast.alias) and node.name == name for node in found)

    def exports(self, path: Path, module: Path, name: str) -> bool:
        """Whether all that a package does with a class of a module is to export it."""
        from kit_django.codegen.source import merging

        line = merging.export_line(_relative(path, module), name)
        without = merging.without_line(self.text(path), line)
        return line in self.text(path) and name not in without

    def unexport(self, path: Path, module: Path, name: str) -> None:
        from kit_django.codegen.source import merging

        line = merging.export_line(_relative(path, module), name)
        self.texts[path] = merging.without_line(self.text(path), line)

    def prune(self, path: Path, model: type[models.Model], *, force: bool) -> str:
        """Take a class away, unless it has methods of a person's; why that was not done."""
        from kit_django.codegen.source import merging

        if _has_methods(model) and not force:
            return "it has methods of your own, which --prune --force takes away too"
        try:
            self.texts[path] = merging.remove_class(self.text(path), model.__name__)
        except merging.NotFound as error:
            return str(error)
        return ""

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


def _class_names(specs: Iterable[ModelSpec]) -> Iterator[str]:
    for spec in specs:
        yield spec.name
        yield from (choices.name for choices in spec.choices)


def _relative(package: Path, module: Path) -> str:
    """How the ``__init__`` of a package names a module in it: ``.film``."""
    if not module.is_relative_to(package.parent):
        return ""
    return "." + ".".join(module.relative_to(package.parent).with_suffix("").parts)


def _inherited_meta(model: type[models.Model]) -> InheritedMeta | None:
    """The Meta of the first abstract base that has one."""
    for number, base in enumerate(model.__bases__):
        meta = getattr(base, "Meta", None)
        if meta is not None and getattr(getattr(base, "_meta", None), "abstract", False):
            return InheritedMeta(number, frozenset(dir(meta)))
    return None


def _has_methods(model: type[models.Model]) -> bool:
    """Whether the class body itself defines a method or a property."""
    for value in vars(model).values():
        if isinstance(value, property):
            return True
        function = getattr(value, "__func__", value)  # what classmethod and staticmethod wrap
        if inspect.isfunction(function) and function.__module__ == model.__module__:
            return True
    return False
