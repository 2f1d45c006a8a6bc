"""What identifies a row: the primary key, or what can stand in for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kit_django.schema.facts import Column, Index, Table, Unique
from kit_django.schema.tables.indexes import simple_uniques

Standing = Literal["primary key", "unique key", "no key"]
# Types that a value of can be looked up by.
_UNFIT = ("json", "blob", "bytea", "geometry", "point", "xml", "[]")


@dataclass(frozen=True, slots=True)
class Key:
    columns: tuple[str, ...]
    standing: Standing = "primary key"

    @property
    def is_composite(self) -> bool:
        return len(self.columns) > 1


def key_of(table: Table) -> Key:
    """The primary key; without one the best unique key; without any, one column to go by."""
    if table.primary_key and _can_be_key(table, table.primary_key.columns):
        return Key(table.primary_key.columns)
    candidates = sorted(_unique_keys(table), key=lambda columns: (len(columns), columns))
    if candidates:
        return Key(candidates[0], "unique key")
    return Key((_likeliest(table).name,), "no key")


def unique_alone(table: Table) -> set[str]:
    """The columns of which ``unique=True`` says all that makes them unique."""
    columns = [each.columns for each in table.uniques if is_plain_unique(each)]
    columns += [
        each.columns or ()
        for each in table.indexes
        if each.unique and each.nulls_distinct and is_plain_index(each)
    ]
    return {each[0] for each in columns if len(each) == 1}


def is_plain_unique(unique: Unique) -> bool:
    return unique.nulls_distinct and not (unique.deferrable or unique.include or unique.options)


def is_plain_index(index: Index) -> bool:
    """Whether it is what Django makes of names of columns and nothing else."""
    parts = all(
        part.column is not None
        and not (part.descending or part.nulls or part.opclass or part.collation or part.length)
        for part in index.parts
    )
    is_whole = not (index.where or index.include)
    return parts and is_whole and index.method.lower() in ("", "btree")


def _unique_keys(table: Table) -> Iterator[tuple[str, ...]]:
    for columns in simple_uniques(table):
        found = [table.column(name) for name in columns]
        is_fit = not any(column.null or _is_unfit(table, column) for column in found)
        if is_fit and _can_be_key(table, columns):
            yield columns


def _can_be_key(table: Table, columns: tuple[str, ...]) -> bool:
    """Django has no composite key with a generated column in it."""
    return len(columns) == 1 or not any(table.column(name).generated for name in columns)


def _is_unfit(table: Table, column: Column) -> bool:
    """MySQL and MariaDB, whose tables have an engine, have no keys of texts."""
    words = (*_UNFIT, "text") if table.option("engine") is not None else _UNFIT
    return any(word in column.type.lower() for word in words)


def _likeliest(table: Table) -> Column:
    """Numbered rows first, then a column called id, then whatever is never null."""
    relations = {column for key in table.foreign_keys for column in key.columns}
    return min(
        table.columns,
        key=lambda column: (
            _is_unfit(table, column),
            column.identity is None,
            column.name.lower() != "id",
            column.name in relations,
            column.null,
            column.generated is not None,
        ),
    )
