"""What is to be written: models as plain frozen values, between inference and rendering."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from kit_django.schema.constructs import Call, Value

TableKey = tuple[str | None, str]
NoteKind = Literal["no primary key", "not expressible", "left out", "hint"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should know of a table; ``about`` is the column or constraint."""

    table: str
    kind: NoteKind
    message: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class ChoicesSpec:
    """A ``TextChoices`` or ``IntegerChoices`` class inside of the model.

    ``members`` are name, value, and the label where it is not what Django makes of the name.
    """

    name: str
    base: str
    members: tuple[tuple[str, str | int, str | None], ...]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """``columns`` are those of the table that the field stands for: none for a many-to-many.

    ``labels`` are the values that the database takes, where a type or a check lists them.
    """

    name: str
    call: Call
    columns: tuple[str, ...] = ()
    labels: tuple[str | int, ...] = ()

    def with_(self, **kwargs: Value) -> FieldSpec:
        return replace(self, call=self.call.with_(**kwargs))

    @property
    def attname(self) -> str:
        return f"{self.name}_id" if is_foreign_key(self.call) else self.name


@dataclass(frozen=True, slots=True)
class ModelSpec:
    app_label: str
    name: str
    table: TableKey
    fields: tuple[FieldSpec, ...] = ()
    choices: tuple[ChoicesSpec, ...] = ()
    meta: tuple[tuple[str, Value], ...] = ()
    docstring: str = ""

    @property
    def label(self) -> str:
        return f"{self.app_label}.{self.name}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A table whose model was left as it is; ``reason`` is the fault in one line."""

    table: str
    reason: str
    error: Exception


@dataclass(frozen=True, slots=True)
class Inference:
    """The models of a database's tables, and what could not be said in them.

    ``known`` are those that are there already, as they would be written now. ``skipped`` are the
    tables with which something went wrong.
    """

    models: tuple[ModelSpec, ...] = ()
    known: tuple[ModelSpec, ...] = ()
    notes: tuple[Note, ...] = field(default=())
    skipped: tuple[Skipped, ...] = ()


def is_foreign_key(call: Call) -> bool:
    return call.name in ("ForeignKey", "OneToOneField", "TypedForeignKey", "TypedOneToOneField")
