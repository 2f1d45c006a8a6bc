"""PostgreSQL."""

from __future__ import annotations

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.types import PostgreSQLTypes

POSTGRESQL = Dialect(
    vendor="postgresql",
    name="PostgreSQL",
    escape_strings=True,
    dollar_strings=True,
    longest_name_in_bytes=63,
    names_know_case=True,
    has_schemas=True,
    types=PostgreSQLTypes(),
    has_booleans=True,
    hex_bytes=False,
    enums="type",
    has_identity=True,
    has_exclusions=True,
    has_access_methods=True,
    objects=frozenset(
        {"composite types", "domains", "extensions", "schemas", "sequences", "types of their own"}
    ),
    alters_past_pending_checks=False,
    has_materialized_views=True,
)
