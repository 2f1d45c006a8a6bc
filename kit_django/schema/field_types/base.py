"""What the databases' tables of types have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kit_django.schema.constructs import Call, Value
from kit_django.schema.dialects.types import SqlType
from kit_django.schema.facts import Column

Maker = Callable[[SqlType], Call]
MODELS = "django.db.models."


@dataclass(frozen=True, slots=True)
class Asked:
    """A column whose field is wanted, with what its checks say of it.

    ``use_tz`` is the project's setting, ``contrib`` whether django.contrib.postgres is installed.
    """

    column: Column
    type: SqlType
    is_positive: bool = False
    is_json: bool = False
    use_tz: bool = True
    contrib: bool = False


def field(name: str, **kwargs: Value) -> Call:
    return Call(MODELS + name, **kwargs)


def plain(name: str) -> Maker:
    return lambda _type: field(name)


def text_of_length(parsed: SqlType) -> Call:
    return field("CharField") if parsed.length is None else _char_field(parsed.length)


def _char_field(length: int) -> Call:
    return field("CharField", max_length=length) if length > 0 else field("TextField")


def decimal(parsed: SqlType) -> Call:
    """A DecimalField with the type's digits, and without where Django could not say them."""
    digits, places = (*parsed.numbers, 0, 0)[:2]
    if digits < 1 or not 0 <= places <= digits:
        return field("DecimalField")
    return field("DecimalField", max_digits=digits, decimal_places=places)
