"""The statements of a class body: found by the name that they assign, added, taken away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import libcst as cst

from kit_django.codegen.source.merging.places import NotFound

Statement = cst.BaseStatement


@dataclass
class Statements:
    """``footer`` are the comments behind the last statement."""

    body: list[Any]
    footer: tuple[cst.EmptyLine, ...] = ()

    @classmethod
    def of(cls, node: cst.ClassDef) -> Statements:
        if isinstance(node.body, cst.IndentedBlock):
            return cls(list(node.body.body), tuple(node.body.footer))
        return cls([cst.SimpleStatementLine(body=node.body.body)])  # type: ignore[arg-type]

    def put_into(self, node: cst.ClassDef) -> cst.ClassDef:
        body = self.body or [cst.parse_statement("pass")]
        if not isinstance(node.body, cst.IndentedBlock):
            return node.with_changes(body=cst.IndentedBlock(body=body))
        block = node.body.with_changes(body=body, footer=self.footer)
        return node.with_changes(body=block)

    def position(self, name: str) -> int:
        """Where the last statement is that assigns the name. Raises NotFound."""
        found = [number for number, each in enumerate(self.body) if name in targets(each)]
        if not found:
            raise NotFound(f"{name} is not assigned in the class itself")
        return found[-1]

    def add_field(self, line: Statement, after: tuple[str, ...]) -> None:
        """Behind the first of those fields that is here; else before all fields."""
        self._drop_pass()
        there = {name: number for number, each in enumerate(self.body) for name in targets(each)}
        behind = next((there[name] for name in after if name in there), None)
        if behind is not None:
            self.body.insert(behind + 1, line)
            return
        fields = [number for number, each in enumerate(self.body) if is_field(each)]
        self.insert(fields[0] if fields else self._head(), line)

    def insert(self, place: int, line: Any) -> None:
        """In front of the statement at that place, behind the blank lines before it."""
        if place >= len(self.body):
            self.body.append(line)
            return
        following = self.body[place]
        blank = _leading_blank(following)
        if is_field(following):
            rest = list(following.leading_lines)[len(blank) :]
            self.body[place] = following.with_changes(leading_lines=rest)
        self.body.insert(place, line.with_changes(leading_lines=blank))

    def add_at_head(self, line: Any) -> None:
        """Behind the docstring, with a blank line behind it."""
        place = 1 if self.body and is_docstring(self.body[0]) else 0
        self.insert(place, line)
        if place + 1 < len(self.body) and not _leading_blank(self.body[place + 1]):
            following = self.body[place + 1]
            lines = [cst.EmptyLine(indent=False), *following.leading_lines]
            self.body[place + 1] = following.with_changes(leading_lines=lines)

    def _head(self) -> int:
        """Behind the docstring and the classes of choices."""
        place = 1 if self.body and is_docstring(self.body[0]) else 0
        while place < len(self.body) and _is_choices(self.body[place]):
            place += 1
        return place

    def _drop_pass(self) -> None:
        if len(self.body) == 1 and _is_pass(self.body[0]):
            self.footer = (*_comment_lines(self.body[0]), *self.footer)
            self.body = []

    def remove(self, name: str) -> None:
        """The comments above it stay, above what comes next."""
        number = self.position(name)
        line = self.body[number]
        kept = [each for each in line.body if name not in small_targets(each)]
        if any(len(small_targets(each)) > 1 for each in line.body if each not in kept):
            raise NotFound(f"{name} is assigned together with other names")
        if kept:
            last = kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
            self.body[number] = line.with_changes(body=[*kept[:-1], last])
            return
        del self.body[number]
        self._keep_lines(number, line)

    def _keep_lines(self, number: int, gone: Any) -> None:
        lines = list(gone.leading_lines)
        if number >= len(self.body):
            self.footer = (*_comment_lines(gone), *self.footer)
            return
        following = self.body[number]
        own = list(following.leading_lines)
        if _comment_lines(gone):
            own = [*lines, *own]
        elif len(_leading_blank(following)) < len(lines):
            own = [*lines, *own[len(_leading_blank(following)) :]]
        self.body[number] = following.with_changes(leading_lines=own)

    def change_value(self, name: str, changed: Callable[[Any], Any]) -> None:
        """Put another expression in place of the one that the name is set to."""
        number = self.position(name)
        line = self.body[number]
        small = [_with_value(each, name, changed) for each in line.body]
        self.body[number] = line.with_changes(body=small)


def _with_value(small: Any, name: str, changed: Callable[[Any], Any]) -> Any:
    if name not in small_targets(small):
        return small
    return small.with_changes(value=changed(small.value))


def targets(statement: Any) -> list[str]:
    """The names that a line assigns to."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return []
    return [name for small in statement.body for name in small_targets(small)]


def small_targets(small: Any) -> list[str]:
    found: list[Any] = []
    if isinstance(small, cst.Assign):
        found = [each.target for each in small.targets]
    elif isinstance(small, cst.AnnAssign) and small.value is not None:
        found = [small.target]
    return [each.value for each in found if isinstance(each, cst.Name)]


def is_field(statement: Any) -> bool:
    """Whether a line assigns what a call makes, as every field does."""
    if not targets(statement):
        return False
    value = getattr(statement.body[0], "value", None)
    if not isinstance(value, cst.Call):
        return False
    called = cst.Module([]).code_for_node(value.func)
    return called.rpartition(".")[2].endswith(("Field", "Key", "Relation"))


def is_docstring(statement: Any) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, cst.SimpleString | cst.ConcatenatedString)
    )


def _is_pass(statement: Any) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(
        statement.body[0], cst.Pass
    )


def _is_choices(statement: Any) -> bool:
    return isinstance(statement, cst.ClassDef) and statement.name.value != "Meta"


def _comment_lines(statement: Any) -> list[cst.EmptyLine]:
    return [line for line in statement.leading_lines if line.comment]


def _leading_blank(statement: Any) -> list[cst.EmptyLine]:
    """The blank lines at the very front."""
    blank: list[cst.EmptyLine] = []
    for line in statement.leading_lines:
        if line.comment:
            break
        blank.append(line)
    return blank
