"""What stands on a column, in its table and in others, and what becomes of it with the column."""

from __future__ import annotations

from dataclasses import replace

from kit_django.exceptions import OperationError
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.names import default_name
from kit_django.schema.sql.mentions import mentioned_columns
from kit_django.schema.sql.typed import kind_of_check
from kit_django.schema.tables.difference import Part
from kit_django.schema.tables.parts import with_constraints

Place = tuple[facts.Table, str]
"""A column of a table."""
Reference = tuple[facts.Table, facts.ForeignKey]
"""A foreign key of a table."""


def without_column(table: facts.Table, name: str, catalog: Catalog) -> facts.Table:
    """The table without the column and what stood on it alone.

    Raises OperationError where something else needs the column.
    """
    for part in (*table.constraints, *table.indexes):
        columns = columns_of(part, table, catalog.dialect)
        if name in columns:
            _refuse_shared(f"the {described(part)}", columns - {name}, name, table)
    for column in table.columns:
        if column.name != name and name in _computed_from(column, table, catalog):
            _refuse_shared("a generated column", {column.name}, name, table)
        elif column.name != name and name in _default_from(column, table, catalog):
            _refuse_shared("a default", {column.name}, name, table)
    _refuse_where_referenced(table, name, catalog)
    return _without(table, name, catalog.dialect)


def _without(table: facts.Table, name: str, dialect: Dialect) -> facts.Table:
    def stands(part: Part) -> bool:
        return name in columns_of(part, table, dialect)

    left = with_constraints(table, (each for each in table.constraints if not stands(each)))
    return replace(
        left,
        columns=tuple(column for column in table.columns if column.name != name),
        indexes=tuple(each for each in table.indexes if not stands(each)),
    )


def _refuse_shared(what: str, others: set[str], name: str, table: facts.Table) -> None:
    if others:
        listed = ", ".join(sorted(map(repr, others)))
        raise OperationError(
            f"Column {name!r} of {table.display_name!r} is part of {what}, together with "
            f"{listed}. Drop that first."
        )


def _computed_from(column: facts.Column, table: facts.Table, catalog: Catalog) -> set[str]:
    expression = column.generated.expression if column.generated else None
    return mentioned_columns(expression, table.column_names, catalog.dialect)


def _default_from(column: facts.Column, table: facts.Table, catalog: Catalog) -> set[str]:
    """The columns that a default takes from, where the database lets one do so."""
    if not catalog.dialect.defaults_take_columns:
        return set()
    return mentioned_columns(column.default, table.column_names, catalog.dialect)


def columns_of(part: Part, table: facts.Table, dialect: Dialect) -> set[str]:
    """All columns that it stands on: its own, those it includes, those that its SQL names."""
    named: list[str | None] = [*getattr(part, "include", ()), getattr(part, "column", None)]
    if isinstance(part, facts.Index):
        named += [each.column for each in part.parts]
        texts = [part.where, *(each.expression for each in part.parts)]
    else:
        named += getattr(part, "columns", ())
        texts = [getattr(part, "sql", None)]
    mentioned = (mentioned_columns(each, table.column_names, dialect) for each in texts)
    return {name for name in named if name is not None}.union(*mentioned)


def described(part: Part) -> str:
    """What messages call it."""
    if isinstance(part, facts.PrimaryKey):
        return part.kind
    if isinstance(part, facts.Index):
        return f"index {part.name!r}"
    noun = part.kind if part.kind in ("check", "foreign key") else f"{part.kind} constraint"
    return f"{noun} {part.name or getattr(part, 'sql', None)!r}"


def check_of_type(table: facts.Table, column: str, dialect: Dialect) -> facts.Check | None:
    """The check that the column's type brought along: kit's own, or MariaDB's for JSON.

    It keeps its name where the column or the table gets another.
    """
    own_name = default_name(table.name, (column,), "check")
    plain = (each for each in table.checks if not each.options)
    found = [each for each in plain if kind_of_check(each.sql, column, dialect)]
    tied = [each for each in found if each.column == column or each.name == own_name]
    unnamed = [each for each in found if not each.column and (each.name or "").endswith("_check")]
    return next(iter((*tied, *unnamed)), None)


def _refuse_where_referenced(table: facts.Table, name: str, catalog: Catalog) -> None:
    keys = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
    keys += [index.columns or () for index in table.indexes if index.unique]
    if not any(name in columns for columns in keys):
        return
    for other, foreign_key in catalog.referencing(table.key):
        if name in foreign_key.to_columns and other.key != table.key:
            raise OperationError(
                f"Column {name!r} of {table.display_name!r} is what the foreign key "
                f"{foreign_key.name!r} of {other.display_name!r} points to. Drop that first."
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
