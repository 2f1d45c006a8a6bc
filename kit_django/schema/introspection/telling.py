"""What a database will say of a table that was changed, so that it need not be asked.

Facts as operations make them are in the words of whoever wrote the migration; each database has its
own for the same, and an order. What is plain is put into these here; of all else ``Unknown`` is said, and
the table is read again when it is next asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.facts import (
    Check,
    Column,
    ForeignKey,
    Index,
    IndexPart,
    PrimaryKey,
    Table,
    Unique,
)

Part = TypeVar("Part")


class Unknown(Exception):
    """Only the database can tell."""


def require(is_plain: object) -> None:
    """Raises Unknown."""
    if not is_plain:
        raise Unknown


class Teller(ABC):
    """One database's words and order. Each method raises Unknown for what is not plain."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def table(self, known: Table | None, after: Table) -> Table:
        """``after`` in the database's words, those of ``known`` being there already.

        That is what the database said of the table until now; None where there was none.
        """
        known = known or Table(after.name, schema=after.schema)
        require(after.kind == known.kind == "table")
        require(after.options == known.options and after.exclusions == known.exclusions)
        key = after.primary_key
        if key is not None and key != known.primary_key:
            key = self.primary_key(key, after)
        return self.arranged(
            replace(
                after,
                columns=_told(known.columns, after.columns, lambda each: self.column(each, after)),
                primary_key=key,
                uniques=_told(known.uniques, after.uniques, lambda each: self.unique(each, after)),
                indexes=_told(known.indexes, after.indexes, self.index),
                checks=_told(known.checks, after.checks, self.check),
                foreign_keys=_told(known.foreign_keys, after.foreign_keys, self.foreign_key),
                sql="",
            )
        )

    @abstractmethod
    def arranged(self, table: Table) -> Table:
        """The parts in the order of the database, and with those that it adds by itself."""

    @abstractmethod
    def column(self, column: Column, table: Table) -> Column: ...

    @abstractmethod
    def check(self, check: Check) -> Check: ...

    def primary_key(self, key: PrimaryKey, table: Table) -> PrimaryKey:
        require(not (key.options or key.include or key.deferrable))
        require(not any(table.column(name).null for name in key.columns))
        return key

    def unique(self, unique: Unique, table: Table) -> Unique:
        """The one that its columns have: of two, some databases make one."""
        require(not (unique.options or unique.include) and unique.nulls_distinct)
        own = [each.columns for each in (*table.uniques, table.primary_key) if each]
        require(own.count(unique.columns) == 1)
        return unique

    def foreign_key(self, key: ForeignKey) -> ForeignKey:
        require(key.name and key.to_columns and key.match == "SIMPLE")
        require(not key.options and key.to_schema is None)
        return key

    def index(self, index: Index) -> Index:
        """One on columns, of the usual kind."""
        require(not (index.options or index.include or index.method or index.where))
        require(index.valid and index.nulls_distinct)
        plain = (IndexPart(part.column, descending=part.descending) for part in index.parts)
        require(index.columns is not None and index.parts == tuple(plain))
        return replace(index, sql="")


def is_added_to(before: Table, after: Table) -> bool:
    """Whether the table is what it was, and something more or less beside its columns and
    its key, which the foreign keys of others may mean."""
    places = after.columns[: len(before.columns)]
    is_same = (before.key, before.kind, before.primary_key) == (
        after.key,
        after.kind,
        after.primary_key,
    )
    return is_same and before.columns == places


def by_name(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: getattr(part, "name") or ""))  # noqa: B009


def _told(
    known: tuple[Part, ...], after: tuple[Part, ...], tell: Callable[[Part], Part]
) -> tuple[Part, ...]:
    """Those that are the same ones still have the database's words."""
    as_told = set(map(id, known))
    return tuple([part if id(part) in as_told else tell(part) for part in after])
