"""models.py and what differs -> models.py, every other byte as it was (the only use of libcst)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import libcst as cst

from kit_django.codegen.edits import (
    AddEntry,
    AddField,
    ChangeEntry,
    ChangeField,
    ChangeTarget,
    Edit,
    RemoveEntry,
    RemoveField,
    ReplaceField,
    SetOption,
)
from kit_django.codegen.imports import Import, Imports, add_imports
from kit_django.codegen.rendering import Style, import_name, render, render_choices, render_field
from kit_django.schema.constructs import Value

Statement = cst.BaseStatement


class NotFound(Exception):
    """The source does not have what is to be changed in a form that can be."""


@dataclass(frozen=True, slots=True)
class Merged:
    """``failed`` are the edits that the source has no place for."""

    source: str
    failed: tuple[Edit, ...] = ()


def append(source: str, classes: str, needed: Iterable[Import]) -> str:
    """The source with classes at its end, and the imports that they need."""
    newline = "\r\n" if "\r\n" in source else "\n"
    kept = add_imports(source, needed).rstrip("\r\n")
    separator = newline * 3 if kept else ""
    return f"{kept}{separator}{classes.strip()}\n".replace("\r\n", "\n").replace("\n", newline)


def export(source: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A package's ``__init__`` that also exports these: ``from .film import Film as Film``."""
    newline = "\r\n" if "\r\n" in source else "\n"
    lines = [f"from {module} import {name} as {name}" for module, name in pairs]
    return newline.join(filter(None, [source.rstrip("\r\n"), *lines])) + newline


def merge(source: str, class_name: str, edits: Sequence[Edit], near: Path) -> Merged:
    """The source with the edits made in one class. The file that it is of is ``near``."""
    module = cst.parse_module(source)
    editor = _ClassEditor(class_name, Style.of(near))
    for edit in edits:
        editor.edits.append(edit)
    code = module.visit(editor).code
    return Merged(add_imports(code, editor.imports.needed), tuple(editor.failed))


def remove_class(source: str, class_name: str) -> str:
    """The source without a class; comments above it stay."""
    return cst.parse_module(source).visit(_ClassRemover(class_name)).code


@dataclass
class _ClassRemover(cst.CSTTransformer):
    name: str

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> Any:  # noqa: N802
        return cst.RemoveFromParent() if original_node.name.value == self.name else updated_node

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: N802
        return False


@dataclass
class _ClassEditor(cst.CSTTransformer):
    name: str
    style: Style
    edits: list[Edit] = field(default_factory=list)
    failed: list[Edit] = field(default_factory=list)
    imports: Imports = field(default_factory=Imports)
    depth: int = 0

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:  # noqa: N802
        self.depth += 1
        return True

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: N802
        return False

    def leave_ClassDef(  # noqa: N802
        self, original_node: cst.ClassDef, updated_node: cst.ClassDef
    ) -> cst.ClassDef:
        self.depth -= 1
        if self.depth or original_node.name.value != self.name:
            return updated_node
        body = _Body.of(updated_node, self.style, self.imports)
        for edit in self.edits:
            try:
                body.make(edit)
            except NotFound:
                self.failed.append(edit)
        return body.put_into(updated_node)


