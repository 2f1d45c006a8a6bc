"""What was before: ``table.drop("name").was.string(...)``, ``table.drop_index(...).was.index(...)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, Unpack

from kit_django.exceptions import OperationError
from kit_django.operations.builders.block import LooseEnds
from kit_django.operations.builders.constraints import ConstraintMethods
from kit_django.operations.builders.strict import Strict, strict
from kit_django.operations.changes.base import Change
from kit_django.operations.changes.constraints import DropConstraint
from kit_django.operations.changes.indexes import DropIndex
from kit_django.operations.definitions.column import ColumnSpec, Modifiers
from kit_django.operations.definitions.column_method import NamedColumn
from kit_django.operations.definitions.column_types import ColumnMethods

Result = TypeVar("Result")


class PreviousColumn(Strict):
    """A column that is changed or dropped; saying what it was makes that reversible."""

    def __init__(self, called: str, loose: LooseEnds, say: Callable[[ColumnSpec], None]) -> None:
        self.called = called
        self._loose = loose
        self._say = say

    @property
    def was(self) -> ColumnWas:
        return ColumnWas(f"{self.called}.was", self._loose, self._say)


class ColumnTypes(Strict, ColumnMethods, NamedColumn[Result]):
    """The column methods of a column that has its name already."""

    def set(self, **modifiers: Unpack[Modifiers]) -> Result:
        """Modifiers alone; the type stays."""
        if not modifiers:
            raise OperationError(says_nothing(f"{self.called}.set()"))
        return self._take(ColumnSpec(modifiers=modifiers))

    @classmethod
    def _checked(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        return strict(method)


class ColumnWas(ColumnTypes[None]):
    """The column methods, said of what a column was."""

    def __init__(self, called: str, loose: LooseEnds, say: Callable[[ColumnSpec], None]) -> None:
        self.called = called
        self._loose = loose
        self._say = say
        loose.begin(self, says_nothing(called))

    def _take(self, spec: ColumnSpec) -> None:
        self._say(spec)
        self._loose.tie(self)


class PreviousConstraint(Strict):
    """An index or a constraint that is dropped; saying what it was makes that reversible."""

    def __init__(
        self,
        called: str,
        loose: LooseEnds,
        dropped: DropIndex | DropConstraint,
        say: Callable[[Change], None],
    ) -> None:
        self.called = called
        self._loose = loose
        self._dropped = dropped
        self._say = say

    @property
    def was(self) -> ConstraintWas:
        return ConstraintWas(f"{self.called}.was", self._loose, self._dropped, self._say)


class ConstraintWas(ConstraintMethods):
    """What can be said of a table besides its columns, said of what there was."""

    def __init__(
        self,
        called: str,
        loose: LooseEnds,
        dropped: DropIndex | DropConstraint,
        say: Callable[[Change], None],
    ) -> None:
        self.called = called
        self._loose = loose
        self._dropped = dropped
        self._say = say
        loose.begin(self, says_nothing(called))

    def add(self, change: Change) -> None:
        self._say(self._dropped.with_was(change))
        self._loose.tie(self)


def says_nothing(called: str) -> str:
    return f"{called} says nothing. Say it to its end, with one of its methods, or leave it out."
