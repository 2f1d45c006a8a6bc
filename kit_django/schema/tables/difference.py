"""What makes one table of another."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.tables.renaming import renamed_column

Names = Mapping[str, str]
"""The columns that were there before, each by its present name: that of its rows' origin."""
Part = facts.Constraint | facts.Index


@dataclass(frozen=True)
class Difference:
    """``names`` tells which columns are which; what a rename changes is no difference besides."""

    before: facts.Table
    after: facts.Table
    names: Names
    renamed_columns: tuple[tuple[str, str], ...]
    gone_columns: tuple[facts.Column, ...]
    changed_columns: tuple[tuple[facts.Column, facts.Column], ...]
    new_columns: tuple[facts.Column, ...]
    renamed_parts: tuple[tuple[Part, Part], ...]
    gone: tuple[Part, ...]
    """Constraints and indexes, those of gone columns included. A check that is told with its
    column is none of them: with another check, the column is another."""
    added: tuple[Part, ...]


def own_names(table: facts.Table) -> Names:
    """Those of a table that is what it was."""
    return {name: name for name in table.column_names}


def difference(
    before: facts.Table,
    after: facts.Table,
    names: Names,
    dialect: Dialect,
    anew: Container[str] = (),
) -> Difference:
    """How ``after`` is made of ``before``; columns in ``anew`` change, however alike they look."""
    renamed = tuple((old, new) for new, old in names.items() if new != old)
    moved = before
    for old, new in renamed:
        moved = renamed_column(moved, old, new, dialect)
    were, are = _by_name(moved), _by_name(after)
    kept = {*names.values()}
    gone, added = _less(moved, after), _less(after, moved)
    told = {each.column for each in (*gone, *added) if isinstance(each, facts.Check)} - {None}
    gone, added = _of_table(gone), _of_table(added)
    renamed_parts = _renamed_parts(gone, added)
    return Difference(
        before,
        after,
        names,
        renamed,
        tuple(each for each in before.columns if each.name not in kept),
        tuple(
            (were[name], are[name])
            for name in names
            if (were[name] is not are[name] and were[name] != are[name])
            or name in anew
            or name in told
        ),
        tuple(each for each in after.columns if each.name not in names),
        renamed_parts,
        tuple(each for each in gone if all(each != old for old, _ in renamed_parts)),
        tuple(each for each in added if all(each != new for _, new in renamed_parts)),
    )


def _by_name(table: facts.Table) -> dict[str, facts.Column]:
    return {column.name: column for column in table.columns}


def _less(table: facts.Table, other: facts.Table) -> list[Part]:
    """The constraints and indexes that the other table has not."""
    there = (*other.constraints, *other.indexes)
    return [each for each in (*table.constraints, *table.indexes) if each not in there]


def _of_table(parts: Sequence[Part]) -> list[Part]:
    return [each for each in parts if not (isinstance(each, facts.Check) and each.column)]


def _renamed_parts(gone: Sequence[Part], added: Sequence[Part]) -> tuple[tuple[Part, Part], ...]:
    return tuple(
        (old, new)
        for old in gone
        for new in added
        if type(old) is type(new) and new.name and replace(old, name=new.name) == new
    )
