"""Changes to indexes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from kit_django.exceptions import Irreversible, OperationError
from kit_django.operations.changes.base import Change, Needs, refuse_another_name
from kit_django.operations.changes.coming_back import refuse_another_part
from kit_django.operations.definitions.index import IndexDefinition, IndexOptions
from kit_django.operations.definitions.kinds import Columns, Parts, names
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.names import require_name
from kit_django.schema.tables.indexes import (
    known_indexes,
    with_index,
    with_indexes_of_keys,
    without_index,
)


@dataclass(frozen=True)
class AddIndex(Change):
    definition: IndexDefinition
    concurrently: bool = False

    @classmethod
    def on(cls, columns: Parts, options: IndexOptions) -> AddIndex:
        """One column or expression, or a list of them, and what is said of the index."""
        parts = tuple(columns) if isinstance(columns, list | tuple) else (columns,)
        said: dict[str, Any] = {
            **options,
            "include": names(options.get("include", ())),
            "opclasses": names(options.get("opclasses", ())),
            "lengths": options.get("lengths") or {},
        }
        concurrently = said.pop("concurrently", False)
        return cls(IndexDefinition(parts, **said), concurrently)

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        index = self.definition.lower(table, catalog)
        if self.concurrently:  # what an attempt left that failed is in the way of the next
            left = [each for each in table.indexes if each.name == index.name and not each.valid]
            table = without_index(table, index.name, catalog.dialect) if left else table
        return with_index(table, index, catalog.dialect)

    @property
    def needs(self) -> Needs:
        return Needs(concurrently=self.concurrently)

    def inverse(self) -> tuple[Change, ...]:
        return (DropIndex(self.definition.name, was=self, concurrently=self.concurrently),)

    def describe(self) -> str:
        name = self.definition.name
        parts = ", ".join(str(part) for part in self.definition.parts)
        return f"create index {name!r}" if name else f"create index on ({parts})"


@dataclass(frozen=True)
class DropIndex(Change):
    """An index is found by its name, by exactly its columns, or by the name that ``was`` gets."""

    name: str | None = None
    columns: tuple[str, ...] = ()
    was: AddIndex | None = None
    concurrently: bool = False
    is_told: bool = False
    """Whether a person says the drop, and it is not the rollback of what was added."""

    @classmethod
    def of(cls, index: Columns, *, concurrently: bool = False) -> DropIndex:
        """A string is an index's name, a list its columns."""
        if isinstance(index, str):
            return cls(index, concurrently=concurrently, is_told=True)
        return cls(columns=tuple(index), concurrently=concurrently, is_told=True)

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        found = self.find(table, catalog)
        self._refuse_what_would_not_come_back(found, table)
        left = without_index(table, found.name, catalog.dialect)
        if self.columns and self.name is None:
            definition = self.was.definition if self.was else IndexDefinition(self.columns)
            refuse_another_name(table, found, definition.lower(left, catalog))
        if self.is_told and self.was is not None:
            back = self.was.definition.lower(left, catalog)
            refuse_another_part(table, found, left, back, catalog.dialect)
        return with_indexes_of_keys(left, catalog.dialect)

    def _refuse_what_would_not_come_back(self, found: facts.Index, table: facts.Table) -> None:
        """Where columns are all that is said, a rollback makes a plain index of them."""
        is_said = self.was is not None and self.was.definition != IndexDefinition(self.columns)
        if not self.columns or self.name is not None or is_said:
            return
        plain = facts.Index(found.name, tuple(map(facts.IndexPart, self.columns)))
        if replace(found, comment="", options=()) != plain:
            raise OperationError(
                f"The index {found.name!r} of {table.display_name!r} is more than its columns "
                "(unique, partial, covering, descending or of a method of its own), and a rollback "
                "would make a plain one. Drop it by its name, and say what it was with .was."
            )

    def find(self, table: facts.Table, catalog: Catalog) -> facts.Index:
        """The index that is meant. Raises OperationError where it is none, or one of several."""
        indexes = known_indexes(table, catalog.dialect)
        name = self.name
        if name is None and self.was is not None and not self.columns:
            name = self.was.definition.lower(table, catalog).name
        if name is None:
            on_columns = [index for index in indexes if index.columns == self.columns]
            # Where there is one of each kind, the unique index is called a unique constraint.
            found = [index for index in on_columns if not index.unique] or on_columns
        else:
            found = [index for index in indexes if index.name == name]
        if len(found) == 1:
            return found[0]
        known = ", ".join(repr(index.name) for index in indexes) or "none"
        what = repr(name) if name else f"on ({', '.join(self.columns)})"
        count = "no index" if not found else f"{len(found)} indexes"
        raise OperationError(
            f"Table {table.display_name!r} has {count} {what}. Its indexes: {known}."
        )

    @property
    def needs(self) -> Needs:
        return Needs(concurrently=self.concurrently)

    def inverse(self) -> tuple[Change, ...]:
        if self.was is not None:
            return (self.was,)
        if not self.columns:
            raise Irreversible(
                f"{self.describe()} does not say what the index was. Say it with .was, or "
                "write down()."
            )
        return (AddIndex(IndexDefinition(self.columns, self.name), self.concurrently),)

    def with_was(self, change: Change) -> DropIndex:
        """The drop that knows what it drops. Raises OperationError where that is no index."""
        if not isinstance(change, AddIndex):
            raise OperationError(f"{self.describe()} was told that it was something else.")
        definition = replace(change.definition, name=change.definition.name or self.name)
        return replace(self, was=AddIndex(definition, self.concurrently))

    def describe(self) -> str:
        return f"drop index {self.name!r}" if self.name else f"drop index on {self.columns}"


@dataclass(frozen=True)
class RenameIndex(Change):
    name: str
    new_name: str

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        require_name(catalog.connection, self.new_name, "an index")
        old = DropIndex(self.name).find(table, catalog)
        new = replace(old, name=self.new_name, sql="")
        return with_index(without_index(table, old.name, catalog.dialect), new, catalog.dialect)

    def inverse(self) -> tuple[Change, ...]:
        return (RenameIndex(self.new_name, self.name),)

    def describe(self) -> str:
        return f"rename index {self.name!r} to {self.new_name!r}"
