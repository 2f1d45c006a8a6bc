"""The types of a connection's database; what each calls them stands in its dialect."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import dialect_of
from kit_django.schema.dialects.types import MYSQL_INTEGERS, MYSQL_TEXTS, SqlType, affinity

__all__ = ["MYSQL_INTEGERS", "MYSQL_TEXTS", "SqlType", "affinity", "same_type"]


def same_type(connection: BaseDatabaseWrapper, one: str, other: str) -> bool:
    """Whether the database makes the same column of both."""
    return dialect_of(connection).types.same(one, other)
