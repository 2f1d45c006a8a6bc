"""A migration file -> an instance of its Migration class, checked before anything runs."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from django.db import connections

from kit_django.exceptions import MigrationFileError
from kit_django.migration import Migration
from kit_django.runner.files import MigrationFile, checksum_of, display_path
from kit_django.runner.words import words
from kit_django.scripts import Scripts

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema


@dataclass(frozen=True, slots=True)
class LoadedMigration:
    """A migration that can be run. ``checksum`` is that of the very source that was imported, and of
    the scripts as they were read with it."""

    file: MigrationFile
    migration: Migration
    checksum: str
    scripts: Scripts

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def has_down(self) -> bool:
        return type(self.migration).down is not Migration.down

    def up(self, schema: Schema) -> None:
        """What ``up()`` does, with the migration's scripts at hand."""
        schema.take_scripts(self.scripts)
        self.migration.up(schema)

    def down(self, schema: Schema) -> None:
        schema.take_scripts(self.scripts)
        self.migration.down(schema)


def load_all(files: Iterable[MigrationFile]) -> tuple[LoadedMigration, ...]:
    """Import and check every one of them. Raises MigrationFileError for the first bad one."""
    return tuple(load(file) for file in files)


def load(file: MigrationFile) -> LoadedMigration:
    """Import one file, afresh. Raises MigrationFileError naming file and line."""
    source, path = file.read(), file.path
    module = _execute(file.name, path, source)
    migration_class = _only_migration(file, module)
    _check_methods(file, migration_class)
    migration = _instance(file, migration_class)
    _check_attributes(file, migration)
    scripts = Scripts.beside(path, source)
    return LoadedMigration(file, migration, checksum_of(source, scripts), scripts)


def _execute(name: str, path: Path, source: bytes) -> ModuleType:
    # Not through the import system: its cached bytecode can be older than the file, and two
    # folders may hold modules of one name.
    module = ModuleType(f"kit_migration_{name}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    try:
        exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        raise MigrationFileError(
            f"{_place(path, error)} cannot be imported: {words(error)}. "
            f"Nothing was run. Mend the file and run the command again."
        ) from error
    return module


def _place(path: Path, error: BaseException) -> str:
    """``migrations/2024….py, line 3``: the innermost line of the file that the error came by."""
    line = error.lineno if isinstance(error, SyntaxError) else line_of(path, error)
    return display_path(path) + (f", line {line}," if line else "")


def line_of(path: Path, error: BaseException) -> int | None:
    """The line of the file that an error came by, the innermost if there are several."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return lines[-1] if lines else None


def _only_migration(file: MigrationFile, module: ModuleType) -> type[Migration]:
    own = {value for value in vars(module).values() if _is_defined_in(module, value)}
    found: list[type[Migration]] = [value for value in own if issubclass(value, Migration)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(sorted(value.__name__ for value in found))
        raise _bad(file, f"has more than one Migration class ({names})", "Give each its own file")
    if any(value.__module__ == "django.db.migrations.migration" for value in _bases(own)):
        hint = "Move it to the migrations package of its app"
        raise _bad(file, "is a Django migration, not one of kit_django", hint)
    hint = "Write one class that derives from kit_django.Migration"
    raise _bad(file, "has no Migration class", hint)


def _is_defined_in(module: ModuleType, value: Any) -> bool:
    return inspect.isclass(value) and value.__module__ == module.__name__


def _bases(classes: Iterable[type]) -> set[type]:
    return {base for value in classes for base in value.__mro__}


def _check_methods(file: MigrationFile, migration: type[Migration]) -> None:
    if migration.up is Migration.up:
        raise _bad(file, "has no up()", "Write what the migration does")
    _check_method(file, "up", migration.up)
    if migration.down is not Migration.down:
        _check_method(file, "down", migration.down)


def _check_method(file: MigrationFile, name: str, method: Callable[..., Any]) -> None:
    if _is_plain(method):
        return
    # Calling one of these would run nothing, and the migration would count as applied.
    if inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method):
        raise _bad(file, f"has an async {name}()", "Make it a plain def")
    if inspect.isgeneratorfunction(method):
        raise _bad(file, f"has a {name}() that yields", "Take the yield out of it")
    try:
        inspect.signature(method).bind("self", "schema")
    except (TypeError, ValueError) as error:
        hint = f"Write it as def {name}(self, schema: Schema) -> None"
        raise _bad(file, f"has a {name}() that cannot be called with a schema", hint) from error


def _is_plain(method: Callable[..., Any]) -> bool:
    """Whether it is ``def up(self, schema)`` and nothing else, as can be told at a glance."""
    if not inspect.isfunction(method) or vars(method):
        return False
    code = method.__code__
    return (code.co_argcount, code.co_kwonlyargcount, code.co_flags & _ODD) == (2, 0, 0)


_ODD = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def _instance(file: MigrationFile, migration: type[Migration]) -> Migration:
    try:
        return migration()
    except Exception as error:
        hint = "Take its __init__() out"
        raise _bad(file, f"cannot be instantiated: {words(error)}", hint) from error


def _check_attributes(file: MigrationFile, migration: Migration) -> None:
    if migration.database not in connections.settings:
        raise _bad(
            file,
            f"is for database {migration.database!r}, which settings.DATABASES does not have",
            f"Known: {', '.join(sorted(connections.settings))}",
        )
    for name in ("dependencies", "run_before"):
        if not _are_django_migrations(getattr(migration, name)):
            hint = f'Write {name} = [("auth", "0001_initial")]'
            raise _bad(file, f"has {name} that are no list of pairs", hint)


def _are_django_migrations(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(pair, list | tuple)
        and len(pair) == 2
        and all(isinstance(part, str) for part in pair)
        for pair in value
    )


def _bad(file: MigrationFile, what: str, hint: str) -> MigrationFileError:
    return MigrationFileError(f"{display_path(file.path)} {what}. {hint}. Nothing was run.")
