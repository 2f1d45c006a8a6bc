"""The UUIDs of SQLite, which keeps what it is given: with dashes or without, in capitals, as bytes."""

from __future__ import annotations

# mypy: disable-error-code="type-arg, misc"
# Fields are generic to the type checker only: at run time they cannot be subscripted.
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models.lookups import Exact, In

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class Spelled(UUID):
    """A UUID that was not read with dashes in small letters, and is written as it was read."""

    __slots__ = ("stored",)

    stored: str | bytes

    def __init__(self, stored: str | bytes) -> None:
        found = UUID(bytes=stored) if isinstance(stored, bytes) else UUID(stored)
        super().__init__(int=found.int)
        object.__setattr__(self, "stored", stored)

    def __reduce__(self) -> Any:
        return Spelled, (self.stored,)


def as_spelled(value: str | bytes) -> Any:
    """The UUID that a value stands for, or the value where it is none."""
    try:
        found = Spelled(value)
    except ValueError:
        return value
    return UUID(int=found.int) if value == str(found) else found


def written(value: UUID | None) -> str | bytes | None:
    if value is None:
        return None
    return value.stored if isinstance(value, Spelled) else str(value)


def spellings_of(value: UUID) -> list[str | bytes]:
    """What the usual writers make of it, and what it was read as."""
    text, digits = str(value), value.hex
    usual: list[str | bytes] = [text, text.upper(), digits, digits.upper(), value.bytes]
    return list(dict.fromkeys([*usual, *([value.stored] if isinstance(value, Spelled) else [])]))


class _Spelled:
    """A lookup that finds a value however it is spelled in the column."""

    def as_sqlite(self: Any, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not self.rhs_is_direct_value():
            return self.as_sql(compiler, connection)  # type: ignore[no-any-return]
        values = self.rhs if isinstance(self, In) else [self.rhs]
        find = self.lhs.output_field.spellings
        wanted = [each for value in values for each in find(value, connection)]
        if len(wanted) == len(values):
            return self.as_sql(compiler, connection)  # type: ignore[no-any-return]
        left, params = self.process_lhs(compiler, connection)
        return f"{left} IN ({', '.join(['%s'] * len(wanted))})", (*params, *wanted)


class SpelledExact(_Spelled, Exact):
    pass


class SpelledIn(_Spelled, In):
    pass


class AnyUUIDField(models.UUIDField):
    """Django's own, but for what Django makes of its values on SQLite: there all are spelled alike."""

    def get_internal_type(self) -> str:
        return "SpelledUUIDField"

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return models.UUIDField().db_type(connection)
