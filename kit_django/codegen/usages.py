"""Where in the project's own code a name is still used that its model does not have any more."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kit_django.codegen.layout import read_source
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
    names: Iterable[str],
    folder: Path,
    texts: Mapping[Path, str],
    passed_over: Iterable[Path] = (),
) -> tuple[Usage, ...]:
    """Each place below a folder where one of the names stands as an attribute, a keyword or a text.

    ``texts`` are the files that are about to be written, as they will be.
    """
    wanted = frozenset(names)
    if not wanted:
        return ()
    new = {path.resolve(): text for path, text in texts.items()}
    found: set[Usage] = set()
    for path in _python_files(folder, frozenset(each.resolve() for each in passed_over)):
        found |= set(_usages(path, new.get(path.resolve()) or _text(path), wanted))
    return tuple(sorted(found, key=lambda usage: (str(usage.path), usage.line, usage.name)))


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


def _text(path: Path) -> str:
    """What cannot be read as Python uses no names."""
    try:
        return read_source(path).text
    except SyncError:
        return ""


def _usages(path: Path, text: str, wanted: frozenset[str]) -> Iterator[Usage]:
    if not any(name in text for name in wanted):
        return
    for node in ast.walk(ast.parse(text)):
        for name in _named(node) & wanted:
            yield Usage(name, path, getattr(node, "lineno", 1))


def _named(node: ast.AST) -> set[str]:
    """The names of fields that a piece of code may mean."""
    match node:
        case ast.Attribute(attr=name):
            return {name}
        case ast.keyword(arg=str(name)):
            return _lookups(name)
        case ast.Constant(value=str(text)) if re.fullmatch(r"[-+]?\w+", text):
            return _lookups(text.lstrip("-+"))
    return set()


def _lookups(text: str) -> set[str]:
    """``author__name__icontains`` means author, name, and icontains."""
    return {text, *text.split("__")}
