"""The last look before a file is written: nothing but what the edits name is another."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kit_django.codegen.following.edits import (
    AddEntry,
    AddField,
    ChangeEntry,
    Edit,
    RemoveEntry,
    SetOption,
)
from kit_django.codegen.project.files import SourceFile
from kit_django.exceptions import SyncError


def assert_nothing_else_changed(
    old: SourceFile, new: SourceFile, edits: Mapping[str, Sequence[Edit]]
) -> None:
    """Compare all that the two say but for what the edits, by class, are about.

    Raises SyncError.
    """
    if old == new:
        return
    try:
        before, after = old.tree, new.tree
    except SyntaxError as error:
        raise SyncError(
            f"What was to become of {old.path} is not valid Python: {error}. No file was changed; "
            f"please report this with the classes {', '.join(edits)}."
        ) from error
    rest = _Rest(
        {name: set(_fields(each)) for name, each in edits.items()},
        {name: set(_options(each)) for name, each in edits.items()},
    )
    ones, others = _statements(old), _statements(new)
    is_kept = len(ones) == len(others) and all(map(rest.is_same, ones, others))
    if not is_kept or not _imports(before) <= _imports(after):
        raise SyncError(
            f"{old.path} could not be edited without changing more than the tables ask for. No file "
            f"was changed; please report this with the classes {', '.join(edits)}."
        )


def _fields(edits: Iterable[Edit]) -> Iterable[str]:
    """The names in the class body that edits are about."""
    for edit in edits:
        if isinstance(edit, AddField):
            yield edit.field.name
            yield edit.choices.name if edit.choices else edit.field.name
        elif not isinstance(edit, RemoveEntry | ChangeEntry):
            yield getattr(edit, "name", "")


def _options(edits: Iterable[Edit]) -> Iterable[str]:
    for edit in edits:
        if isinstance(edit, AddEntry | RemoveEntry | ChangeEntry | SetOption):
            yield edit.option


def _imports(tree: ast.Module) -> set[tuple[str, str | None, str | None]]:
    found: set[tuple[str, str | None, str | None]] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found |= {(module, each.name, each.asname) for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {(each.name, None, each.asname) for each in node.names}
    return found


def _statements(file: SourceFile) -> list[str]:
    """The lines of each statement at the top but for imports."""
    return [
        "".join(file.lines[_first_line(node) - 1 : node.end_lineno])
        for node in file.tree.body
        if not isinstance(node, ast.Import | ast.ImportFrom)
    ]


def _first_line(node: Any) -> int:
    first: int = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
    return first


class _Rest(ast.NodeTransformer):
    """What is left of a statement without what the edits are about."""

    def __init__(self, fields: dict[str, set[str]], options: dict[str, set[str]]) -> None:
        self.fields, self.options = fields, options

    def is_same(self, one: str, other: str) -> bool:
        """Of statements that have the same text, neither can be an edit's."""
        return one == other or self._of(one) == self._of(other)

    def _of(self, statement: str) -> str:
        return ast.dump(self.visit(ast.parse(statement)))

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if node.name in self.fields:
            fields, options = self.fields[node.name], self.options[node.name]
            kept = (_kept(each, fields, options) for each in node.body)
            node.body = [each for each in kept if each is not None]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node


def _kept(statement: ast.stmt, fields: set[str], options: set[str]) -> ast.stmt | None:
    if isinstance(statement, ast.Pass) or _names(statement) & fields:
        return None
    if isinstance(statement, ast.ClassDef) and statement.name == "Meta" and options:
        statement.body = [
            each
            for each in statement.body
            if not isinstance(each, ast.Pass) and not _names(each) & options
        ]
        return statement if statement.body else None
    return statement


def _names(statement: Any) -> set[str]:
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    names = {each.id for each in targets if isinstance(each, ast.Name)}
    return names | ({statement.name} if isinstance(statement, ast.ClassDef) else set())
