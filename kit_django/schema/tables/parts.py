"""Tables with one column, constraint or index more, less, or in another shape."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

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
    return with_constraints(table, (*table.constraints, constraint))


def with_constraints(table: facts.Table, constraints: Iterable[facts.Constraint]) -> facts.Table:
    """The table with these in place of all that it has."""
    groups: dict[str, Any] = {kind.group: () for kind in facts.CONSTRAINTS}
    for constraint in constraints:
        groups[constraint.group] += (constraint,)
    (groups["primary_key"],) = groups["primary_key"] or (None,)
    return replace(table, **groups)


def twin_uniques(table: facts.Table) -> list[facts.Unique]:
    """Those on columns that the primary key or a unique before them is of: CREATE TABLE would make
    one of two that are alike."""
    there = [table.primary_key.columns] if table.primary_key else []
    there += [unique.columns for unique in table.uniques]
    keys = len(there) - len(table.uniques)
    return [
        unique
        for place, unique in enumerate(table.uniques)
        if unique.columns in there[: keys + place]
    ]


def without_constraints(table: facts.Table, gone: Collection[facts.Constraint]) -> facts.Table:
    return with_constraints(table, (each for each in table.constraints if each not in gone))
