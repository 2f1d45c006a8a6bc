"""``table.unique(...)`` and its like."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Unpack

from kit_django.exceptions import OperationError
from kit_django.operations.builders.strict import Strict
from kit_django.operations.changes.base import Change
from kit_django.operations.changes.constraints import AddConstraint
from kit_django.operations.changes.indexes import AddIndex
from kit_django.operations.definitions.constraint import (
    CheckDefinition,
    DeferrableChoice,
    ExclusionDefinition,
    ForeignKeyDefinition,
    PrimaryKeyDefinition,
    UniqueDefinition,
    action,
)
from kit_django.operations.definitions.index import IndexOptions
from kit_django.operations.definitions.kinds import Columns, Condition, Parts, names
from kit_django.schema import facts


class ConstraintMethods(Strict, ABC):
    """What can be said of a table besides its columns."""

    @abstractmethod
    def add(self, change: Change) -> None:
        """Take the change that a method below has made."""

    def index(self, columns: Parts, **options: Unpack[IndexOptions]) -> None:
        """An index on columns (``"-name"`` descends) or Django expressions."""
        self.add(AddIndex.on(columns, options))

    def full_text(self, columns: Columns, *, name: str | None = None) -> None:
        """MariaDB's and MySQL's full-text index."""
        self.index(columns, name=name, method="fulltext")

    def unique(
        self,
        columns: Columns,
        *,
        name: str | None = None,
        where: Condition | None = None,
        deferrable: facts.Deferrable | None = None,
        nulls_distinct: bool = True,
        include: Columns = (),
    ) -> None:
        """A unique constraint; with ``where`` a partial unique index, as only that can be partial."""
        if where is not None and deferrable is not None:
            raise OperationError(
                "A unique that is partial (where=) is an index, and no index is deferrable "
                "(deferrable=). Leave one of them out."
            )
        if where is not None:
            self.index(
                columns,
                name=name,
                unique=True,
                where=where,
                include=include,
                nulls_distinct=nulls_distinct,
            )
            return
        definition = UniqueDefinition(
            names(columns), name, deferrable, nulls_distinct, names(include)
        )
        self.add(AddConstraint(definition))

    def primary_key(self, columns: Columns, *, name: str | None = None) -> None:
        """The primary key, of one column or several."""
        self.add(AddConstraint(PrimaryKeyDefinition(names(columns), name)))

    def check(self, condition: Condition, *, name: str | None = None, valid: bool = True) -> None:
        """A check: SQL, a ``Q`` or a Django expression; ``valid=False`` spares the rows there are."""
        self.add(AddConstraint(CheckDefinition(condition, name, valid=valid)))

    def foreign_key(
        self,
        columns: Columns,
        *,
        references: str,
        to: Columns = (),
        on_delete: str = "no action",
        on_update: str = "no action",
        deferrable: DeferrableChoice = "default",
        name: str | None = None,
        valid: bool = True,
    ) -> None:
        """A foreign key over columns that are there; ``to`` defaults to the other primary key.

        ``on_delete`` and ``on_update`` are the database's own actions: cascade, set null,
        set default, restrict, no action. ``valid=False`` spares the rows that are there.
        """
        definition = ForeignKeyDefinition(
            names(columns),
            references,
            names(to),
            action(on_delete),
            action(on_update),
            deferrable,
            name,
            valid,
        )
        self.add(AddConstraint(definition))

    def exclude(
        self,
        elements: Sequence[tuple[Condition, str]],
        *,
        name: str,
        method: str = "gist",
        where: Condition | None = None,
        deferrable: facts.Deferrable | None = None,
        include: Columns = (),
    ) -> None:
        """PostgreSQL's exclusion constraint: pairs of a column and an operator."""
        definition = ExclusionDefinition(
            tuple(elements), name, method, where, deferrable, names(include)
        )
        self.add(AddConstraint(definition))
