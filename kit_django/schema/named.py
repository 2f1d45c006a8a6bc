"""What is made and dropped by its name, and is neither a table nor a view."""

from __future__ import annotations

from dataclasses import dataclass

from kit_django.schema.facts import Composite, Domain, Enum, Sequence


@dataclass(frozen=True, slots=True)
class Extension:
    """What PostgreSQL can be taught."""

    name: str


@dataclass(frozen=True, slots=True)
class Namespace:
    """What holds tables, types and so on: a schema."""

    name: str


Named = Enum | Domain | Composite | Sequence | Extension | Namespace
