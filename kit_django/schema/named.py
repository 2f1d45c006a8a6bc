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


@dataclass(frozen=True, slots=True)
class Function:
    """``sql`` is the whole CREATE FUNCTION statement, in the database's own language."""

    name: str
    sql: str
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """The same of a CREATE PROCEDURE."""

    name: str
    sql: str
    schema: str | None = None


Routine = Function | Procedure
Named = Enum | Domain | Composite | Sequence | Extension | Namespace | Function | Procedure
