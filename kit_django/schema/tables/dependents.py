"""What stands on a column, in its table and in others, and what becomes of it with the column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kit_django.exceptions import OperationError
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog, display_name
from kit_django.schema.dialects import dialect_of
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.names import default_name
from kit_django.schema.sql.mentions import mentioned_columns
from kit_django.schema.sql.typed import kind_of_check

Place = tuple[facts.Table, str]
"""A column of a table."""
Reference = tuple[facts.Table, facts.ForeignKey]
"""A foreign key of a table."""


def without_column(table: facts.Table, name: str, catalog: Catalog) -> facts.Table:
    """The table without the column and what stood on it alone.

    Raises OperationError where something else needs the column.
    """
    for what, columns in _standing(table, dialect_of(catalog.connection)):
        if name in columns:
            _refuse_shared(what, columns - {name}, name, table)
    for column in table.columns:
        if column.name != name and name in _computed_from(column, table, catalog):
            _refuse_shared("a generated column", {column.name}, name, table)
    _refuse_where_referenced(table, name, catalog)
    return _without(table, name, dialect_of(catalog.connection))


def _without(table: facts.Table, name: str, dialect: Dialect) -> facts.Table:
    key = table.primary_key
    return replace(
        table,
        columns=tuple(column for column in table.columns if column.name != name),
        primary_key=None if key is None or name in key.columns else key,
        uniques=tuple(each for each in table.uniques if name not in each.columns),
        checks=tuple(
            each for each in table.checks if name not in columns_of_check(each, table, dialect)
        ),
        foreign_keys=tuple(each for each in table.foreign_keys if name not in each.columns),
        indexes=tuple(
            each for each in table.indexes if name not in _of_index(each, table, dialect)
        ),
        exclusions=tuple(
            each
            for each in table.exclusions
            if name not in mentioned_columns(each.sql, table.column_names, dialect)
        ),
    )


def _refuse_shared(what: str, others: set[str], name: str, table: facts.Table) -> None:
    if others:
        listed = ", ".join(sorted(map(repr, others)))
        raise OperationError(
            f"Column {name!r} of {display_name(table.key)!r} is part of {what}, together with "
            f"{listed}. Drop that first."
        )


def _standing(table: facts.Table, dialect: Dialect) -> Iterator[tuple[str, set[str]]]:
    """Everything in the table that stands on columns, described, with those columns."""
    if table.primary_key:
        yield "the primary key", {*table.primary_key.columns, *table.primary_key.include}
    for unique in table.uniques:
        yield f"the unique constraint {unique.name!r}", {*unique.columns, *unique.include}
    for key in table.foreign_keys:
        yield f"the foreign key {key.name!r}", set(key.columns)
    for index in table.indexes:
        yield f"the index {index.name!r}", _of_index(index, table, dialect)
    for check in table.checks:
        yield f"the check {check.name or check.sql!r}", columns_of_check(check, table, dialect)
    for exclusion in table.exclusions:
        columns = mentioned_columns(exclusion.sql, table.column_names, dialect)
        yield f"the exclusion constraint {exclusion.name!r}", columns


def _computed_from(column: facts.Column, table: facts.Table, catalog: Catalog) -> set[str]:
    expression = column.generated.expression if column.generated else None
    return mentioned_columns(expression, table.column_names, dialect_of(catalog.connection))


def _of_index(index: facts.Index, table: facts.Table, dialect: Dialect) -> set[str]:
    """All columns that an index stands on: its parts, those it includes, those of its condition."""
    columns = {part.column for part in index.parts if part.column is not None}
    for part in index.parts:
        columns |= mentioned_columns(part.expression, table.column_names, dialect)
    return (
        columns | set(index.include) | mentioned_columns(index.where, table.column_names, dialect)
    )


def check_of_type(table: facts.Table, column: str, dialect: Dialect) -> facts.Check | None:
    """The check that the column's type brought along: kit's own, or MariaDB's for JSON."""
    own_name = default_name(table.name, (column,), "check")
    for check in table.checks:
        is_own = column == check.column or (check.column is None and check.name == own_name)
        if is_own and kind_of_check(check.sql, column, dialect):
            return check
    return None


def columns_of_check(check: facts.Check, table: facts.Table, dialect: Dialect) -> set[str]:
    own = {check.column} if check.column else set()
    return own | mentioned_columns(check.sql, table.column_names, dialect)


def _refuse_where_referenced(table: facts.Table, name: str, catalog: Catalog) -> None:
    keys = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
    keys += [index.columns or () for index in table.indexes if index.unique]
    if not any(name in columns for columns in keys):
        return
    for other, foreign_key in catalog.referencing(table.key):
        if name in foreign_key.to_columns and other.key != table.key:
            raise OperationError(
                f"Column {name!r} of {display_name(table.key)!r} is what the foreign key "
                f"{foreign_key.name!r} of {display_name(other.key)!r} points to. Drop that first."
            )


def followers(
    table: facts.Table, name: str, catalog: Catalog
) -> tuple[list[Reference], list[Place]]:
    """The foreign keys that lead to a column, on any way, and the columns that have its type.

    The column itself comes first. A key that a partition has from its parent is not listed.
    """
    references: list[Reference] = []
    places: list[Place] = [(table, name)]
    for target, column in places:  # which grows on the way
        for other, key in catalog.referencing(target.key):
            if column not in key.to_columns or ("inherited", "") in key.options:
                continue
            if (other, key) not in references:
                references.append((other, key))
            follower = key.columns[key.to_columns.index(column)]
            if (other.key, follower) not in [(each.key, its) for each, its in places]:
                places.append((other, follower))
    return references, places
