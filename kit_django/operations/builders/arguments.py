"""What an argument of a migration's method may be, by the annotation of its parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import EnumType
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.db import models

from kit_django.exceptions import OperationError

# Parameters to which an empty text says something.
_MAY_BE_EMPTY = {"comment", "default", "method", "options", "reverse", "was"}
# Django's actions of a foreign key, in the database's words.
_ACTIONS = {
    "CASCADE": "cascade",
    "PROTECT": "restrict",
    "RESTRICT": "restrict",
    "SET_NULL": "set null",
    "SET_DEFAULT": "set default",
    "DO_NOTHING": "no action",
}


def refuse_misfit(call: str, word: str, value: Any, hint: Any, *, required: bool = False) -> None:
    """Raises OperationError for an argument that is not of the kind that its parameter says.

    So it does for an empty text, and for an empty list where something is ``required``.
    """
    if not _fits(value, hint):
        raise OperationError(
            f"{call} was given {word}={_shown(value)}, which has to be {_described(hint)}."
            f"{_meant(word, value, hint)}"
        )
    is_empty_text = value == "" and word not in _MAY_BE_EMPTY
    if is_empty_text or (required and isinstance(value, list | tuple) and not value):
        raise OperationError(
            f"{call} was given {word}={value!r}, which says nothing. Say what is meant, or leave "
            "the line out."
        )


def _fits(value: Any, hint: Any) -> bool:
    if hint is Any or type(value) is hint:
        return True
    kind, of = get_origin(hint) or hint, get_args(hint)
    return _FITTING.get(kind, _is_one)(value, of or (kind,))


def _is_one(value: Any, of: tuple[Any, ...]) -> bool:
    return isinstance(value, of)


def _is_any(value: Any, of: tuple[Any, ...]) -> bool:
    return any(_fits(value, each) for each in of)


def _is_number(value: Any, _of: tuple[Any, ...]) -> bool:
    """To Python a boolean is a number."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_enough(value: Any, of: tuple[Any, ...]) -> bool:
    return _fits(value, of[0]) and value >= of[1].least


def _is_word(value: Any, of: tuple[Any, ...]) -> bool:
    return isinstance(value, str) and value in of


def _is_list(value: Any, of: tuple[Any, ...]) -> bool:
    """To Python a text is a list of its letters."""
    return isinstance(value, list | tuple) and all(_fits(each, of[0]) for each in value)


def _is_row(value: Any, of: tuple[Any, ...]) -> bool:
    is_long = isinstance(value, list | tuple) and len(value) == len(of)
    return is_long and all(map(_fits, value, of))


def _is_dict(value: Any, of: tuple[Any, ...]) -> bool:
    return isinstance(value, dict) and all(
        _fits(name, of[0]) and _fits(each, of[1]) for name, each in value.items()
    )


def _is_function(value: Any, _of: tuple[Any, ...]) -> bool:
    return callable(value)


_FITTING: dict[Any, Callable[[Any, tuple[Any, ...]], bool]] = {
    int: _is_number,
    Callable: _is_function,
    Union: _is_any,
    UnionType: _is_any,
    Annotated: _is_enough,
    Literal: _is_word,
    Sequence: _is_list,
    tuple: _is_row,
    dict: _is_dict,
    Mapping: _is_dict,
}


def _described(hint: Any) -> str:
    """``str | Sequence[int] | None`` -> ``str, list of int or None``."""
    kind, of = get_origin(hint) or hint, get_args(hint)
    if kind in (Union, UnionType):
        *most, last = [_described(each) for each in of]
        return f"{', '.join(most)} or {last}"
    if kind is Callable:
        return "a function"
    if kind is Literal:
        return " or ".join(map(repr, of))
    if kind is Annotated:
        return f"{_described(of[0])} of at least {of[1].least}"
    if kind is Sequence:
        return f"list of {_described(of[0])}"
    if kind in (dict, Mapping):
        return f"dict of {_described(of[0])} to {_described(of[1])}"
    if kind is tuple:
        return f"({', '.join(map(_described, of))})"
    if hint is None or hint is NoneType:
        return "None"
    return "a Django field" if kind is models.Field else str(kind.__name__)


def _meant(word: str, value: Any, hint: Any) -> str:
    for guess in _guesses(word, value):
        if guess is not None and _fits(guess, hint):
            return f" Did you mean {word}={guess!r}?"
    if word == "name" and isinstance(value, list | tuple):
        return " Say it once for each."
    return ""


def _guesses(word: str, value: Any) -> Iterator[Any]:
    """What a person may have meant by a value of another kind."""
    if isinstance(value, str):
        yield int(value) if value.isascii() and value.isdigit() else None
        yield {"true": True, "yes": True, "false": False, "no": False}.get(value.lower())
        yield [value]
    elif isinstance(value, list | tuple):
        yield [each[0] if isinstance(each, list | tuple) and each else each for each in value]
    elif isinstance(value, EnumType):
        yield [each.value for each in value]  # type: ignore[var-annotated]
    elif isinstance(value, type) and issubclass(value, models.Model):
        yield value._meta.db_table
    elif word == "deferrable" and value:
        yield "deferred"
    elif word in ("on_delete", "on_update"):
        name = getattr(value, "__name__", type(value).__name__)
        yield _ACTIONS.get(name.removeprefix("DB_"))
    elif value in (0, 1):
        yield bool(value)


def _shown(value: Any) -> str:
    """A function's or a class's repr says more of the machine than of what was written."""
    return getattr(value, "__qualname__", None) or repr(value)
