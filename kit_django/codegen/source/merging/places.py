"""Where in a file a class is, and its text, which alone is taken apart."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst

from kit_django.codegen.project.files import SourceFile


class NotFound(Exception):
    """The source does not have what is to be changed in a form that can be."""


@dataclass(frozen=True, slots=True)
class Place:
    """The lines of a class, decorators included, counted from 1.

    A class inside of an ``if`` is read as one, under an ``if`` of our own (``wrapper``).
    """

    first_line: int
    last_line: int
    text: str
    wrapper: str = ""
    is_alone: bool = False

    @property
    def is_indented(self) -> bool:
        return bool(self.wrapper)

    @property
    def wrapped(self) -> str:
        return self.wrapper + self.text

    def class_in(self, module: cst.Module) -> cst.ClassDef:
        statements: Any = module.body
        found = statements[0].body.body[0] if self.is_indented else statements[0]
        assert isinstance(found, cst.ClassDef)
        return found

    def with_class(self, module: cst.Module, node: cst.ClassDef) -> cst.Module:
        outer: Any = module.body[0]
        if self.is_indented:
            block = outer.body.with_changes(body=[node, *outer.body.body[1:]])
            return module.with_changes(body=[outer.with_changes(body=block), *module.body[1:]])
        return module.with_changes(body=[node, *module.body[1:]])

    def unwrapped(self, code: str, newline: str) -> str:
        new = code.removeprefix(self.wrapper)
        if self.text.endswith(newline) and not new.endswith(newline):
            new += newline  # libcst does not see it where it is a carriage return alone
        return new


class Places:
    """The classes at the top of a file, or in an ``if`` or ``try`` there.

    What only type checkers see is passed over.
    """

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.found: dict[str, list[tuple[ast.ClassDef, bool]]] = {}
        for node, siblings in _classes(file.tree):
            self.found.setdefault(node.name, []).append((node, len(siblings) == 1))

    def find(self, name: str) -> Place:
        """The class of that name. Raises NotFound, also where there are several."""
        found = self.found.get(name, [])
        if not found:
            raise NotFound(f"the class {name} is not at the top of the file")
        if len(found) > 1:
            raise NotFound(f"the file has {len(found)} classes called {name}")
        node, is_alone = found[0]
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        last = _with_comments(self.file.lines, node)
        wrapper = f"if True:{self.file.newline}" if node.col_offset else ""
        text = "".join(self.file.lines[first - 1 : last])
        return Place(first, last, text, wrapper, is_alone=is_alone and node.col_offset > 0)

    def with_texts(self, new: Iterable[tuple[Place, str]]) -> SourceFile:
        """The file with other texts in those places."""
        lines, newline = list(self.file.lines), self.file.newline
        for place, code in sorted(new, key=lambda each: -each[0].first_line):
            lines[place.first_line - 1 : place.last_line] = [place.unwrapped(code, newline)]
        return self.file.with_text("".join(lines))


def _with_comments(lines: Sequence[str], node: ast.ClassDef) -> int:
    """The last line of the class, comments at its end that are indented as its body included."""
    assert node.end_lineno is not None
    last = number = node.end_lineno
    indent = " " * (node.col_offset + 1)
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.strip() and not line.lstrip().startswith("#"):
            break
        if line.strip() and line.replace("\t", "        ").startswith(indent):
            last = number
        elif line.strip():
            break
    return last


def _classes(tree: ast.AST) -> Iterator[tuple[ast.ClassDef, list[ast.stmt]]]:
    for block in _blocks(tree):
        for statement in block:
            if isinstance(statement, ast.ClassDef):
                yield statement, block
            elif isinstance(statement, ast.If | ast.Try | ast.With):
                yield from _classes(statement)


def _blocks(node: Any) -> Iterator[list[ast.stmt]]:
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        yield node.orelse
        return
    for name in ("body", "orelse", "finalbody"):
        yield getattr(node, name, [])
    for handler in getattr(node, "handlers", []):
        yield handler.body


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"
