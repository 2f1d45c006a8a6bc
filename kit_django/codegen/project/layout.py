"""Where an app's models are: a ``models.py``, or a ``models`` package with a module a table."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import AppConfig

from kit_django.exceptions import SyncError


@dataclass(frozen=True, slots=True)
class Layout:
    """``path`` is models.py, or the package's ``__init__.py``."""

    app_label: str
    path: Path
    is_package: bool

    @classmethod
    def of(cls, config: AppConfig) -> Layout:
        """The layout of an app. One without any models gets a models.py."""
        package = Path(config.path) / "models" / "__init__.py"
        if package.is_file():
            return cls(config.label, package, is_package=True)
        return cls(config.label, Path(config.path) / "models.py", is_package=False)

    def files(self) -> list[Path]:
        """The files with models in them that are there, the package's own first."""
        if not self.is_package:
            return [self.path] if self.path.is_file() else []
        modules = sorted(self.path.parent.rglob("*.py"))
        return [self.path, *(path for path in modules if path != self.path)]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a source file says: the names at its top, and its models by ``db_table``."""

    names: frozenset[str] = frozenset()
    tables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The text of a Python file, line endings as they are, and the encoding to write it in."""

    text: str
    encoding: str = "utf-8"


def read_source(path: Path) -> SourceFile:
    """A Python file, decoded as Python would. Raises SyncError."""
    try:
        data = path.read_bytes()
        compile(data, str(path), "exec", dont_inherit=True)
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return SourceFile(data.decode(encoding), encoding)
    except SyntaxError as error:
        raise SyncError(
            f"{path} cannot be read as Python: {error.msg} in line {error.lineno}. No file was "
            f"changed. Mend that line and run db_sync again."
        ) from error
    except (OSError, ValueError, UnicodeError) as error:
        raise SyncError(f"{path} cannot be read: {error}. No file was changed.") from error


def contents_of(path: Path) -> Contents:
    """What a file says, without importing it."""
    tree = ast.parse(read_source(path).text)
    tables = {table: node.name for node in _classes(tree) if (table := _db_table(node))}
    return Contents(frozenset(_top_names(tree)), tables)


def _classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node


def _db_table(node: ast.ClassDef) -> str | None:
    """What the class's Meta says in plain text."""
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


def _top_names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        for inner in ast.walk(node):
            match inner:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                    yield name
                case ast.Name(id=name, ctx=ast.Store()):
                    yield name
                case ast.alias(name=name, asname=asname):
                    yield asname or name.partition(".")[0]
