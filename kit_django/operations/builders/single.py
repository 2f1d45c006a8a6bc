"""A column method on its own, for what writes migrations: a call is tried before it is in a file."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from kit_django.operations.builders.strict import Strict, hints_of, strict
from kit_django.operations.definitions.column import ColumnSpec
from kit_django.operations.definitions.column_method import NewColumns
from kit_django.operations.definitions.column_types import ColumnMethods
from kit_django.operations.definitions.kinds import Field


class SingleColumn(Strict, ColumnMethods, NewColumns[ColumnSpec]):
    """Its methods return what was said, and raise OperationError where nothing can be made of it."""

    def _take(self, _name: str, spec: ColumnSpec) -> ColumnSpec:
        return spec

    @classmethod
    def _checked(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        return strict(method)


@cache
def methods() -> dict[str, tuple[str, ...]]:
    """The column methods that texts and numbers can be said to, each with its own arguments in order."""
    found = {name: getattr(SingleColumn, name) for name in vars(ColumnMethods) if name[0] != "_"}
    return {
        name: tuple(_arguments(method))
        for name, method in found.items()
        if Field not in hints_of(method).values()
    }


def _arguments(method: Callable[..., Any]) -> list[str]:
    _self, _name, *others = inspect.signature(method).parameters.values()
    return [each.name for each in others if each.kind is each.POSITIONAL_OR_KEYWORD]
