"""A column method, declared once for all the places that a migration says one in.

``table.string("name", ...)`` names a new column, ``table.change("name").string(...)`` and
``.was.string(...)`` are said of one that has its name already.
"""

from __future__ import annotations

import functools
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from kit_django.operations.definitions.column import ColumnSpec

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)
Check = Callable[[Callable[..., Any]], Callable[..., Any]]


class NewColumns(ABC, Generic[Result]):
    """Where a column method takes the column's name before all else."""

    @abstractmethod
    def _take(self, name: str, spec: ColumnSpec) -> Result:
        """A new column."""

    @classmethod
    @abstractmethod
    def _checked(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        """The method, made to refuse what it does not know."""


class NamedColumn(ABC, Generic[Result]):
    """Where a column method is said of a column that has its name already."""

    @abstractmethod
    def _take(self, spec: ColumnSpec) -> Result:
        """What the column is to be, or was."""

    @classmethod
    @abstractmethod
    def _checked(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        """The method, made to refuse what it does not know."""


class WithDefaultName(Protocol[Arguments, Result_co]):
    """A method whose column has a name without being told one."""

    def __call__(
        self, name: str = ..., *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result_co: ...


class ColumnMethod(Generic[Arguments]):
    """A column method; ``default`` is the column's name where it may be left out."""

    default: str | None = None

    def __init__(self, make: Callable[Concatenate[Any, Arguments], ColumnSpec]) -> None:
        self._make = make
        self._methods: dict[type, Callable[..., Any]] = {}
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(
        self, instance: NewColumns[Result], owner: type
    ) -> Callable[Concatenate[str, Arguments], Result]: ...
    @overload
    def __get__(
        self, instance: NamedColumn[Result], owner: type
    ) -> Callable[Arguments, Result]: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        return _method(self, owner).__get__(instance, owner)


class DefaultNamedMethod(Generic[Arguments]):
    """A column method whose column has a name without being told one."""

    def __init__(
        self, make: Callable[Concatenate[Any, Arguments], ColumnSpec], default: str
    ) -> None:
        self._make = make
        self.default = default
        self._methods: dict[type, Callable[..., Any]] = {}
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Callable[..., Any]: ...
    @overload
    def __get__(
        self, instance: NewColumns[Result], owner: type
    ) -> WithDefaultName[Arguments, Result]: ...
    @overload
    def __get__(
        self, instance: NamedColumn[Result], owner: type
    ) -> Callable[Arguments, Result]: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        return _method(self, owner).__get__(instance, owner)


def named(
    default: str,
) -> Callable[[Callable[Concatenate[Any, Arguments], ColumnSpec]], DefaultNamedMethod[Arguments]]:
    """A column method whose column is called so unless it is told otherwise."""
    return lambda make: DefaultNamedMethod(make, default)


def _method(declared: Any, owner: Any) -> Any:
    """The function that stands for the declaration in one class."""
    if owner not in declared._methods:
        takes_name = issubclass(owner, NewColumns)
        made = _naming(declared._make, declared.default) if takes_name else _named(declared._make)
        declared._methods[owner] = owner._checked(made)
    return declared._methods[owner]


def _naming(make: Callable[..., ColumnSpec], default: str | None) -> Callable[..., Any]:
    @functools.wraps(make)
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        name, *others = args or (kwargs.pop("name", default),)
        return self._take(name, make(self, *others, **kwargs))

    method.__signature__ = _signature_with_name(make, default)  # type: ignore[attr-defined]
    return method


def _named(make: Callable[..., ColumnSpec]) -> Callable[..., Any]:
    @functools.wraps(make)
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._take(make(self, *args, **kwargs))

    return method


def _signature_with_name(make: Callable[..., ColumnSpec], default: str | None) -> inspect.Signature:
    signature = inspect.signature(make)
    own, *others = signature.parameters.values()
    name = inspect.Parameter(
        "name",
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=inspect.Parameter.empty if default is None else default,
        annotation="str",
    )
    return signature.replace(parameters=[own, name, *others])
