"""What to say of a migration that failed: one paragraph, and where to look."""

from __future__ import annotations

import linecache

from django.db import Error

from kit_django.exceptions import KitError, MigrationFailed
from kit_django.runner.files import display_path
from kit_django.runner.loading import line_of
from kit_django.runner.units import Unit

LONGEST_SQL = 300


def failure(unit: Unit, error: BaseException, sql: str, outcome: str) -> MigrationFailed:
    """``outcome`` says what is left in the database and what to do next."""
    statement = f" The statement was: {_one_line(sql)[:LONGEST_SQL]}" if sql else ""
    if statement and not statement.endswith((".", ";")):
        statement += "."
    return MigrationFailed(
        f"{unit.what} {unit.name} failed in {place(unit, error)}: {words(error)}."
        f"{statement} {outcome}"
    )


def place(unit: Unit, error: BaseException) -> str:
    """``migrations/2024….py, line 9 (schema.drop_table("users"))``."""
    path = unit.loaded.file.path
    line = line_of(path, error)
    if line is None:
        return f"{display_path(path)}, {unit.method}"
    return f"{display_path(path)}, line {line} ({linecache.getline(str(path), line).strip()})"


def words(error: BaseException) -> str:
    """An error's own words in one line, without a full stop."""
    if isinstance(error, SystemExit):
        return "it called sys.exit()"
    if isinstance(error, KeyboardInterrupt):
        return "it was interrupted"
    if isinstance(error, KitError):
        return _one_line(str(error)).rstrip(".")
    if isinstance(error, Error):
        return database_words(error)
    text = _one_line(str(error)).rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def database_words(error: Error) -> str:
    """The message of a database error; MySQL's drivers put its number in front of it."""
    if len(error.args) > 1 and isinstance(error.args[0], int):
        return f"{_one_line(str(error.args[1])).rstrip('.')} (error {error.args[0]})"
    return _one_line(str(error)).rstrip(".")


def _one_line(text: str) -> str:
    return " ".join(text.split())
