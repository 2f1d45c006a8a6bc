"""What is to change in a class that a person may have edited, one frozen value a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kit_django.codegen.specs import ChoicesSpec, FieldSpec
from kit_django.schema.constructs import Call, Value


@dataclass(frozen=True, slots=True)
class AddField:
    """A new field behind the first of the fields ``after`` that is there, else before all."""

    field: FieldSpec
    after: tuple[str, ...] = ()
    choices: ChoicesSpec | None = None


@dataclass(frozen=True, slots=True)
class RemoveField:
    name: str


@dataclass(frozen=True, slots=True)
class ChangeField:
    """Keywords that are set, or taken away where the value is None; ``path`` is another class."""

    name: str
    keywords: tuple[tuple[str, Value], ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class ChangeTarget:
    """A relation that points to another model."""

    name: str
    target: Value


@dataclass(frozen=True, slots=True)
class ReplaceField:
    """A field that has nothing in common with what was there but its name."""

    name: str
    call: Call


@dataclass(frozen=True, slots=True)
class AddEntry:
    """An entry of ``indexes`` or ``constraints``."""

    option: str
    call: Call


@dataclass(frozen=True, slots=True)
class RemoveEntry:
    option: str
    name: str


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    option: str
    name: str
    call: Call


@dataclass(frozen=True, slots=True)
class SetOption:
    """An option of Meta; None takes it away."""

    option: str
    value: Value


@dataclass(frozen=True, slots=True)
class RemoveClass:
    """The whole class: its table is gone."""


Edit: TypeAlias = (
    AddField
    | RemoveField
    | ChangeField
    | ChangeTarget
    | ReplaceField
    | AddEntry
    | RemoveEntry
    | ChangeEntry
    | SetOption
    | RemoveClass
)


@dataclass(frozen=True, slots=True)
class InheritedMeta:
    """Which of a class's bases has a Meta, and the options there."""

    base: int
    options: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where a model and its table do not say the same.

    ``edit`` is None where only a person can mend it; ``about`` is the field or the entry.
    ``elsewhere`` is the edit that another class would need, from which this one has the field.
    """

    table: str
    model: str
    about: str
    message: str
    edit: Edit | None = None
    elsewhere: Edit | None = None
