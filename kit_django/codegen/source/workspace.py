"""The files of a sync while it works on them: read once, edited in memory, written at the end."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from django.db import models

from kit_django.codegen.following.edits import Difference, InheritedMeta
from kit_django.codegen.project.files import FileChange, SourceFile
from kit_django.codegen.source.imports import imports_of, render_imports
from kit_django.codegen.source.layout import lay_out
from kit_django.codegen.specs import ModelSpec


class Workspace:
    """black and libcst are imported with the first edit."""

    def __init__(self) -> None:
        self.found: dict[Path, SourceFile | None] = {}
        self.files: dict[Path, SourceFile] = {}
        self.classes: dict[Path, list[str]] = {}

    def file(self, path: Path) -> SourceFile:
        """The file as it is now; an empty one where there is none. Raises SyncError."""
        real = path.resolve()
        if real not in self.files:
            self.found[real] = SourceFile.read(path) if path.is_file() else None
            self.files[real] = self.found[real] or SourceFile(path)
        return self.files[real]

    def put(self, file: SourceFile) -> None:
        self.files[file.path.resolve()] = file

    def append(self, path: Path, new: Iterable[ModelSpec], behind: str | None = None) -> None:
        """Write classes behind the one of that name, else behind all, or a new file of them."""
        from kit_django.codegen.source import merging, rendering

        old = self.file(path)
        specs = list(new)
        imports = imports_of(old).beside(_class_names(specs))
        style = rendering.Style.of(path)
        classes = lay_out([rendering.render_model(model, imports) for model in specs], style)
        if old.text.strip():
            self.put(merging.add_classes(old, classes, imports.needed, behind, style))
        else:
            head = style.format(render_imports(imports.needed, style.line_length))
            self.put(old.with_text(f"{head}\n\n{classes}"))
        self.classes.setdefault(old.path, []).extend(model.name for model in specs)

    def export(self, path: Path, names: list[tuple[str, str]]) -> None:
        from kit_django.codegen.source import merging

        self.put(merging.export(self.file(path), names))

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
        merged = merging.merge(self.file(path), requests)
        self.put(merged.file)
        failed = {(name, repr(edit)): reason for name, edit, reason in merged.failed}
        for model, group in found.items():
            for each in group:
                reason = failed.get((model.__name__, repr(each.edit)))
                message = f"{each.message}; {reason} in {path.name}"
                yield each if reason is None else replace(each, message=message, edit=None)

    def imports(self, path: Path, name: str) -> bool:
        """Whether a file imports a class of that name from elsewhere."""
        found = self.file(path).nodes()
        return any(isinstance(node, ast.alias) and node.name == name for node in found)

    def exports(self, path: Path, module: Path, name: str) -> bool:
        """Whether all that a package does with a class of a module is to export it."""
        from kit_django.codegen.source import merging

        file, line = self.file(path), merging.export_line(_relative(path, module), name)
        return line in file.text and name not in merging.without_line(file, line).text

    def unexport(self, path: Path, module: Path, name: str) -> None:
        from kit_django.codegen.source import merging

        line = merging.export_line(_relative(path, module), name)
        self.put(merging.without_line(self.file(path), line))

    def prune(self, path: Path, model: type[models.Model], *, force: bool) -> str:
        """Take a class away, unless it has methods of a person's; why that was not done."""
        from kit_django.codegen.source import merging

        if _has_methods(model) and not force:
            return "it has methods of your own, which --prune --force takes away too"
        try:
            self.put(merging.remove_class(self.file(path), model.__name__))
        except merging.NotFound as error:
            return str(error)
        return ""

    def changes(self) -> tuple[FileChange, ...]:
        return tuple(
            FileChange(self.found[real], new, tuple(self.classes.get(new.path, ())))
            for real, new in self.files.items()
            if new != (self.found[real] or SourceFile(new.path))
        )


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
