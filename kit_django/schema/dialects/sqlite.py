"""SQLite."""

from __future__ import annotations

from kit_django.schema.dialects.base import Dialect

SQLITE = Dialect(vendor="sqlite", name="SQLite", other_quotes=("`", "["))
