"""A Python file taken apart a few statements at a time.

The tree of a whole file takes some hundred times the memory of its text, and Python's own reader of
f-strings takes time that grows with the square of the text that it is handed.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

_BEGINS = re.compile(r"^(?=@|(?:class|def|async)\b)", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


class Outlines:
    """Of the texts that a file has one after the other: what they have in common is read once."""

    def __init__(self) -> None:
        self._read: dict[str, ast.Module] = {}

    def of(self, text: str) -> ast.Module:
        """The statements of a text, but not what functions do; of classes, their names, what is within
        them, and what they set to plain values. Raises SyntaxError, ValueError."""
        whole = ast.Module([], [])
        for piece, line in self.pieces(text):
            moved = ast.increment_lineno(copy.deepcopy(self._read[piece]), line)
            whole.body += moved.body
        return whole

    def pieces(self, text: str) -> Iterator[tuple[str, int]]:
        """Texts of whole statements, and how many lines stand before each.

        What can be read alone, and is followed by the head of a class, is no piece of a statement: a
        string or a parenthesis that is open at its end could not be read. Raises SyntaxError, ValueError.
        """
        start = line = 0
        for part in _parts(text):
            try:
                self._read_once(part)
            except SyntaxError:  # if the part is not wrong by itself, the whole tells the line
                rest = "\n" * line + text[start:]
                self._read_once(rest)
                yield rest, 0
                return
            yield part, line
            start += len(part)
            line += len(_LINE_END.findall(part))

    def _read_once(self, piece: str) -> None:
        if piece not in self._read:
            self._read[piece] = _outline(ast.parse(piece))

    def compile(self, text: str, path: str, known: str) -> None:
        """Raises SyntaxError, ValueError where the text is not Python. What stands in one that is known
        to be is not looked at again."""
        pieces = {piece for piece, _ in self.pieces(known)}
        for piece, line in self.pieces(text) if pieces else [(text, 0)]:
            if piece not in pieces:
                compile("\n" * line + piece, path, "exec", dont_inherit=True)

    def nodes(self, text: str) -> Iterator[ast.AST]:
        """All that a text says. Raises SyntaxError, ValueError."""
        for piece, line in self.pieces(text):
            yield from ast.walk(ast.increment_lineno(ast.parse(piece), line))


def _parts(text: str) -> Iterator[str]:
    """The text, cut before what looks like a class or a function at its top, decorators included."""
    found = [0, *(each.start() for each in _BEGINS.finditer(text) if each.start())]
    starts = [start for before, start in pairwise(found) if text[before] != "@"]
    for start, end in zip([0, *starts], [*starts, len(text)], strict=True):
        if start < end:
            yield text[start:end]


def _outline(tree: ast.Module) -> ast.Module:
    for statement in _statements(tree):
        if isinstance(statement, _FUNCTION):
            statement.body = []
        elif isinstance(statement, ast.ClassDef):
            statement.body = [each for each in statement.body if _is_kept(each)]
    return tree


def _statements(node: Any) -> Iterator[Any]:
    """Those of its blocks, and those within them."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for each in getattr(node, name, ()):
            yield each
            yield from _statements(each)


def _is_kept(statement: ast.stmt) -> bool:
    """Whether it is kept of a class."""
    if isinstance(statement, ast.Assign):
        return isinstance(statement.value, ast.Constant)
    return not isinstance(statement, _FUNCTION | ast.AnnAssign | ast.Expr)
