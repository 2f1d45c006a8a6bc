"""Import statements: those that generated code needs, among those that are there."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kit_django.codegen.project.files import SourceFile


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """``from module import name as alias``; an empty alias is none."""

    module: str
    name: str
    alias: str = ""

    @property
    def is_standard(self) -> bool:
        return self.module.partition(".")[0] in sys.stdlib_module_names

    def __str__(self) -> str:
        return f"{self.name} as {self.alias}" if self.alias else self.name


@dataclass(frozen=True, slots=True)
class _Statement:
    """A ``from`` import at the top of a file; ``names`` is None for ``*``."""

    module: str
    names: tuple[str, ...] | None
    first: int
    last: int

    @property
    def is_standard(self) -> bool:
        return Import(self.module, "").is_standard

    def moved(self, position: int, lines: int) -> _Statement:
        """The same where so many lines are put behind that one."""
        if self.first <= position:
            return self
        return replace(self, first=self.first + lines, last=self.last + lines)


@dataclass
class Imports:
    """The imports of a piece of source.

    ``present`` is how its file names what it imports already, by module and name; ``taken`` are
    names that mean something else there.
    """

    taken: frozenset[str] = frozenset()
    present: Mapping[tuple[str, str], str] = field(default_factory=dict)
    needed: set[Import] = field(default_factory=set)

    def beside(self, names: Iterable[str]) -> Imports:
        """The same where these names are to mean something else."""
        return replace(self, taken=self.taken | frozenset(names))

    def use(self, module: str, name: str) -> str:
        """The name to write for something that the module holds."""
        if (module, name) in self.present:
            return self.present[module, name]
        alias = f"{name}_" if name in self.taken else ""
        self.needed.add(Import(module, name, alias))
        return alias or name


def imports_of(file: SourceFile) -> Imports:
    """What new code in a file has to know of the names there."""
    present, taken = {}, set()
    for name, origin in _bound_names(file.tree):
        if origin is None:
            taken.add(name)
        else:
            present[origin] = name
    return Imports(frozenset(taken | set(present.values())), present)


def _bound_names(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str] | None]]:
    """The names at the top of a file, and where they are imported from."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                origin = None if node.level else (node.module or "", each.name)
                yield each.asname or each.name, origin
        elif isinstance(node, ast.Import):
            for each in node.names:
                module, _, name = each.name.rpartition(".")
                yield each.asname or each.name, (module, name) if each.asname else None
        else:
            yield from ((name, None) for name in _assigned_names(node))


def _assigned_names(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.ClassDef | ast.FunctionDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]


def render_imports(needed: Iterable[Import], line_length: int) -> str:
    """The statements for a new file, the standard library's first."""
    groups: dict[bool, list[str]] = {}
    for module, names in _by_module(needed).items():
        statement = _statement(module, list(map(str, names)), "\n", line_length)
        groups.setdefault(not names[0].is_standard, []).append(statement)
    return "\n\n".join("\n".join(lines) for _, lines in sorted(groups.items())) + "\n"


def add_imports(file: SourceFile, needed: Iterable[Import], line_length: int) -> SourceFile:
    """The file with what it lacks of the needed imports; no other line changes."""
    head = _Head(file, line_length)
    for module, names in sorted(_by_module(needed).items(), reverse=True):
        head.add(module, list(map(str, names)))
    return file.with_text("".join(head.lines))


def _by_module(needed: Iterable[Import]) -> dict[str, list[Import]]:
    modules: dict[str, list[Import]] = {}
    for each in sorted(needed):
        modules.setdefault(each.module, []).append(each)
    return modules


class _Head:
    """The lines of a file and the ``from`` imports among them, as statements are added."""

    def __init__(self, file: SourceFile, line_length: int) -> None:
        self.lines, self.newline, self.line_length = list(file.lines), file.newline, line_length
        self.statements = list(_statements(file.tree))
        self.end = _end_of_head(file)

    def add(self, module: str, names: list[str]) -> None:
        """Import what is missing of the names, on a line that is there if one has room."""
        ours = [each for each in self.statements if each.module == module]
        present = {name for each in ours for name in each.names or ()}
        missing = [name for name in names if name not in present]
        if missing and not any(self.lengthen(each, missing) for each in ours):
            self.insert(module, missing)

    def lengthen(self, statement: _Statement, missing: list[str]) -> bool:
        """Add names to a statement that is one plain line with room for them."""
        if statement.names is None or statement.first != statement.last:
            return False
        line = f"from {statement.module} import {', '.join(statement.names)}"
        names = sorted([*statement.names, *missing])
        longer = f"from {statement.module} import {', '.join(names)}"
        if self.lines[statement.first - 1].rstrip("\r\n") != line or len(longer) > self.line_length:
            return False
        self.lines[statement.first - 1] = longer + self.newline
        return True

    def insert(self, module: str, names: list[str]) -> None:
        position, before, after = self.place(module)
        written = _statement(module, names, self.newline, self.line_length)
        new = [f"{line}{self.newline}" for line in written.split(self.newline)]
        blank = [self.newline]
        if position and not self.lines[position - 1].endswith(("\n", "\r")):
            self.lines[position - 1] += self.newline
        first = position + before + 1
        added = _Statement(module, tuple(names), first, first + len(new) - 1)
        new = [*blank * before, *new, *blank * after]
        self.lines[position:position] = new
        self.statements = sorted(
            [*(each.moved(position, len(new)) for each in self.statements), added],
            key=lambda each: each.first,
        )

    def place(self, module: str) -> tuple[int, bool, bool]:
        """The line behind which a new statement stands, and whether a blank line is before or after."""
        statements = [each for each in self.statements if each.module != "__future__"]
        standard = Import(module, "").is_standard
        group = [each for each in statements if each.is_standard == standard]
        for statement in group:
            if statement.module > module:
                return statement.first - 1, False, False
        if group:
            return group[-1].last, False, False
        others = [each for each in statements if each.is_standard != standard]
        if others and standard:
            return others[0].first - 1, False, True
        if others:
            return others[-1].last, True, False
        return self.end, self.end > 0, True


def _statements(tree: ast.Module) -> Iterator[_Statement]:
    """The ``from`` imports of whole modules at the top, in their order."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            stars = any(each.name == "*" for each in node.names)
            names = tuple(
                f"{each.name} as {each.asname}" if each.asname else each.name for each in node.names
            )
            last = node.end_lineno or node.lineno
            yield _Statement(node.module, None if stars else names, node.lineno, last)


def _statement(module: str, names: list[str], newline: str, length: int) -> str:
    """The statement on one line, or on many where one would be too long."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= length:
        return line
    return newline.join([f"from {module} import (", *(f"    {name}," for name in names), ")"])


def _end_of_head(file: SourceFile) -> int:
    """The last line of the leading comments, the module's docstring and its plain imports."""
    lines = file.lines
    last = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    for node in file.tree.body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_docstring and not isinstance(node, ast.Import | ast.ImportFrom):
            break
        last = node.end_lineno or node.lineno
    return last
