"""What to say of a migration that failed: one paragraph, and where to look."""

from __future__ import annotations

import linecache

from django.db import Error

from kit_django.exceptions import HistoryError, MigrationFailed
from kit_django.runner.files import display_path
from kit_django.runner.loading import line_of
from kit_django.runner.units import Unit
from kit_django.runner.words import cut, one_line, words
from kit_django.schema.sql.secrets import masked, without_secrets

LONGEST_SQL = 300
LONGEST_READ = 20_000
"""Characters of a statement that are looked through for passwords; no more are ever shown."""


def failure(
    unit: Unit, error: BaseException, sql: str, outcome: str, waited_for: str = ""
) -> MigrationFailed:
    """``sql`` is the last statement that failed, ``outcome`` what is left and what to do next."""
    statement = ""
    if sql and isinstance(error, Error):
        statement = f" The statement was: {to_be_shown(sql).rstrip('.;')}."
    waited = f" It waited for {one_line(waited_for)}." if waited_for else ""
    said = (
        f"{unit.what} {unit.name} failed in {place(unit, error)}: {words(error)}."
        f"{statement}{waited} {outcome}"
    )
    failed = MigrationFailed(without_secrets(said, sql))
    failed.advice = outcome
    return failed


def to_be_shown(sql: str) -> str:
    """A statement in one line, without passwords, control and bidi characters, and cut."""
    return cut(one_line(masked(sql[:LONGEST_READ])), LONGEST_SQL)


def place(unit: Unit, error: BaseException) -> str:
    """``migrations/2024….py, line 9 (schema.drop_table("users"))``."""
    path = unit.loaded.file.path
    if isinstance(error, HistoryError):  # it is no line of the migration's
        return display_path(path)
    line = line_of(path, error)
    if line is None:
        return f"{display_path(path)}, {unit.method}()"
    return f"{display_path(path)}, line {line} ({linecache.getline(str(path), line).strip()})"
