"""A file is taken apart class by class, and that does not show."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from kit_django.codegen.project.files import SourceFile, tables_of
from kit_django.codegen.project.outline import Outlines
from kit_django.exceptions import SyncError

if TYPE_CHECKING:
    from pathlib import Path

ODD = '''# a comment
import os


@decorated(
    1,
)
class First(Base):
    """A text with a line like this:
class Second:
@property
    """

    class Meta:
        db_table = "firsts"

    def method(self):
        class Hidden:
            class Meta:
                db_table = "hidden"

        return f"{self!r} {1 + 1:>{10}}"


if os:
    class Second:
        class Meta:
            db_table = "seconds"
else:
    async def second(): ...
text = """
class Third:
    class Meta:
        db_table = "thirds"
"""
class Fourth: pass
@decorated
async def fourth():
    await fourth()
'''


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_statements_stand_where_they_stand_in_the_whole(tmp_path: Path, newline: str) -> None:
    path = tmp_path / "models.py"
    path.write_bytes(ODD.replace("\n", newline).encode())
    file = SourceFile.read(path)
    whole = ast.parse(file.text)
    assert [*map(_place, file.tree.body)] == [*map(_place, whole.body)]
    told = sorted(map(_place, file.nodes()))
    assert [each for each in told if each[0] != "Module"] == sorted(
        _place(node) for node in ast.walk(whole) if not isinstance(node, ast.Module)
    )
    assert [*tables_of(file)] == [("firsts", "First"), ("seconds", "Second")]


def _place(node: ast.AST) -> tuple[str, object, int, int]:
    lines = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    return type(node).__name__, getattr(node, "name", ""), *lines


@pytest.mark.parametrize(
    ("ending", "line"),
    [("class Fifth\n    pass\n", 1), ('class Fifth:\n    """open\n', 2), ("\tx", 1)],
)
def test_an_error_is_told_with_its_line_in_the_whole(
    tmp_path: Path, ending: str, line: int
) -> None:
    path = tmp_path / "models.py"
    path.write_text(ODD + ending)
    with pytest.raises(
        SyncError, match=rf"in line {ODD.count(chr(10)) + line}\. No file was changed"
    ):
        SourceFile.read(path)


def test_a_decorated_class_is_one_piece_with_its_decorators() -> None:
    text = "import a\n\n\n@one\n@two(3)\nclass A:\n    pass\n\n\nclass B:\n    pass\n"
    pieces = [piece for piece, _ in Outlines().pieces(text)]
    assert [piece.split()[0] for piece in pieces] == ["import", "@one", "class"]
    assert "".join(pieces) == text
