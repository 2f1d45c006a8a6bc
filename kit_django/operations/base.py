"""What an operation is: an immutable value that can be performed, described and turned round."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kit_django.exceptions import Irreversible

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine


class Loss(NamedTuple):
    """``told`` is a phrase for messages; it is of the whole table where no column is named, and of
    what nobody knows where no table is."""

    told: str
    table: str = ""
    column: str = ""


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

    def begun(self, steps: int) -> tuple[Operation, ...]:
        """What it comes to where it fails after so many of its steps."""
        return ()

    @property
    def touches(self) -> tuple[str, ...]:
        """The tables that are other tables, or gone, after the operation."""
        return ()

    @property
    def destroys(self) -> tuple[Loss, ...]:
        """What of it may take rows or values along that its inverse does not bring back."""
        return ()
