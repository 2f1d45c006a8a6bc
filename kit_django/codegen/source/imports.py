"""Import statements: those that generated code needs, among those that are there."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kit_django.codegen.source.lines import lines_of, newline_of


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


def imports_of(source: str) -> Imports:
    """What new code in a file has to know of the names there."""
    present, taken = {}, set()
    for name, origin in _bound_names(ast.parse(source)):
        if origin is None:
            taken.add(name)
        else:
            present[origin] = name
    return Imports(frozenset(taken | set(present.values())), present)


def _bound_names(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str] | None]]:
    """The names at the top of a file, and where they are imported from."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for each in node.names:
                yield each.asname or each.name, (node.module, each.name)
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


def render_imports(needed: Iterable[Import], line_length: int) -> str:
    """The statements for a new file, the standard library's first."""
    groups: dict[bool, list[str]] = {}
    for module, names in _by_module(needed).items():
        statement = _statement(module, list(map(str, names)), "\n", line_length)
        groups.setdefault(not names[0].is_standard, []).append(statement)
    return "\n\n".join("\n".join(lines) for _, lines in sorted(groups.items())) + "\n"


def add_imports(source: str, needed: Iterable[Import], line_length: int) -> str:
    """The source with what it lacks of the needed imports; no other line changes."""
    for module, names in sorted(_by_module(needed).items(), reverse=True):
        statements = _statements(source)
        present = {
            name for each in statements if each.module == module for name in each.names or ()
        }
        missing = [str(each) for each in names if str(each) not in present]
        if missing:
            source = _add(source, statements, module, missing, line_length)
    return source


def _by_module(needed: Iterable[Import]) -> dict[str, list[Import]]:
    modules: dict[str, list[Import]] = {}
    for each in sorted(needed):
        modules.setdefault(each.module, []).append(each)
    return modules


def _statements(source: str) -> list[_Statement]:
    """The ``from`` imports of the first block of imports, in their order."""
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            stars = any(each.name == "*" for each in node.names)
            names = tuple(
                f"{each.name} as {each.asname}" if each.asname else each.name for each in node.names
            )
            last = node.end_lineno or node.lineno
            found.append(_Statement(node.module, None if stars else names, node.lineno, last))
    return found


def _add(
    source: str, statements: list[_Statement], module: str, missing: list[str], length: int
) -> str:
    lines, newline = lines_of(source), newline_of(source)
    for statement in statements:
        longer = _longer(lines, statement, module, missing, length)
        if longer is not None:
            lines[statement.first - 1] = longer + newline
            return "".join(lines)
    written = _statement(module, missing, newline, length)
    position, before, after = _place(source, statements, module)
    new = [*([newline] if before else []), written + newline, *([newline] if after else [])]
    if position and lines and not lines[position - 1].endswith(("\n", "\r")):
        lines[position - 1] += newline
    return "".join([*lines[:position], *new, *lines[position:]])


def _statement(module: str, names: list[str], newline: str, length: int) -> str:
    """The statement on one line, or on many where one would be too long."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= length:
        return line
    return newline.join([f"from {module} import (", *(f"    {name}," for name in names), ")"])


def _longer(
    lines: list[str], statement: _Statement, module: str, missing: list[str], length: int
) -> str | None:
    """The statement with the missing names, where it is one plain line with room for them."""
    if statement.module != module or statement.names is None or statement.first != statement.last:
        return None
    line = lines[statement.first - 1].rstrip("\r\n")
    if line != f"from {module} import {', '.join(statement.names)}":
        return None
    longer = f"from {module} import {', '.join(sorted([*statement.names, *missing]))}"
    return longer if len(longer) <= length else None


def _place(source: str, statements: list[_Statement], module: str) -> tuple[int, bool, bool]:
    """The line behind which a new statement stands, and whether a blank line is before or after."""
    statements = [each for each in statements if each.module != "__future__"]
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
    head = _head(source)
    return head, head > 0, True


def _head(source: str) -> int:
    """The last line of the leading comments, the module's docstring and its plain imports."""
    lines = lines_of(source)
    last = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    for node in ast.parse(source).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_docstring and not isinstance(node, ast.Import | ast.ImportFrom):
            break
        last = node.end_lineno or node.lineno
    return last
