"""Files are written whole or not at all, whatever happens."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kit_django.codegen.project.files import FileChange, SourceFile, write_all
from kit_django.exceptions import SyncError
from tests.projects import REPOSITORY

OLD, NEW = "old = 1\n" * 5000, "new = 2\n" * 6000
NAMES = ("b.py", "__init__.py", "a.py")

# Each call of these is a moment at which the process may die, before it and after it.
KILLED = """
import os, signal, sys, tempfile
from pathlib import Path

moment, folder = int(sys.argv[1]), Path(sys.argv[2])
passed = 0


def mortal(call):
    def wrapper(*args, **kwargs):
        die()
        result = call(*args, **kwargs)
        die()
        return result

    def die():
        global passed
        passed += 1
        if passed == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    return wrapper


tempfile.mkstemp, os.fsync = mortal(tempfile.mkstemp), mortal(os.fsync)
Path.replace, Path.chmod = mortal(Path.replace), mortal(Path.chmod)
Path.unlink = mortal(Path.unlink)

from kit_django.codegen.project.files import FileChange, SourceFile, write_all

old, new = "old = 1\\n" * 5000, "new = 2\\n" * 6000
b, package, a = (SourceFile(folder / name, new) for name in ("b.py", "__init__.py", "a.py"))
write_all([
    FileChange(b.with_text(old), b), FileChange(package.with_text(old), package), FileChange(None, a)
])
"""


def change(path: Path, old: str | None, new: str, encoding: str = "utf-8") -> FileChange:
    before = None if old is None else SourceFile(path, old, encoding)
    return FileChange(before, SourceFile(path, new, encoding))


@pytest.fixture
def changes(tmp_path: Path) -> list[FileChange]:
    """Two files that are there, and one that is new."""
    for name in NAMES[:2]:
        (tmp_path / name).write_text(OLD, encoding="utf-8")
    return [change(tmp_path / name, OLD, NEW) for name in NAMES[:2]] + [
        change(tmp_path / "a.py", None, NEW)
    ]


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}


def test_all_are_written(changes: list[FileChange], tmp_path: Path) -> None:
    write_all(changes)
    assert texts(tmp_path) == dict.fromkeys(NAMES, NEW)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)


@pytest.mark.long
def test_killed_at_any_moment_each_file_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    moment = 0
    code = -signal.SIGKILL
    while code == -signal.SIGKILL:
        moment += 1
        folder = tmp_path / str(moment)
        folder.mkdir()
        for name in NAMES[:2]:
            (folder / name).write_text(OLD, encoding="utf-8")
        command = [sys.executable, "-c", KILLED, str(moment), str(folder)]
        code = subprocess.run(command, cwd=REPOSITORY, check=False).returncode
        found = texts(folder)
        assert set(found.values()) <= {OLD, NEW}
        assert {"b.py", "__init__.py"} <= set(found)
        if found["__init__.py"] == NEW:
            assert found["a.py"] == NEW  # what a package imports is there before it
        write_all(change(folder / name, found.get(name), NEW) for name in NAMES)
        assert texts(folder) == dict.fromkeys(NAMES, NEW)
    assert code == 0
    assert moment > 20


def test_a_replacement_that_fails_gives_the_others_their_texts_back(
    changes: list[FileChange], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def failing(temporary: Path, target: Path) -> Path:
        if target.name == "b.py":  # the last of them
            raise PermissionError("not this one")
        return replace(temporary, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(SyncError, match="cannot be written: not this one"):
        write_all(changes)
    assert texts(tmp_path) == dict.fromkeys(NAMES[:2], OLD)
    assert len(list(tmp_path.iterdir())) == 2


def refused(changes: list[FileChange], bad: FileChange, message: str) -> None:
    with pytest.raises(SyncError, match=message):
        write_all([*changes[1:], bad])
    assert texts(bad.path.parent) == dict.fromkeys(NAMES[:2], OLD)
    assert len(list(bad.path.parent.iterdir())) == 2


def test_nothing_is_written_where_one_is_not_python(changes: list[FileChange]) -> None:
    refused(changes, change(changes[0].path, OLD, "x =\n"), "is not valid Python")


def test_what_a_person_has_saved_meanwhile_is_not_overwritten(changes: list[FileChange]) -> None:
    refused(changes, change(changes[0].path, OLD + "#", NEW), "was changed by someone else")


def test_a_text_that_its_encoding_cannot_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: latin-1\n")
    bad = change(path, "# coding: latin-1\n", "# coding: latin-1\n# €\n", "latin-1")
    with pytest.raises(SyncError, match="in the encoding of their file"):
        write_all([bad])
    assert path.read_bytes() == b"# coding: latin-1\n"


def test_a_folder_that_cannot_be_made(changes: list[FileChange], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SyncError, match="The models cannot be written"):
        write_all([*changes, change(tmp_path / "file" / "x.py", None, NEW)])
    assert texts(tmp_path) == dict.fromkeys(NAMES[:2], OLD)
