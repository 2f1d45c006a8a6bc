"""PostgreSQL."""

from __future__ import annotations

from kit_django.schema.dialects.base import Dialect

POSTGRESQL = Dialect(
    vendor="postgresql", name="PostgreSQL", escape_strings=True, dollar_strings=True
)
