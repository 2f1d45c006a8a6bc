"""Enum types and ``CHECK (x IN (...))`` -> TextChoices and IntegerChoices."""

from __future__ import annotations

import keyword
import re

from kit_django.codegen import naming
from kit_django.codegen.specs import ChoicesSpec


def choices_for(name: str, values: tuple[str | int, ...], taken: set[str]) -> ChoicesSpec:
    """The choices class of a field of that name; ``taken`` are the names of other classes."""
    class_name = naming.camel_case(name)
    reserved = keyword.iskeyword(class_name) or class_name in naming.RESERVED_CLASS_NAMES
    if reserved or class_name in taken:
        class_name = f"{class_name}Choices"
    class_name = naming.unique(class_name, taken, separator="")
    taken.add(class_name)
    base = "TextChoices" if all(isinstance(value, str) for value in values) else "IntegerChoices"
    return ChoicesSpec(class_name, base, _members(values))


def _members(values: tuple[str | int, ...]) -> tuple[tuple[str, str | int, str | None], ...]:
    members, taken = [], set[str]()
    for value in dict.fromkeys(values):
        name = _member_name(value, taken)
        taken.add(name)
        members.append((name, value, _label(name, value)))
    return tuple(members)


def _member_name(value: str | int, taken: set[str]) -> str:
    if isinstance(value, int):
        sign = "MINUS_" if value < 0 else ""
        return naming.unique(f"VALUE_{sign}{abs(value)}", taken)
    return naming.member_name(value, taken)


def _label(name: str, value: str | int) -> str | None:
    """None where Django's label, made of the member's name, reads like the value."""
    if isinstance(value, int):
        return str(value)
    is_djangos = value == name.replace("_", " ").title()
    return None if is_djangos or re.fullmatch(r"[a-z]([a-z_]*[a-z])?", value) else value
