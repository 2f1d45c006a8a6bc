"""What an operation is: an immutable value that can be performed, described and turned round."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit_django.exceptions import Irreversible

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine
    from kit_django.schema import facts
    from kit_django.schema.catalog import Catalog


Names = Mapping[str, str]
"""The columns that were there before, each by its present name: that of its rows' origin."""


@dataclass(frozen=True)
class Operation(ABC):
    """One statement of a migration. It holds what was written, and knows no database."""

    @abstractmethod
    def perform(self, engine: Engine) -> None:
        """Change the database. Raises OperationError before anything was touched."""

    def inverse(self) -> tuple[Operation, ...]:
        """The operations that undo this one, in their order. Raises Irreversible."""
        raise Irreversible(f"{self.describe()} has no inverse.")

    @abstractmethod
    def describe(self) -> str:
        """One line for messages: ``create table 'users'``."""

    @property
    def touches(self) -> tuple[str, ...]:
        """The tables that are other tables, or gone, after the operation."""
        return ()

    @property
    def destroys(self) -> tuple[str, ...]:
        """What of it may have taken rows or values along that its inverse does not bring back."""
        return ()


@dataclass(frozen=True)
class Change(ABC):
    """One change within ``alter_table``: a step from a table's facts to its next facts."""

    @abstractmethod
    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        """The table with the change made. Raises OperationError where it cannot be made."""

    def carry(self, names: Names) -> Names:
        """Which column of the table as it was each column is now, once the change is made."""
        return names

    @abstractmethod
    def apply(self, engine: Engine, before: facts.Table, after: facts.Table) -> None:
        """Make the change where the database has ALTER TABLE for it."""

    def inverse(self) -> tuple[Change, ...]:
        """The changes that undo this one, in their order. Raises Irreversible."""
        raise Irreversible(f"{self.describe()} has no inverse.")

    @abstractmethod
    def describe(self) -> str:
        """One phrase for messages: ``drop column 'legacy'``."""

    @property
    def destroys(self) -> bool:
        """Whether it may take values along that its inverse does not bring back."""
        return False
