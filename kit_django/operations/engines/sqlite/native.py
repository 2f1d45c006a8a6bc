"""What SQLite's ALTER TABLE can do by itself."""

from __future__ import annotations

from collections import deque

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.operations.base import Change
from kit_django.operations.changes.columns import AddColumn, DropColumn, RenameColumn
from kit_django.operations.changes.constraints import AddConstraint
from kit_django.operations.changes.indexes import AddIndex, DropIndex, RenameIndex
from kit_django.operations.definitions.constraint import CheckDefinition, ForeignKeyDefinition
from kit_django.schema import clauses, facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.sql.mentions import mentioned_columns

TESTS_OLD_ROWS = (3, 37)
"""The release from which on a check that comes with a new column is tried on the rows there are."""


def is_native(change: Change, table: facts.Table, catalog: Catalog) -> bool:
    """Whether the change needs no rebuild."""
    match change:
        case RenameColumn() | AddIndex() | DropIndex() | RenameIndex():
            return True
        case AddColumn():
            return _adds_natively(change, table, catalog)
        case DropColumn():
            return _drops_natively(change, table)
        case _:
            return False


def inline_constraints(
    change: Change, waiting: deque[Change], catalog: Catalog
) -> list[AddConstraint]:
    """Take the constraints that can be said beside a new column from those that come next."""
    found: list[AddConstraint] = []
    if not isinstance(change, AddColumn):
        return found
    for each in tuple(waiting):
        if isinstance(each, AddConstraint) and _is_beside(each, change, catalog):
            found.append(each)
            waiting.remove(each)
        elif not isinstance(each, AddIndex):
            break
    return found


def _is_beside(constraint: AddConstraint, column: AddColumn, catalog: Catalog) -> bool:
    match constraint.definition:
        case ForeignKeyDefinition(columns=columns):
            return columns == (column.name,)
        case CheckDefinition(columns=columns):
            return columns == (column.name,) and _tests_old_rows(catalog.connection)
        case _:
            return False


def _tests_old_rows(connection: BaseDatabaseWrapper) -> bool:
    version: tuple[int, ...] = connection.Database.sqlite_version_info  # type: ignore[attr-defined]
    return version >= TESTS_OLD_ROWS


def _adds_natively(change: AddColumn, table: facts.Table, catalog: Catalog) -> bool:
    after = change.after(table, catalog)
    column = after.column(change.name)
    has_check = after.checks != table.checks
    if column.identity or (has_check and not _tests_old_rows(catalog.connection)):
        return False
    if column.generated:
        return not column.generated.stored and column.null
    if column.default is None:
        return column.null
    clause = clauses.default_clause(SQLITE, column.default)
    is_constant = not clause.startswith("DEFAULT (") and "CURRENT_" not in clause.upper()
    is_null = column.default.upper() == "NULL"
    return is_constant and (column.null or not is_null)


def _drops_natively(change: DropColumn, table: facts.Table) -> bool:
    name = change.name
    keys = [table.primary_key.columns] if table.primary_key else []
    keys += [unique.columns for unique in table.uniques]
    keys += [key.columns for key in table.foreign_keys]
    in_check = any(mentioned_columns(each.sql, [name], SQLITE) for each in table.checks)
    return not in_check and not any(name in columns for columns in keys)
