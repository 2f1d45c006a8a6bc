"""The last look before a file is written: nothing but what the edits name is another."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from kit_django.codegen.edits import (
    AddEntry,
    AddField,
    ChangeEntry,
    Edit,
    RemoveEntry,
    SetOption,
)
from kit_django.exceptions import SyncError


def assert_nothing_else_changed(
    old: str, new: str, class_name: str, edits: Sequence[Edit], path: Path
) -> None:
    """Compare all that the two sources say but for what the edits are about. Raises SyncError."""
    if old == new:
        return
    try:
        before, after = ast.parse(old), ast.parse(new)
    except SyntaxError as error:
        raise SyncError(
            f"What was to become of {path} is not valid Python: {error}. No file was changed; "
            f"please report this with the class {class_name}."
        ) from error
    rest = _Rest(class_name, set(_fields(edits)), set(_options(edits)))
    if not _imports(before) <= _imports(after) or rest.of(before) != rest.of(after):
        raise SyncError(
            f"The class {class_name} in {path} could not be edited without changing more than "
            f"its table asks for. No file was changed; please report this with that class."
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


class _Rest(ast.NodeTransformer):
    """What is left of a source without its imports and what the edits are about."""

    def __init__(self, class_name: str, fields: set[str], options: set[str]) -> None:
        self.class_name, self.fields, self.options = class_name, fields, options

    def of(self, tree: ast.Module) -> str:
        tree.body = [
            node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)
        ]
        return ast.dump(self.visit(tree))

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if node.name == self.class_name:
            node.body = [kept for each in node.body if (kept := self._kept(each))]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def _kept(self, statement: ast.stmt) -> ast.stmt | None:
        if isinstance(statement, ast.Pass) or _names(statement) & self.fields:
            return None
        if isinstance(statement, ast.ClassDef) and statement.name == "Meta" and self.options:
            statement.body = [
                each
                for each in statement.body
                if not isinstance(each, ast.Pass) and not _names(each) & self.options
            ]
            return statement if statement.body else None
        return statement


def _names(statement: Any) -> set[str]:
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    names = {each.id for each in targets if isinstance(each, ast.Name)}
    return names | ({statement.name} if isinstance(statement, ast.ClassDef) else set())
