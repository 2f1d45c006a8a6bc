"""Changes to indexes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kit_django.exceptions import Irreversible, OperationError
from kit_django.operations.base import Change
from kit_django.operations.definitions import IndexDefinition
from kit_django.schema.catalog import display_name

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine
    from kit_django.schema import facts
    from kit_django.schema.catalog import Catalog


@dataclass(frozen=True)
class AddIndex(Change):
    definition: IndexDefinition
    concurrently: bool = False

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        index = self.definition.lower(table, catalog)
        if any(each.name == index.name for each in table.indexes):
            raise OperationError(
                f"Table {display_name(table.key)!r} has an index {index.name!r} already."
            )
        return replace(table, indexes=(*table.indexes, index))

    def apply(self, engine: Engine, before: facts.Table, after: facts.Table) -> None:
        engine.add_index(after, after.indexes[-1], concurrently=self.concurrently)

    def inverse(self) -> tuple[Change, ...]:
        columns = tuple(str(part).lstrip("-") for part in self.definition.parts)
        name = self.definition.name
        if name is None and not all(isinstance(part, str) for part in self.definition.parts):
            raise Irreversible(f"{self.describe()} has no name. Give it one, or write down().")
        return (
            DropIndex(
                name, columns, self.definition.unique, was=self, concurrently=self.concurrently
            ),
        )

    def describe(self) -> str:
        name = self.definition.name
        parts = ", ".join(str(part) for part in self.definition.parts)
        return f"create index {name!r}" if name else f"create index on ({parts})"


@dataclass(frozen=True)
class DropIndex(Change):
    """An index is found by its name, or by exactly its columns."""

    name: str | None = None
    columns: tuple[str, ...] = ()
    unique: bool = False
    was: AddIndex | None = None
    concurrently: bool = False

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        gone = self.find(table)
        return replace(table, indexes=tuple(each for each in table.indexes if each != gone))

    def find(self, table: facts.Table) -> facts.Index:
        """The index that is meant. Raises OperationError where it is none, or one of several."""
        found = [index for index in table.indexes if self._is_meant(index)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(repr(index.name) for index in table.indexes) or "none"
        what = repr(self.name) if self.name else f"on ({', '.join(self.columns)})"
        count = "no index" if not found else f"{len(found)} indexes"
        raise OperationError(
            f"Table {display_name(table.key)!r} has {count} {what}. Its indexes: {known}."
        )

    def _is_meant(self, index: facts.Index) -> bool:
        if self.name is not None:
            return index.name == self.name
        return index.columns == self.columns and index.unique == self.unique

    def apply(self, engine: Engine, before: facts.Table, after: facts.Table) -> None:
        engine.drop_index(before, self.find(before), concurrently=self.concurrently)

    def inverse(self) -> tuple[Change, ...]:
        if self.was is not None:
            return (self.was,)
        if not self.columns:
            raise Irreversible(
                f"{self.describe()} does not say what the index was. Name its columns too, "
                "or write down()."
            )
        definition = IndexDefinition(self.columns, self.name, self.unique)
        return (AddIndex(definition, self.concurrently),)

    def describe(self) -> str:
        return f"drop index {self.name!r}" if self.name else f"drop index on {self.columns}"


@dataclass(frozen=True)
class RenameIndex(Change):
    name: str
    new_name: str

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        index = DropIndex(self.name).find(table)
        renamed = replace(index, name=self.new_name, sql="")
        others = tuple(each for each in table.indexes if each != index)
        return replace(table, indexes=(*others, renamed))

    def apply(self, engine: Engine, before: facts.Table, after: facts.Table) -> None:
        engine.rename_index(before, DropIndex(self.name).find(before), after.indexes[-1])

    def inverse(self) -> tuple[Change, ...]:
        return (RenameIndex(self.new_name, self.name),)

    def describe(self) -> str:
        return f"rename index {self.name!r} to {self.new_name!r}"