@dataclass
class _Body:
    """The statements of a class, and what can be done to them."""

    statements: list[Statement]
    footer: tuple[cst.EmptyLine, ...]
    style: Style
    imports: Imports

    @classmethod
    def of(cls, node: cst.ClassDef, style: Style, imports: Imports) -> _Body:
        if isinstance(node.body, cst.IndentedBlock):
            return cls(list(node.body.body), tuple(node.body.footer), style, imports)
        small = cst.SimpleStatementLine(body=node.body.body)  # type: ignore[arg-type]
        return cls([small], (), style, imports)

    def put_into(self, node: cst.ClassDef) -> cst.ClassDef:
        statements = self.statements or [cst.parse_statement("pass")]
        if not isinstance(node.body, cst.IndentedBlock):
            return node.with_changes(body=cst.IndentedBlock(body=statements))
        block = node.body.with_changes(body=statements, footer=self.footer)
        return node.with_changes(body=block)

    def make(self, edit: Edit) -> None:
        match edit:
            case AddField(spec, after, choices):
                self.add(self.parse(render_field(spec, self.imports)), after)
                if choices is not None:
                    self.add_choices(render_choices(choices, self.imports))
            case RemoveField(name):
                self.remove(name)
            case ChangeField(name, keywords, path):
                self.change(name, lambda call: self._changed(call, keywords, path))
            case ChangeTarget(name, target):
                value = render(target, self.imports)
                self.change(name, lambda call: set_argument(call, "to", 0, value))
            case ReplaceField(name, call):
                expression = cst.parse_expression(render(call, self.imports))
                self.change(name, lambda _: expression)
            case AddEntry(option, call):
                self.add_entry(option, render(call, self.imports))
            case RemoveEntry(option, name):
                self.change_entries(option, name, None)
            case ChangeEntry(option, name, call):
                self.change_entries(option, name, render(call, self.imports))
            case SetOption(option, value):
                self.set_option(option, self.written(value))

    def _changed(self, call: cst.Call, keywords: Any, path: str) -> cst.Call:
        if path:
            call = change_class(call, import_name(path, self.imports))
        for name, value in keywords:
            call = set_argument(call, name, None, self.written(value))
        return call

    def written(self, value: Value) -> str | None:
        return None if value is None else render(value, self.imports)

    def parse(self, line: str) -> Statement:
        """A line of a class body as black would write it there."""
        text = self.style.format(f"class _:\n    {line}\n")
        node = cst.parse_module(text).body[0]
        assert isinstance(node, cst.ClassDef)
        statement: Any = node.body.body[0]
        return statement  # type: ignore[no-any-return]

    def position(self, name: str) -> int:
        for number, statement in enumerate(self.statements):
            if name in _targets(statement):
                return number
        raise NotFound(name)

    def add(self, statement: Statement, after: str) -> None:
        """Behind the named field; where that is not here, before the first or behind the last."""
        fields = [n for n, each in enumerate(self.statements) if _is_field(each)]
        try:
            place = self.position(after) + 1
        except NotFound:
            place = (
                fields[0] if fields and not after else (fields[-1] + 1 if fields else self._head())
            )
        self._drop_pass()
        self.statements.insert(min(place, len(self.statements)), statement)

    def add_choices(self, lines: str) -> None:
        text = self.style.format(f"class _:\n{lines}\n")
        node = cst.parse_module(text).body[0]
        assert isinstance(node, cst.ClassDef)
        statement = node.body.body[0]
        place = self._head()
        self.statements.insert(place, statement)  # type: ignore[arg-type]
        if place + 1 < len(self.statements):
            self.statements[place + 1] = _with_blank_line(self.statements[place + 1])

    def _head(self) -> int:
        """Behind the docstring."""
        is_docstring = bool(self.statements) and _is_docstring(self.statements[0])
        return 1 if is_docstring else 0

    def _drop_pass(self) -> None:
        self.statements = [each for each in self.statements if not _is_pass(each)]

    def remove(self, name: str) -> None:
        """The comments above it stay, above what comes next."""
        number = self.position(name)
        gone = self.statements.pop(number)
        comments = [line for line in getattr(gone, "leading_lines", ()) if line.comment]
        if comments and number < len(self.statements):
            following: Any = self.statements[number]
            lines = [*comments, *following.leading_lines]
            self.statements[number] = following.with_changes(leading_lines=lines)
        elif comments:
            self.footer = (*comments, *self.footer)

    def change(self, name: str, changed: Any) -> None:
        number = self.position(name)
        line: Any = self.statements[number]
        small = line.body[0]
        if len(line.body) != 1 or not isinstance(small.value, cst.Call):
            raise NotFound(name)
        value = changed(small.value)
        new = line.with_changes(body=[small.with_changes(value=value)])
        self.statements[number] = self.fitted(new)

    def fitted(self, statement: Any, *, always: bool = False) -> Any:
        """The line as black writes it, where it has grown too long and holds no comment."""
        code = cst.Module([]).code_for_node(statement.with_changes(leading_lines=[]))
        longest = max(len(line) for line in code.splitlines()) + len("    ")
        if "#" in code or (longest <= self.style.line_length and not always):
            return statement
        parsed: Any = self.parse(code.strip())
        return statement.with_changes(body=parsed.body)

    # Meta

    def meta(self) -> tuple[int, _Body]:
        for number, statement in enumerate(self.statements):
            if isinstance(statement, cst.ClassDef) and statement.name.value == "Meta":
                return number, _Body.of(statement, self.style, self.imports)
        return self._new_meta(), _Body([], (), self.style, self.imports)

    def _new_meta(self) -> int:
        node: Any = cst.parse_statement("class Meta:\n    pass\n")
        fields = [n for n, each in enumerate(self.statements) if _is_field(each)]
        place = fields[-1] + 1 if fields else len(self.statements)
        self.statements.insert(
            place, node.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        )
        return place

    def _put_meta(self, number: int, body: _Body) -> None:
        node: Any = self.statements[number]
        self.statements[number] = body.put_into(node)

    def set_option(self, option: str, value: str | None) -> None:
        number, meta = self.meta()
        try:
            if value is None:
                meta.remove(option)
            else:
                place = meta.position(option)
                line: Any = meta.statements[place]
                changed = line.body[0].with_changes(value=cst.parse_expression(value))
                meta.statements[place] = self.fitted(line.with_changes(body=[changed]))
        except NotFound:
            if value is None:
                raise
            meta._drop_pass()
            meta.statements.append(meta.parse(f"{option} = {value}"))
        self._put_meta(number, meta)

    def add_entry(self, option: str, entry: str) -> None:
        number, meta = self.meta()
        try:
            place = meta.position(option)
        except NotFound:
            self.set_option(option, f"[{entry}]")
            return
        line: Any = meta.statements[place]
        entries = list_of(line)
        if entries is None:
            raise NotFound(option)
        added = cst.parse_expression(entry)
        elements = [*entries.elements, cst.Element(added)]
        self._put_entries(number, meta, place, elements)

    def change_entries(self, option: str, name: str, entry: str | None) -> None:
        number, meta = self.meta()
        place = meta.position(option)
        line: Any = meta.statements[place]
        entries = list_of(line)
        found = None if entries is None else find_entry(entries, name)
        if entries is None or found is None:
            raise NotFound(name)
        elements = list(entries.elements)
        if entry is None:
            del elements[found]
        else:
            value = cst.parse_expression(entry)
            elements[found] = elements[found].with_changes(value=value)
        self._put_entries(number, meta, place, elements)

    def _put_entries(
        self, number: int, meta: _Body, place: int, elements: list[cst.BaseElement]
    ) -> None:
        """A list without entries goes altogether; its own comments stay with it."""
        line: Any = meta.statements[place]
        if not elements:
            meta.statements.pop(place)
            self._put_meta(number, meta)
            return
        small = line.body[0]
        value = small.value.with_changes(elements=_separated(elements))
        new = line.with_changes(body=[small.with_changes(value=value)])
        meta.statements[place] = meta.fitted(new, always=True)
        self._put_meta(number, meta)


