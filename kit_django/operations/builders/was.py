"""What was before: ``table.drop("name").was.string(...)``, ``table.drop_index(...).was.index(...)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, Unpack

from kit_django.exceptions import OperationError
from kit_django.operations.builders.block import LooseEnds
from kit_django.operations.builders.constraints import ConstraintMethods
from kit_django.operations.builders.strict import Strict, strict
from kit_django.operations.changes.base import Change
from kit_django.operations.definitions.column import ColumnSpec, Modifiers
from kit_django.operations.definitions.column_method import NamedColumn
from kit_django.operations.definitions.column_types import ColumnMethods

Result = TypeVar("Result")
Was = TypeVar("Was")


class Previous(Strict, Generic[Was]):
    """What is changed or dropped; saying what it was makes that reversible."""

    def __init__(self, called: str, was: Callable[[str], Was]) -> None:
        self.called = called
        self._was = was

    @property
    def was(self) -> Was:
        return self._was(f"{self.called}.was")


class _Telling(Strict):
    """What has to be said to its end."""

    def __init__(self, called: str, loose: LooseEnds, say: Callable[[Any], None]) -> None:
        self.called = called
        self._loose = loose
        self._say = say
        loose.begin(self, says_nothing(called))

    def _tell(self, what: Any) -> None:
        self._say(what)
        self._loose.tie(self)


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


class ColumnWas(_Telling, ColumnTypes[None]):
    """The column methods, said of what a column was."""

    def _take(self, spec: ColumnSpec) -> None:
        self._tell(spec)


class ConstraintWas(_Telling, ConstraintMethods):
    """What can be said of a table besides its columns, said of what there was."""

    def add(self, change: Change) -> None:
        self._tell(change)


PreviousConstraint = Previous[ConstraintWas]


def says_nothing(called: str) -> str:
    return f"{called} says nothing. Say it to its end, with one of its methods, or leave it out."
