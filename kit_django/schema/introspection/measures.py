"""How much a table holds, as its database knows it without counting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """``rows`` is the database's estimate, ``size`` is in bytes with the indexes; None is not known."""

    rows: int | None = None
    size: int | None = None
    engine: str = ""
