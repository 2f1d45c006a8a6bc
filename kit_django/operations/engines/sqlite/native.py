"""What SQLite's ALTER TABLE can do by itself."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema import clauses, facts
from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.sql.mentions import mentioned_columns
from kit_django.schema.tables.dependents import columns_of
from kit_django.schema.tables.difference import Difference

TESTS_OLD_ROWS = (3, 37)
"""The release from which on a check that comes with a new column is tried on the rows there are."""


def is_native(step: Difference, connection: BaseDatabaseWrapper) -> bool:
    """Whether the step needs no rebuild."""
    if step.changed_columns:
        return False
    if step.new_columns:
        return all(_adds_natively(step, column, connection) for column in step.new_columns)
    if step.gone_columns:
        return all(_drops_natively(step.before, each.name) for each in step.gone_columns)
    return only_indexes(step)


def only_indexes(step: Difference) -> bool:
    """Whether it adds and drops indexes alone, or renames."""
    renamed = (new for _, new in step.renamed_parts)
    return all(isinstance(part, facts.Index) for part in (*step.gone, *step.added, *renamed))


def is_beside(step: Difference, column: str, connection: BaseDatabaseWrapper) -> bool:
    """Whether the step is a constraint that can be said beside that column where it is added."""
    if len(step.added) != 1 or step.gone or step.changed_columns or step.new_columns:
        return False
    match step.added[0]:
        case facts.ForeignKey(columns=columns):
            return columns == (column,)
        case facts.Check() as check:
            names = columns_of(check, step.after, SQLITE)
            return names == {column} and _tests_old_rows(connection)
        case _:
            return False


def _tests_old_rows(connection: BaseDatabaseWrapper) -> bool:
    version: tuple[int, ...] = connection.Database.sqlite_version_info  # type: ignore[attr-defined]
    return version >= TESTS_OLD_ROWS


def _adds_natively(step: Difference, column: facts.Column, connection: BaseDatabaseWrapper) -> bool:
    if column.identity or (step.added and not _tests_old_rows(connection)):
        return False
    if column.generated:
        return not column.generated.stored and column.null
    if column.default is None:
        return column.null
    clause = clauses.default_clause(SQLITE, column.default)
    is_constant = not clause.startswith("DEFAULT (") and "CURRENT_" not in clause.upper()
    is_null = column.default.upper() == "NULL"
    return is_constant and (column.null or not is_null)


def _drops_natively(table: facts.Table, name: str) -> bool:
    keys = [table.primary_key.columns] if table.primary_key else []
    keys += [unique.columns for unique in table.uniques]
    keys += [key.columns for key in table.foreign_keys]
    in_check = any(mentioned_columns(each.sql, [name], SQLITE) for each in table.checks)
    return not in_check and not any(name in columns for columns in keys)
