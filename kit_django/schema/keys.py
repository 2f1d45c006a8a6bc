"""What tells a table or a type from all others."""

from __future__ import annotations

Key = tuple[str | None, str]
"""Its schema, None for the default one, and its name."""


def display_name(key: Key) -> str:
    """What messages call it."""
    schema, name = key
    return f"{schema}.{name}" if schema else name
