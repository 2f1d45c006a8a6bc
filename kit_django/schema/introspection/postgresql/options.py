"""PostgreSQL's ``name=value`` arrays (reloptions, attoptions, ftoptions) as pairs."""

from __future__ import annotations

from collections.abc import Iterable


def storage_options(pairs: Iterable[str] | None) -> tuple[tuple[str, str], ...]:
    split = (pair.partition("=") for pair in pairs or ())
    return tuple(sorted((name, value) for name, _, value in split))
