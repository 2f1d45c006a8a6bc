"""Nothing that a migration says is passed over: what a method does not know is an error."""

from __future__ import annotations

import difflib
import functools
import inspect
import re
from collections.abc import Callable, Iterable
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from kit_django.exceptions import OperationError
from kit_django.operations.builders.words import KEYWORD_NOTES, KEYWORDS, METHODS

Method = TypeVar("Method", bound=Callable[..., Any])


class UnknownMethod(OperationError, AttributeError):
    """A builder has no such method. To Python it is an attribute that is missing, so that hasattr() works."""


class Strict:
    """Its public methods refuse what they do not know, and it refuses methods that it does not have."""

    called = "table"
    """How a migration spells it."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, method in list(vars(cls).items()):
            if inspect.isfunction(method) and not name.startswith("_"):
                setattr(cls, name, strict(method))

    if not TYPE_CHECKING:  # to a type checker, a method that is not there is an error as it is

        def __getattr__(self, name: str) -> object:
            if name.startswith("_"):
                raise AttributeError(name)
            raise UnknownMethod(unknown_method(self.called, name, _methods(type(self))))


def strict(method: Method) -> Method:
    """The method, which raises OperationError for arguments that it does not take."""

    @functools.wraps(method)
    def checked(self: Strict, /, *args: Any, **kwargs: Any) -> Any:
        _check(f"{self.called}.{method.__name__}()", method, (self, *args), kwargs)
        return method(self, *args, **kwargs)

    return checked  # type: ignore[return-value]


def _check(
    call: str, method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    known, modifiers = keywords_of(method)
    for word in kwargs:
        if word not in (*known, *modifiers):
            raise OperationError(unknown_keyword(call, word, (*known, *modifiers)))
    try:
        inspect.signature(method).bind(*args, **kwargs)
    except TypeError as error:
        raise OperationError(f"{call}: {error}. {_takes((*known, *modifiers))}") from error
    for word, hint in modifiers.items():
        if word in kwargs and hint is not Any and not isinstance(kwargs[word], _kinds(hint)):
            given = kwargs[word]
            raise OperationError(
                f"{call} was given {word}={given!r}, which has to be {_type_name(hint)}."
            )


@functools.cache
def keywords_of(method: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The names of a method's own parameters, and what its ``**modifiers`` may be with their types."""
    known: list[str] = []
    modifiers: dict[str, Any] = {}
    for parameter in list(inspect.signature(method).parameters.values())[1:]:
        if parameter.kind is parameter.VAR_KEYWORD:
            modifiers = _keywords_behind(parameter.annotation, method)
        elif parameter.kind is not parameter.POSITIONAL_ONLY:
            known.append(parameter.name)
    return tuple(known), modifiers


def _keywords_behind(annotation: str, method: Callable[..., Any]) -> dict[str, Any]:
    """``"Unpack[Modifiers]"`` -> what the dict of that name holds, in the method's own module."""
    # Only this one annotation: Django's fields, in others, cannot be evaluated without its stubs.
    name = annotation.removeprefix("Unpack[").removesuffix("]")
    return get_type_hints(inspect.unwrap(method).__globals__[name])


def unknown_keyword(call: str, word: str, known: Iterable[str]) -> str:
    """The message for a keyword that a method does not take, in its writer's own terms if it can."""
    known = tuple(known)
    said = f"{call} has no keyword {word}=."
    if word in KEYWORD_NOTES:
        return f"{said} {KEYWORD_NOTES[word]}"
    for kits, spelled in KEYWORDS.get(word, ()):
        if kits in known:
            return f"{said} It is said {spelled} here. {_takes(known)}"
    close = difflib.get_close_matches(word, known, n=1)
    hint = f" Did you mean {close[0]}=?" if close else ""
    return f"{said}{hint} {_takes(known)}"


def unknown_method(called: str, word: str, known: Iterable[str]) -> str:
    """The message for a method that is not there: Laravel's, Rails' and Django's words are translated."""
    known = tuple(known)
    said = f"{called} has no {word}()."
    snake = snake_case(word)
    if snake in known:
        return f"{said} It is {called}.{snake}() here."
    if snake in METHODS:
        return f"{said} {METHODS[snake]}"
    close = difflib.get_close_matches(snake, known, n=1)
    if close:
        return f"{said} Did you mean {called}.{close[0]}()?"
    return f"{said} It has: {', '.join(known)}." if known else said


def snake_case(word: str) -> str:
    """``unsignedBigInteger`` -> ``unsigned_big_integer``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower()


def _methods(kind: type) -> list[str]:
    return sorted(name for name in dir(kind) if not name.startswith("_") and name not in _OWN)


def _takes(known: tuple[str, ...]) -> str:
    return f"It takes: {', '.join(known)}." if known else "It takes no keywords."


def _type_name(hint: Any) -> str:
    return " or ".join("None" if each is NoneType else each.__name__ for each in _kinds(hint))


def _kinds(hint: Any) -> tuple[type, ...]:
    """``str | list[int] | None`` -> ``(str, list, NoneType)``."""
    if isinstance(hint, UnionType) or get_origin(hint) is Union:
        return tuple(kind for each in get_args(hint) for kind in _kinds(each))
    return (get_origin(hint) or hint,)


# What the builders are made of, which no migration calls.
_OWN = {"called", "said", "take", "add", "become"}
