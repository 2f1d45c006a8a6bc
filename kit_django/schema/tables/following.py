"""Names that were made of a table's name, and follow when that is another.

A table that is made later under the old name would want them: the names of keys and indexes on PostgreSQL, of
indexes on SQLite, of foreign keys on MariaDB and MySQL are the whole schema's, and no table's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any

from kit_django.schema import facts
from kit_django.schema.names import Suffix, default_name
from kit_django.schema.tables.difference import Part
from kit_django.schema.tables.parts import with_constraints

Columns = tuple[str, ...]
_SUFFIXES: dict[str, Suffix] = {"unique": "unique", "foreign key": "foreign"}


def following_names(
    table: facts.Table, old_name: str, kinds: Collection[str]
) -> Iterator[tuple[Part, Part]]:
    """What is called after the table's old name, each with what it is called after its new one."""
    return _following(table, kinds, lambda columns: (old_name, columns))


def following_column(
    table: facts.Table, old: str, new: str, kinds: Collection[str]
) -> Iterator[tuple[Part, Part]]:
    """The same of what is called after a column's old name."""

    def before(columns: Columns) -> tuple[str, Columns]:
        return table.name, tuple(old if name == new else name for name in columns)

    return _following(table, kinds, before)


def _following(
    table: facts.Table, kinds: Collection[str], before: Callable[[Columns], tuple[str, Columns]]
) -> Iterator[tuple[Part, Part]]:
    """``before`` has the table and the columns that a name was made of."""
    taken = {part.name for part in (*table.constraints, *table.indexes)}
    for part in (*table.constraints, *table.indexes):
        if _kind(part) not in kinds or ("inherited", "") in getattr(part, "options", ()):
            continue
        for columns, suffix in _made_of(part, table):
            new_name = default_name(table.name, columns, suffix)
            old_name, old_columns = before(columns)
            if part.name == default_name(old_name, old_columns, suffix) and new_name not in taken:
                yield part, _called(part, new_name)
                break


def exchanged(table: facts.Table, old: Part, new: Part) -> facts.Table:
    """The table with the new part in place of the old."""
    constraints: Any = (new if each is old else each for each in table.constraints)
    indexes: Any = tuple(new if each is old else each for each in table.indexes)
    return with_constraints(replace(table, indexes=indexes), constraints)


def _kind(part: Part) -> str:
    return "index" if isinstance(part, facts.Index) else part.kind


def _called(part: Part, name: str) -> Part:
    return (
        replace(part, name=name, sql="")
        if isinstance(part, facts.Index)
        else replace(part, name=name)
    )


def _made_of(part: Part, table: facts.Table) -> Iterator[tuple[Columns, Suffix]]:
    """The columns and the last word of the names that such a part is given."""
    match part:
        case facts.PrimaryKey():
            yield (), "pkey"
        case facts.Unique() | facts.ForeignKey():
            yield part.columns, _SUFFIXES[part.kind]
        case facts.Index():
            columns = tuple(each.column or "expression" for each in part.parts)
            yield columns, "unique" if part.unique else "index"
            yield columns, "foreign"  # as MySQL calls the one that it makes for a key
        case facts.Check():
            for columns in ((), *((name,) for name in table.column_names)):
                yield columns, "check"
                for number in range(2, len(table.checks) + 2):
                    yield (*columns, str(number)), "check"