def _separated(elements: list[cst.BaseElement]) -> list[cst.BaseElement]:
    """A comma and a blank between elements that have none of their own."""
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    separated: list[cst.BaseElement] = []
    for number, element in enumerate(elements):
        is_last = number == len(elements) - 1
        has_comma = isinstance(element.comma, cst.Comma)
        separated.append(element if is_last or has_comma else element.with_changes(comma=comma))
    return separated


def _targets(statement: Statement) -> list[str]:
    """The names that a line assigns to."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return []
    names = []
    for small in statement.body:
        targets: list[Any] = []
        if isinstance(small, cst.Assign):
            targets = [each.target for each in small.targets]
        elif isinstance(small, cst.AnnAssign) and small.value is not None:
            targets = [small.target]
        names += [each.value for each in targets if isinstance(each, cst.Name)]
    return names


def _is_field(statement: Statement) -> bool:
    """Whether a line assigns what a call makes, as every field does."""
    if not isinstance(statement, cst.SimpleStatementLine) or not _targets(statement):
        return False
    value = getattr(statement.body[0], "value", None)
    if not isinstance(value, cst.Call):
        return False
    called = cst.Module([]).code_for_node(value.func)
    return not called.endswith(("Manager", "from_queryset", "as_manager"))


def _is_docstring(statement: Statement) -> bool:
    return (
        isinstance(statement, cst.SimpleStatementLine)
        and isinstance(statement.body[0], cst.Expr)
        and isinstance(statement.body[0].value, cst.SimpleString | cst.ConcatenatedString)
    )


def _is_pass(statement: Statement) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(
        statement.body[0], cst.Pass
    )


def _with_blank_line(statement: Any) -> Any:
    lines = [cst.EmptyLine(indent=False), *statement.leading_lines]
    return statement.with_changes(leading_lines=lines)


# Calls


def set_argument(call: cst.Call, name: str, position: int | None, value: str | None) -> cst.Call:
    """The call with a keyword set, or without it where ``value`` is None.

    An argument that may stand at a ``position`` is changed there, if it is there.
    """
    found = _argument(call, name, position)
    if found is not None and value is not None:
        changed = call.args[found].with_changes(value=cst.parse_expression(value))
        return call.with_changes(args=[*call.args[:found], changed, *call.args[found + 1 :]])
    if found is not None:
        return _without_argument(call, found)
    return call if value is None else _with_argument(call, name, value)


def change_class(call: cst.Call, name: str) -> cst.Call:
    return call.with_changes(func=cst.parse_expression(name))


def _argument(call: cst.Call, name: str, position: int | None) -> int | None:
    for number, argument in enumerate(call.args):
        if argument.keyword is not None and argument.keyword.value == name:
            return number
        if argument.keyword is None and number == position and not argument.star:
            return number
    return None


def _with_argument(call: cst.Call, name: str, value: str) -> cst.Call:
    """Written like the argument before it: on a line of its own, or behind a blank."""
    plain = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    new = cst.Arg(cst.parse_expression(value), keyword=cst.Name(name), equal=plain)
    if not call.args:
        return call.with_changes(args=[new])
    last = call.args[-1]
    is_spread = isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace)
    between = call.whitespace_before_args if is_spread else cst.SimpleWhitespace(" ")
    if isinstance(last.comma, cst.Comma):
        new = new.with_changes(comma=last.comma)
    else:
        new = new.with_changes(whitespace_after_arg=last.whitespace_after_arg)
        last = last.with_changes(whitespace_after_arg=cst.SimpleWhitespace(""))
    last = last.with_changes(comma=cst.Comma(whitespace_after=between))
    return call.with_changes(args=[*call.args[:-1], last, new])


def _without_argument(call: cst.Call, number: int) -> cst.Call:
    """The argument before a last one takes over how that one ended."""
    args = list(call.args)
    gone = args.pop(number)
    if args and number == len(args):
        args[-1] = args[-1].with_changes(
            comma=gone.comma, whitespace_after_arg=gone.whitespace_after_arg
        )
    return call.with_changes(args=args)


def list_of(line: Any) -> Any:
    """The list or tuple that a line assigns, or None where it assigns something else."""
    value = line.body[0].value
    return value if isinstance(value, cst.List | cst.Tuple) else None


def find_entry(entries: Any, name: str) -> int | None:
    """The place of the call with ``name="..."`` among the entries of a list."""
    for number, element in enumerate(entries.elements):
        if not isinstance(element.value, cst.Call):
            continue
        for argument in element.value.args:
            is_name = argument.keyword is not None and argument.keyword.value == "name"
            value = argument.value
            if is_name and isinstance(value, cst.SimpleString) and value.evaluated_value == name:
                return number
    return None
