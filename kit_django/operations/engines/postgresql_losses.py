"""Values that a cast of PostgreSQL's would cut or round without a word."""

from __future__ import annotations

from typing import Literal

from kit_django.schema.dialects.types import SqlType, is_text

Family = Literal["number", "time", "text"]
_NUMBERS = ("boolean", "smallint", "integer", "bigint", "real", "double precision")


def cast(value: str, old: str, new: str) -> str:
    """An address is told without the mask that only PostgreSQL would write behind it."""
    is_address = SqlType.parse(old).name == "inet" and _family(new) == "text"
    return f"abbrev({value})::{new}" if is_address else f"{value}::{new}"


def lost(column: str, old: str, new: str) -> str | None:
    """The condition that such a value fulfils; None where the cast would raise, or keeps all."""
    families = (_family(old), _family(new))
    if _is_time_of_day(new) and not _is_time_of_day(old) and families == ("time", "time"):
        return None if _is("interval", old) else f"{column} IS NOT NULL"
    if families[0] is not None and families[0] == families[1]:
        return f"{column}::{new}::{old}::text <> {column}::text"
    if families[1] == "text":
        return f"{cast(column, old, new)}::text <> {cast(column, old, 'text')}"
    return _lost_of_text(column, new) if families[0] == "text" else None


def _lost_of_text(column: str, new: str) -> str | None:
    """A text may say more than what is read of it."""
    if _is("numeric", new):
        return f"{column}::numeric <> {column}::{new}"
    if _is("date", new):
        return f"{column}::timestamp <> {column}::date"
    return f"{column} ~ '[0-9]-[0-9]'" if _is_time_of_day(new) else None


def _family(type_: str) -> Family | None:
    """Kinds of types within which a cast may lose something; between them it would raise."""
    parsed = SqlType.parse(type_)
    if parsed.dimensions:
        return None
    if parsed.name in _NUMBERS or parsed.name.startswith(("numeric", "decimal")):
        return "number"
    if parsed.name.startswith(("date", "time", "interval")):
        return "time"
    return "text" if is_text(parsed.name) else None


def _is(kind: str, type_: str) -> bool:
    return SqlType.parse(type_).name == kind


def _is_time_of_day(type_: str) -> bool:
    return SqlType.parse(type_).name.split()[0] in ("time", "timetz")
