"""Where in the project's own code a name is still used that its model does not have any more."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kit_django.codegen.project.files import SourceFile
from kit_django.exceptions import SyncError

# Folders that hold no code of the project's own, or what a table once was.
PASSED_OVER = {"site-packages", "dist-packages", "node_modules", "__pycache__", "migrations"}
PASSED_OVER |= {"kit_migrations"}


@dataclass(frozen=True, slots=True)
class Usage:
    """A place that names what is gone."""

    name: str
    path: Path
    line: int


def usages_of(
    fields: Iterable[str],
    classes: Iterable[str],
    folder: Path,
    read: Callable[[Path], SourceFile],
    passed_over: Iterable[Path] = (),
) -> tuple[Usage, ...]:
    """Each place below a folder that names one of the fields or classes.

    A field is an attribute, a keyword, or a text; a class is an import or a name too.
    ``read`` gives a file that is about to be written as it will be.
    """
    wanted = _Wanted(frozenset(fields), frozenset(classes))
    if not wanted.names:
        return ()
    found: set[Usage] = set()
    for path in _python_files(folder, frozenset(each.resolve() for each in passed_over)):
        with suppress(SyncError):  # what cannot be read as Python uses no names
            found |= set(_usages(path, read(path), wanted))
    return tuple(sorted(found, key=lambda usage: (str(usage.path), usage.line, usage.name)))


def names_in(tree: ast.AST, fields: Iterable[str]) -> bool:
    """Whether a piece of source names one of the fields."""
    wanted = _Wanted(frozenset(fields), frozenset(fields))
    return any(wanted.in_(node) for node in ast.walk(tree))


@dataclass(frozen=True, slots=True)
class _Wanted:
    fields: frozenset[str]
    classes: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        return self.fields | self.classes

    def in_(self, node: ast.AST) -> frozenset[str]:
        match node:
            case ast.Name(id=name) | ast.alias(name=name):
                return self.classes & {name}
            case ast.Attribute(attr=name):
                return self.names & {name}
            case ast.keyword(arg=str(name)):
                return self.fields & _lookups(name)
            case ast.Constant(value=str(text)) if re.fullmatch(r"[-+]?[\w.]+", text):
                return self.names & (_lookups(text.lstrip("-+")) | {text.rpartition(".")[2]})
        return frozenset()


def _python_files(folder: Path, passed_over: frozenset[Path]) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        here = Path(root)
        folders[:] = sorted(
            each
            for each in folders
            if not each.startswith(".")
            and each not in PASSED_OVER
            and not (here / each / "pyvenv.cfg").is_file()
            and (here / each).resolve() not in passed_over
        )
        yield from (here / name for name in sorted(names) if name.endswith(".py"))


def _usages(path: Path, file: SourceFile, wanted: _Wanted) -> Iterator[Usage]:
    if not any(name in file.text for name in wanted.names):
        return
    for node in file.nodes():
        for name in wanted.in_(node):
            yield Usage(name, path, getattr(node, "lineno", 1))


def _lookups(text: str) -> set[str]:
    """``author__name__icontains`` means author, name, and icontains."""
    return {text, *text.split("__")}
