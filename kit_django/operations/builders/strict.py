"""Nothing that a migration says is passed over: what a method does not know is an error."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args, get_type_hints

from kit_django.exceptions import OperationError
from kit_django.meant import did_you_mean
from kit_django.operations.builders.arguments import refuse_misfit
from kit_django.operations.builders.words import ATTRIBUTES, KEYWORD_NOTES, KEYWORDS, METHODS

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

        def __setattr__(self, name: str, value: object) -> None:
            is_own = name.startswith("_") or not callable(getattr(type(self), name, setattr))
            if not is_own:
                raise UnknownMethod(unknown_attribute(self.called, name))
            super().__setattr__(name, value)


def strict(method: Method) -> Method:
    """The method, which raises OperationError for arguments that it does not take."""

    @functools.wraps(method)
    def checked(self: Strict, /, *args: Any, **kwargs: Any) -> Any:
        _check(_call(self, method, args, kwargs), method, (self, *args), kwargs)
        return method(self, *args, **kwargs)

    return checked  # type: ignore[return-value]


def _call(self: Strict, method: Method, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """``table.string("title")``: what messages call it, with the name that tells which one."""
    name = args[0] if args else kwargs.get("name")
    shown = f'"{name}"' if isinstance(name, str) else name if isinstance(name, list) else ""
    return f"{self.called}.{method.__name__}({shown})"


def _check(
    call: str, method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    hints = hints_of(method)
    for word in kwargs:
        if word not in hints:
            raise OperationError(unknown_keyword(call, word, hints))
    try:
        given = _given(_form(method), args, kwargs)
    except TypeError as error:
        hint = " Several columns are a list." if len(args) > 2 and "columns" in hints else ""
        raise OperationError(f"{call}: {error}.{hint} {_takes(tuple(hints))}") from error
    required = _form(method).required
    for word, value in given.items():
        if word in hints:
            refuse_misfit(call, word, value, hints[word], required=word in required)


class _Form(NamedTuple):
    """What a method may be called with; to bind by its signature takes longer than all it does."""

    signature: inspect.Signature
    places: tuple[str, ...]
    required: frozenset[str]


@functools.cache
def _form(method: Callable[..., Any]) -> _Form:
    signature = inspect.signature(method)
    parameters = signature.parameters.values()
    single = [
        each for each in parameters if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    ]
    return _Form(
        signature,
        tuple(each.name for each in single if each.kind is not each.KEYWORD_ONLY),
        frozenset(each.name for each in single if each.default is each.empty),
    )


def _given(form: _Form, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments by their names. Raises TypeError where it cannot be called so."""
    given = {**dict(zip(form.places, args, strict=False)), **kwargs}
    is_plain = len(given) == len(args) + len(kwargs) and form.required <= given.keys()
    if not is_plain:
        form.signature.bind(*args, **kwargs)  # which says what is wrong
    return given


@functools.cache
def hints_of(method: Callable[..., Any]) -> dict[str, Any]:
    """What may be said to a method, its modifiers too, each with what it has to be."""
    hints = get_type_hints(inspect.unwrap(method), include_extras=True)
    found: dict[str, Any] = {}
    for parameter in list(inspect.signature(method).parameters.values())[1:]:
        hint = hints.get(parameter.name, str)  # which a column's name is, added to what it is
        if parameter.kind is parameter.VAR_KEYWORD:
            found |= get_type_hints(get_args(hint)[0], include_extras=True)
        elif parameter.kind is not parameter.POSITIONAL_ONLY:
            found[parameter.name] = hint
    return found


def unknown_keyword(call: str, word: str, known: Iterable[str]) -> str:
    """The message for a keyword that a method does not take, in its writer's own terms if it can."""
    known = tuple(known)
    said = f"{call} has no keyword {word}=."
    if word in KEYWORD_NOTES:
        return f"{said} {KEYWORD_NOTES[word]}"
    for kits, spelled in KEYWORDS.get(word, ()):
        if kits in known:
            return f"{said} It is said {spelled} here. {_takes(known)}"
    return f"{said}{did_you_mean(word, known, '{}=')} {_takes(known)}"


def unknown_method(called: str, word: str, known: Iterable[str]) -> str:
    """The message for a method that is not there: Laravel's, Rails' and Django's words are translated."""
    known = tuple(known)
    said = f"{called} has no {word}()."
    snake = snake_case(word)
    if snake in known:
        return f"{said} It is {called}.{snake}() here."
    if snake in METHODS:
        return f"{said} {METHODS[snake]}"
    if hint := did_you_mean(snake, known, f"{called}.{{}}()"):
        return f"{said}{hint}"
    return f"{said} It has: {', '.join(known)}." if known else said


def unknown_attribute(called: str, word: str) -> str:
    """The message for what is set as if it were Laravel's ``$table->engine``."""
    said = f"{called}.{word} is nothing that can be set."
    return f"{said} {ATTRIBUTES[word]}" if word in ATTRIBUTES else said


def snake_case(word: str) -> str:
    """``unsignedBigInteger`` -> ``unsigned_big_integer``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower()


def _methods(kind: type) -> list[str]:
    return sorted(name for name in dir(kind) if not name.startswith("_") and name not in _OWN)


def _takes(known: tuple[str, ...]) -> str:
    return f"It takes: {', '.join(known)}." if known else "It takes no keywords."


# What the builders are made of, which no migration calls.
_OWN = {"called", "said", "take", "add", "become"}
