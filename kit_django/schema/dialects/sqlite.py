"""SQLite."""

from __future__ import annotations

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.types import SQLiteTypes

SQLITE = Dialect(
    vendor="sqlite",
    name="SQLite",
    other_quotes=("`", "["),
    adds_constraints=False,
    reserved_prefix="sqlite_",
    types=SQLiteTypes(),
    unlimited_decimal="decimal",
    collates_texts_only=False,
    integer_key_is_rowid=True,
    merges_twin_uniques=True,
    rebuilds_tables=True,
    lives_in_a_file=True,
)
