"""Columns as the command line says them -> the calls that a migration says them in.

::

    NAME:TYPE[?][:ARGUMENTS][:WORD or KEY=VALUE ...]

``TYPE`` is a column method, ``?`` has it take NULL, ``ARGUMENTS`` are the method's own with commas
between them, a word switches a modifier on, and ``KEY=VALUE`` is any other keyword of the method. It
is Rails' ``price:decimal{10,2}:uniq`` with the words that the migration itself has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from django.db import models

from kit_django.exceptions import OperationError, UsageError
from kit_django.meant import closest, did_you_mean
from kit_django.operations.builders.single import SingleColumn, methods
from kit_django.operations.builders.strict import hints_of, snake_case
from kit_django.operations.builders.words import METHODS
from kit_django.operations.definitions.column import ColumnSpec
from kit_django.operations.definitions.defaults import kind_of

TABLE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)?")

_NAME = re.compile(r"[^\W\d]\w*")
# A colon within quotes and brackets is the value's own.
_WORD = re.compile(r"""(?:[^:"'{\[]|"[^"]*"|'[^']*'|\{[^}]*\}|\[[^\]]*\]|["'{\[])*""")
_REFERRING = ("foreign_id", "foreign_uuid")
_ACTIONS = ("cascade", "restrict", "set_null", "set_default", "no_action")


@dataclass(frozen=True, slots=True)
class Column:
    """A call: ``table.string("email", unique=True)``."""

    name: str
    method: str = "string"
    arguments: tuple[tuple[str, Any], ...] = ()

    @property
    def is_key(self) -> bool:
        """Whether the table needs no other primary key."""
        return self.method in ("id", "big_id", "uuid_id") or ("primary_key", True) in self.arguments

    def nullable(self) -> Column:
        """The same, which rows that are there can have."""
        return Column(self.name, self.method, (*self.arguments, ("null", True)))


@dataclass(frozen=True, slots=True)
class _Word:
    """A part of what was written, and where it begins."""

    text: str
    place: int


def parse_column(text: str) -> Column:
    """``price:decimal:10,2:default=0`` -> the call that says it.

    Raises UsageError, which shows what of the text cannot be read and what may stand there.
    """
    name, *words = _words(text)
    kind = words.pop(0) if words else _Word("string", len(text))
    method, column = _method(text, kind, name)
    given = {"null": True} if kind.text.endswith("?") or name.text.endswith("?") else {}
    for word, key, value in _arguments(text, method, words):
        if given.get(key, value) != value:
            raise _unreadable(text, word, f"{key} is said twice")
        given[key] = value
    if method in _REFERRING and "references" not in given:
        example = f"{name.text}:{kind.text}:users"
        raise _unreadable(
            text, (words or [kind])[0], f"it must say which table it refers to, as in {example}"
        )
    return _tried(text, column, method, given)


def _words(text: str) -> Iterator[_Word]:
    place = 0
    while place <= len(text):
        match = _WORD.match(text, place)
        found = match[0] if match else ""
        yield _Word(found, place)
        place += len(found) + 1


def _method(text: str, kind: _Word, name: _Word) -> tuple[str, str]:
    """The column's method, and its name. A ``foreign`` is named after what it refers to."""
    column = name.text.removesuffix("?")
    if not _NAME.fullmatch(column):
        raise _unreadable(text, name, "it is no column. Write name:type, as in email:string:unique")
    method = kind.text.removesuffix("?")
    if method == "foreign":
        return "foreign_id", column if column.endswith("_id") else f"{column}_id"
    if method not in methods():
        raise _unreadable(text, kind, f"it is of no known type.{_meant_type(method)} {_types()}")
    return method, column


# What stands behind the type

Said = Iterator[tuple[_Word, str, Any]]


def _arguments(text: str, method: str, words: list[_Word]) -> Said:
    """Each keyword of the method with its value, and the word that says it."""
    hints = hints_of(getattr(SingleColumn, method))
    own = methods()[method]
    for word in words:
        key, equals, value = word.text.partition("=")
        if equals and key in hints:
            yield word, key, _value(text, word, hints[key], _unquoted(value))
        elif word.text == "nullable" or "bool" in _kinds(hints.get(word.text)):
            yield word, "null" if word.text == "nullable" else word.text, True
        elif method in _REFERRING and word.text in _ACTIONS:
            yield word, "on_delete", word.text.replace("_", " ")
        elif own and not equals:
            yield from _own_arguments(text, word, own, hints)
            own = ()
        else:
            raise _unreadable(text, word, _what_may_stand(word.text, own, hints))


def _own_arguments(text: str, word: _Word, own: tuple[str, ...], hints: dict[str, Any]) -> Said:
    """``10,2`` are both arguments of decimal, ``book,cd`` the first of enum, ``users`` of foreign."""
    first = own[0]
    if first == "references" and not TABLE.fullmatch(word.text):
        raise _unreadable(text, word, "it must say which table it refers to, as in :users")
    if "int" not in _kinds(hints[first]):
        yield word, first, _value(text, word, hints[first], _unquoted(word.text))
        return
    given = word.text.split(",")
    if not given[0][:1].isdigit():
        raise _unreadable(text, word, _what_may_stand(word.text, own, hints))
    if len(given) > len(own):
        raise _unreadable(text, word, f"there may be {len(own)} here: {', '.join(own)}")
    for key, value in zip(own, given, strict=False):
        yield word, key, _value(text, word, hints[key], value.strip())


def _value(text: str, word: _Word, hint: Any, value: str) -> Any:
    kinds = _kinds(hint)
    if "list" in kinds:
        return [_unquoted(each.strip()) for each in value.split(",")]
    if "str" in kinds:
        return value
    if "int" in kinds and value.isascii() and value.isdecimal():
        return int(value)
    if "bool" in kinds and value in ("true", "false"):
        return value == "true"
    wanted = {"int": "a whole number", "bool": "true or false"}
    of = " or ".join(wanted[kind] for kind in kinds if kind in wanted)
    raise _unreadable(text, word, f"it has to be {of or 'written into the file itself'}")


@cache
def _kinds(hint: Any) -> tuple[str, ...]:
    """What a text on the command line can be for a parameter of this annotation."""
    origin, of = get_origin(hint), get_args(hint)
    if origin is Sequence:
        return ("list",)
    if origin is Annotated:
        return _kinds(of[0])
    if origin in (Union, UnionType):
        return tuple(kind for each in of for kind in _kinds(each))
    if origin is Literal or hint is Any:
        return ("str",)
    return (hint.__name__,) if hint in (bool, int, str) else ()


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


# What it comes to


def _tried(text: str, column: str, method: str, given: dict[str, Any]) -> Column:
    """The call, once it has been made: what is wrong with it is heard before it is in a file."""
    default = given.pop("default", None)
    spec = _call(text, column, method, given)
    if default is not None:
        given |= _default(text, default, spec)
        _call(text, column, method, given)
    return Column(column, method, tuple(given.items()))


def _call(text: str, column: str, method: str, given: dict[str, Any]) -> ColumnSpec:
    try:
        return cast(ColumnSpec, getattr(SingleColumn(), method)(column, **given))
    except OperationError as error:
        raise UsageError(f"{text!r}: {error}") from error


def _default(text: str, written: str, spec: ColumnSpec) -> dict[str, Any]:
    """The keywords for what was written as a default, as the column's type has it."""
    kind = kind_of(spec.field) if spec.field is not None else None
    if kind == "time" and written.lower() == "now":
        return {"use_current": True}
    if isinstance(spec.field, models.JSONField):
        return {"default": _json(text, written)}
    if isinstance(spec.field, models.BooleanField) and written in ("true", "false"):
        return {"default": written == "true"}
    if kind == "bytes":
        return {"default": written.encode()}
    is_number = kind == "number" or spec.reference is not None
    return {"default": _number(written, spec.field) if is_number else written}


def _number(written: str, field: models.Field[Any, Any] | None) -> int | float | str:
    """A number as Python writes it, and the text where that would be another one."""
    for kind in (int,) if isinstance(field, models.DecimalField) else (int, float):
        try:
            number = kind(written)
        except ValueError:
            continue
        if repr(number) == written:
            return number
    return written


def _json(text: str, written: str) -> Any:
    try:
        return json.loads(written)
    except ValueError as error:
        raise UsageError(f"{text!r}: default={written!r} is no JSON: {error}.") from error


# What is wrong with it


def _meant_type(word: str) -> str:
    snake = snake_case(word)
    if snake in methods():
        return f" It is {snake} here."
    if snake in ("references", "belongs_to"):
        return " It is foreign here."
    if snake in METHODS:
        return f" {METHODS[snake]}"
    return did_you_mean(snake, [*methods(), "foreign"], "{}")


def _types() -> str:
    return f"Types: {', '.join(sorted([*methods(), 'foreign']))}"


def _what_may_stand(word: str, own: tuple[str, ...], hints: dict[str, Any]) -> str:
    others = [key for key in hints if key != "name" and key not in own]
    switches = [key for key in others if "bool" in _kinds(hints[key])]
    values = [f"{key}=" for key in others if "str" in _kinds(hints[key])]
    close = closest(word, [*switches, *values, *_ACTIONS])
    hint = f"did you mean {close}? " if close else ""
    arguments = [",".join(own)] if own else []
    return f"{hint}What may stand here: {'; '.join([*arguments, *switches, *values])}"


def _unreadable(text: str, word: _Word, why: str) -> UsageError:
    mark = " " * word.place + "^" * max(len(word.text), 1)
    return UsageError(f"{text!r} cannot be read at {word.text!r}: {why}.\n    {text}\n    {mark}")
