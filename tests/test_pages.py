"""The reader of the guide must notice where a page is wrong, or the guide's tests say nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.pages import Reader, is_as_shown

if TYPE_CHECKING:
    from pathlib import Path


def follow(folder: Path, text: str) -> None:
    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    Reader(folder, os.environ).follow(page)


def test_output_as_shown(tmp_path: Path) -> None:
    follow(tmp_path, "```console\n$ echo one; echo two\none\ntwo\n$ echo unshown\n```\n")


def test_output_that_differs(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"page\.md, line 3: 'echo two' printed:\ntwo"):
        follow(tmp_path, "\n\n```console\n$ echo two\none\n```\n")


def test_a_command_that_fails(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="'exit 3' failed"):
        follow(tmp_path, "```console\n$ exit 3\n```\n")


def test_cd_is_remembered(tmp_path: Path) -> None:
    follow(tmp_path, "```console\n$ mkdir sub\n$ cd sub\n$ basename $PWD\nsub\n```\n")


def test_a_file_is_written_added_to_and_compared(tmp_path: Path) -> None:
    follow(
        tmp_path,
        "```python\n# a.py\none = 1\n```\n"
        "```python\n# a.py, at its end\ntwo = 2\n```\n"
        "```python\n# a.py, generated\none = 1\ntwo = 2\n```\n",
    )
    with pytest.raises(AssertionError, match=r"not in a\.py"):
        follow(tmp_path, "```python\n# a.py, generated\nthree = 3\n```\n")


def test_a_file_that_only_one_database_brings_about(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\n# a.py, generated on SQLite\none = 1\n```\n", encoding="utf-8")
    (tmp_path / "a.py").touch()
    Reader(tmp_path, {"DATABASE_URL": "postgresql://host/name"}).follow(page)
    with pytest.raises(AssertionError, match=r"not in a\.py"):
        Reader(tmp_path, {"DATABASE_URL": "sqlite:///name"}).follow(page)


def test_a_block_that_does_not_compile(tmp_path: Path) -> None:
    with pytest.raises(SyntaxError):
        follow(tmp_path, "```python\ndef\n```\n")


def test_a_migration_is_found_whatever_its_time_stamp(tmp_path: Path) -> None:
    made = tmp_path / "20260102030405_create_a.py"
    made.touch()
    follow(tmp_path, "```python\n# 20240101120000_create_a.py\none = 1\n```\n")
    assert made.read_text(encoding="utf-8") == "one = 1\n"


@pytest.mark.parametrize(
    ("shown", "printed", "answer"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\n", "a\n", True),
        ("a...\n", "a...\n", True),
        ("a...\n", "ab\n", False),
        ("20240101120000_x\n", "20260102030405_x\n", True),
        ("20240101120000_x\n", "20260102030405_y\n", False),
        ("a\n", "a\nb\n", False),
    ],
)
def test_is_as_shown(shown: str, printed: str, answer: bool) -> None:
    assert is_as_shown(shown, printed) is answer
