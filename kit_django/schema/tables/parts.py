"""Tables with one column, constraint or index more, less, or in another shape."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from kit_django.exceptions import OperationError
from kit_django.schema import facts


def with_column(table: facts.Table, changed: facts.Column) -> facts.Table:
    """The table with the column of that name in a new shape, at its old place."""
    columns = tuple(changed if each.name == changed.name else each for each in table.columns)
    return replace(table, columns=columns)


def with_constraint(table: facts.Table, constraint: facts.Constraint) -> facts.Table:
    """The table with one more constraint. Raises OperationError where the name is taken."""
    if isinstance(constraint, facts.PrimaryKey) and table.primary_key is not None:
        raise OperationError(f"Table {table.display_name!r} has a primary key already.")
    if constraint.name and any(each.name == constraint.name for each in table.constraints):
        raise OperationError(
            f"Table {table.display_name!r} has a constraint {constraint.name!r} already."
        )
    match constraint:
        case facts.PrimaryKey():
            return replace(table, primary_key=constraint)
        case facts.Unique():
            return replace(table, uniques=(*table.uniques, constraint))
        case facts.Check():
            return replace(table, checks=(*table.checks, constraint))
        case facts.ForeignKey():
            return replace(table, foreign_keys=(*table.foreign_keys, constraint))
        case facts.Exclusion():
            return replace(table, exclusions=(*table.exclusions, constraint))


def without_constraints(table: facts.Table, gone: Collection[facts.Constraint]) -> facts.Table:
    return replace(
        table,
        primary_key=None if table.primary_key in gone else table.primary_key,
        uniques=tuple(each for each in table.uniques if each not in gone),
        checks=tuple(each for each in table.checks if each not in gone),
        foreign_keys=tuple(each for each in table.foreign_keys if each not in gone),
        exclusions=tuple(each for each in table.exclusions if each not in gone),
    )
