"""What a change within ``alter_table`` is: a step from a table's facts to its next facts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from kit_django.exceptions import Irreversible, OperationError
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.tables.difference import Names


@dataclass(frozen=True)
class Needs:
    """What a change asks of the database besides what the table is to be.

    ``using`` has a column whose values are made anew, and the SQL that makes them; ``labels`` one
    that is an enum, and its texts.
    """

    concurrently: bool = False
    using: tuple[str, str] | None = None
    labels: tuple[str, tuple[str, ...]] | None = None


def refuse_another_name(
    table: facts.Table, found: facts.Index | facts.Constraint, back: facts.Index | facts.Constraint
) -> None:
    """Raises OperationError where what is dropped by its columns would come back under another name."""
    if found.name and back.name and found.name != back.name:
        raise OperationError(
            f"What {table.display_name!r} has on these columns is called {found.name!r}, and a "
            f"rollback would call it {back.name!r}. Drop it by its name, {found.name!r}, and say what "
            f"it was with .was, or say name={found.name!r} there."
        )


@dataclass(frozen=True)
class Change(ABC):
    """An immutable value that knows no database: engines make what its facts tell."""

    @abstractmethod
    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        """The table with the change made. Raises OperationError where it cannot be made."""

    def carry(self, names: Names) -> Names:
        """Which column of the table as it was each column is now, once the change is made."""
        return names

    @property
    def needs(self) -> Needs:
        return Needs()

    def inverse(self) -> tuple[Change, ...]:
        """The changes that undo this one, in their order. Raises Irreversible."""
        raise Irreversible(f"{self.describe()} has no inverse.")

    @abstractmethod
    def describe(self) -> str:
        """One phrase for messages: ``drop column 'legacy'``."""

    @property
    def destroys(self) -> str:
        """The column whose values it may take along without its inverse bringing them back, if any."""
        return ""
