"""Changes to indexes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kit_django.exceptions import Irreversible, OperationError
from kit_django.operations.base import Change
from kit_django.operations.definitions.index import IndexDefinition
from kit_django.schema import facts
from kit_django.schema.catalog import display_name
from kit_django.schema.names import require_name

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine
    from kit_django.schema.catalog import Catalog


@dataclass(frozen=True)
class AddIndex(Change):
    definition: IndexDefinition
    concurrently: bool = False

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        return with_index(table, self.definition.lower(table, catalog), catalog)

    def apply(self, engine: Engine, before: facts.Table, after: facts.Table) -> None:
        index = self.definition.lower(before, engine.catalog)
        engine.add_index(after, index, concurrently=self.concurrently)

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

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        found = self.find(table, catalog)
        self._refuse_what_would_not_come_back(found, table)
        return without_index(table, found.name, catalog)

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
        indexes = known_indexes(table, catalog)
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
            f"Table {display_name(table.key)!r} has {count} {what}. Its indexes: {known}."
        )

    def apply(self, engine: Engine, before: facts.Table, after: facts.Table) -> None:
        index = self.find(before, engine.catalog)
        engine.drop_index(before, index, concurrently=self.concurrently)

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
        return with_index(without_index(table, old.name, catalog), new, catalog)

    def apply(self, engine: Engine, before: facts.Table, after: facts.Table) -> None:
        old = DropIndex(self.name).find(before, engine.catalog)
        engine.rename_index(before, old, replace(old, name=self.new_name, sql=""))

    def inverse(self) -> tuple[Change, ...]:
        return (RenameIndex(self.new_name, self.name),)

    def describe(self) -> str:
        return f"rename index {self.name!r} to {self.new_name!r}"


def known_indexes(table: facts.Table, catalog: Catalog) -> tuple[facts.Index, ...]:
    """All that can be dropped and renamed as an index: on MySQL a unique constraint is one."""
    uniques = table.uniques if catalog.dialect.uniques_are_indexes else ()
    return (*table.indexes, *(_as_index(unique) for unique in uniques))


def with_index(table: facts.Table, index: facts.Index, catalog: Catalog) -> facts.Table:
    """The table with one more index. Raises OperationError where the name is taken."""
    if any(each.name == index.name for each in known_indexes(table, catalog)):
        raise OperationError(
            f"Table {display_name(table.key)!r} has an index {index.name!r} already."
        )
    if catalog.dialect.uniques_are_indexes and index.unique and _is_plain(index):
        return replace(table, uniques=(*table.uniques, _as_unique(index)))
    return replace(table, indexes=(*table.indexes, index))


def without_index(table: facts.Table, name: str, catalog: Catalog) -> facts.Table:
    is_one = catalog.dialect.uniques_are_indexes
    return replace(
        table,
        indexes=tuple(each for each in table.indexes if each.name != name),
        uniques=tuple(each for each in table.uniques if not is_one or each.name != name),
    )


def _is_plain(index: facts.Index) -> bool:
    return not any(part.column is None or part.length or part.descending for part in index.parts)


def _as_unique(index: facts.Index) -> facts.Unique:
    said = {"using": index.method, "comment": index.comment}
    options = tuple((name, text) for name, text in said.items() if text)
    return facts.Unique(index.columns or (), index.name, options=(*options, *index.options))


def _as_index(unique: facts.Unique) -> facts.Index:
    parts = tuple(facts.IndexPart(column) for column in unique.columns)
    return facts.Index(unique.name or "", parts, unique=True, options=unique.options)
