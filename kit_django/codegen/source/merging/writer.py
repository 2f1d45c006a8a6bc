"""New source as nodes: as black writes it, with the file's own indentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import libcst as cst

from kit_django.codegen.source.merging.rows import (
    call_of_row,
    list_of_row,
    row_of_call,
    row_of_list,
)
from kit_django.codegen.source.rendering import Style

BLACKS_INDENT = "    "


@dataclass(frozen=True)
class Writer:
    """``indent`` is what one level has in this class."""

    style: Style
    indent: str

    def statement(self, line: str) -> Any:
        """A line of a class body."""
        return self.parse(BLACKS_INDENT + line)

    def parse(self, lines: str) -> Any:
        """The first statement of a class body; the lines are indented as in one."""
        text = _reindented(self.style.format(f"class _:\n{lines}\n"), self.indent)
        node: Any = cst.parse_module(text).body[0]
        return node.body.body[0]

    def expression(self, text: str, name: str) -> Any:
        """What stands behind ``name =`` in a class body."""
        return self.statement(f"{name} = {text}").body[0].value

    def value(self, text: str) -> str:
        """An expression as black writes it where a line has no end."""
        # Alone in its line, a string would be a docstring, which black trims.
        return self.style.endless().format(f"_ = {text}").removeprefix("_ = ").rstrip("\n")

    def entry(self, text: str) -> Any:
        """An entry of a list in Meta, as it stands on lines of its own."""
        source = f"class _:\n    class _:\n        _ = [\n            {text},\n        ]\n"
        tree: Any = cst.parse_module(_reindented(self.style.format(source), self.indent))
        return tree.body[0].body.body[0].body.body[0].body[0].value.elements[0].value

    def fitted(self, new: Any, old: Any, before: int) -> Any:
        """A call or a list that stood on one line, one item a line where it is too long now."""
        code = cst.Module([]).code_for_node
        written = code(new)
        width = len(self.indent.expandtabs(4)) + before
        if "\n" in written or width + len(written) <= self.style.line_length:
            return new
        if old is not None and width + len(code(old)) > self.style.line_length:
            return new  # a person who writes long lines
        if isinstance(new, cst.Call):
            return call_of_row(new, row_of_call(new).spread(self.indent))
        return list_of_row(new, row_of_list(new).spread(self.indent))


def _reindented(text: str, indent: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        return indent * (len(match[0]) // len(BLACKS_INDENT))

    return re.sub(r"^(?: {4})+", replaced, text, flags=re.MULTILINE)
