"""The Python files of a project: where an app's models are, and each file read once."""

from __future__ import annotations

import ast
import io
import os
import re
import tempfile
import tokenize
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from django.apps import AppConfig

from kit_django.codegen.project.outline import Outlines
from kit_django.codegen.project.replacing import make_like, put, refuse_no_file
from kit_django.exceptions import SyncError

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True)
class SourceFile:
    """The text of a Python file, line endings as they are, and the encoding to write it in.

    Nobody changes its tree: it is the same for all who ask. The texts that it has one after the other
    share their ``outlines``.
    """

    path: Path
    text: str = ""
    encoding: str = "utf-8"
    outlines: Outlines = field(default_factory=Outlines, compare=False, repr=False)

    @classmethod
    def read(cls, path: Path) -> SourceFile:
        """A file, decoded as Python would. Raises SyncError."""
        try:
            data = path.read_bytes()
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            file = cls(path, data.decode(encoding), encoding)
            file.tree  # noqa: B018
        except SyntaxError as error:
            raise SyncError(
                f"{path} cannot be read as Python: {error.msg} in line {error.lineno}. No file was "
                f"changed. Mend that line and run db_sync again."
            ) from error
        except (OSError, ValueError, UnicodeError) as error:
            raise SyncError(f"{path} cannot be read: {error}. No file was changed.") from error
        return file

    def with_text(self, text: str) -> SourceFile:
        return self if text == self.text else replace(self, text=text)

    @cached_property
    def tree(self) -> ast.Module:
        """Its outline. Raises SyntaxError, ValueError for a new text that is not Python."""
        return self.outlines.of(self.text)

    def nodes(self) -> Iterator[ast.AST]:
        """All that stands in it."""
        return self.outlines.nodes(self.text)

    def compile(self, old: SourceFile | None) -> None:
        """Raises SyntaxError, ValueError where what the old file did not have is not Python."""
        self.outlines.compile(self.text, str(self.path), known=old.text if old else "")

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """With their endings, counted as Python does; ``str.splitlines`` also ends them elsewhere."""
        return tuple(_LINE.findall(self.text))

    @cached_property
    def newline(self) -> str:
        """The ending of the first line."""
        found = re.search(r"\r\n|\r|\n", self.text)
        return found[0] if found else "\n"


@dataclass(frozen=True, slots=True)
class Layout:
    """A ``models.py``, or a ``models`` package with a module a table.

    ``path`` is models.py, or the package's ``__init__.py``.
    """

    path: Path
    is_package: bool

    @classmethod
    def of(cls, config: AppConfig) -> Layout:
        """The layout of an app. One without any models gets a models.py."""
        package = Path(config.path) / "models" / "__init__.py"
        if package.is_file():
            return cls(package, is_package=True)
        return cls(Path(config.path) / "models.py", is_package=False)

    def files(self) -> list[Path]:
        """The files with models in them that are there, the package's own first."""
        if not self.is_package:
            return [self.path] if self.path.is_file() else []
        modules = sorted(self.path.parent.rglob("*.py"))
        return [self.path, *(path for path in modules if path != self.path)]


def tables_of(file: SourceFile) -> Iterator[tuple[str, str]]:
    """The tables that classes name in plain text, and the classes; nothing is imported."""
    for node in _classes(file.tree):
        if table := _db_table(node):
            yield table, node.name


def _classes(block: Any) -> Iterator[ast.ClassDef]:
    """Those that a block of statements makes, and what is within them; not those of functions."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for node in getattr(block, name, ()):
            if isinstance(node, ast.ClassDef):
                yield node
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _classes(node)


def _db_table(node: ast.ClassDef) -> str | None:
    for inner in node.body:
        if not isinstance(inner, ast.ClassDef) or inner.name != "Meta":
            continue
        for statement in inner.body:
            match statement:
                case ast.Assign(
                    targets=[ast.Name(id="db_table")], value=ast.Constant(value=str() as name)
                ):
                    return name
    return None


# New texts: all of them, or none


@dataclass(frozen=True, slots=True)
class FileChange:
    """``old`` is None for a file that is not there yet. ``classes`` are those that are new."""

    old: SourceFile | None
    new: SourceFile
    classes: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        return self.new.path


@dataclass(frozen=True, slots=True)
class _Replacement:
    """A new text that is on the disk already, beside the file that it is for."""

    temporary: Path
    target: Path
    old: bytes | None


def write_all(changes: Iterable[FileChange]) -> None:
    """Write every file, each whole or not at all. Raises SyncError.

    All texts are compiled, and all of them are on the disk under other names, before the first
    file is replaced; where one cannot be, those before it get their old texts back.
    """
    prepared: list[_Replacement] = []
    try:
        for change in sorted(changes, key=_order):
            _compile(change)
            target = Path(os.path.realpath(change.path))
            refuse_no_file(change.path, target)
            old = _bytes_of(change, target)
            data = change.new.text.encode(change.new.encoding)
            prepared.append(_Replacement(_beside(target, data), target, old))
        _replace_all(prepared)
    except UnicodeError as error:
        raise SyncError(
            f"The models cannot be written in the encoding of their file: {error}. Nothing was "
            f"changed; save the file as UTF-8 and run db_sync again."
        ) from error
    except OSError as error:
        raise SyncError(
            f"The models cannot be written: {error}. Nothing was changed; make the file and its "
            f"folder writable and run db_sync again."
        ) from error
    finally:
        for each in prepared:
            with suppress(OSError):
                each.temporary.unlink(missing_ok=True)


def _order(change: FileChange) -> tuple[bool, bool]:
    """New modules before the package that imports them, and that before what it imports no more."""
    return change.old is not None, change.path.name != "__init__.py"


def _bytes_of(change: FileChange, target: Path) -> bytes | None:
    """What the file holds. A person may have saved it since it was read: raises SyncError."""
    there = target.read_bytes() if target.exists() else None
    text = None if there is None else there.decode(change.new.encoding)
    if text != (change.old.text if change.old else None):
        raise SyncError(
            f"{change.path} was changed by someone else while it was worked on. Nothing was "
            f"written; run db_sync again."
        )
    return there


def _replace_all(prepared: list[_Replacement]) -> None:
    done: list[_Replacement] = []
    try:
        for each in prepared:
            put(each.temporary, each.target)
            done.append(each)
    except OSError:
        for each in reversed(done):
            _put_back(each)
        raise


def _put_back(done: _Replacement) -> None:
    with suppress(OSError):
        if done.old is None:
            done.target.unlink()
        else:
            put(_beside(done.target, done.old), done.target)


def _compile(change: FileChange) -> None:
    try:
        change.new.compile(change.old)
    except (SyntaxError, ValueError) as error:
        raise SyncError(
            f"What was to be written to {change.path} is not valid Python: {error}. Nothing was "
            f"changed; please report this with the schema of the table."
        ) from error


def _beside(target: Path, data: bytes) -> Path:
    """A temporary file in the target's folder, with the target's own permissions."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if target.exists():
        make_like(Path(name), target)
    else:
        Path(name).chmod(0o666 & ~_umask())
    return Path(name)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
