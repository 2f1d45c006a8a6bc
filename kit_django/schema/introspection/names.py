"""Who has a name that is a whole schema's, and no table's alone."""

from __future__ import annotations

from dataclasses import dataclass

from kit_django.schema.facts import Key


@dataclass(frozen=True)
class Holder:
    """``table`` is whose it is, where it is part of one."""

    name: str
    kind: str
    table: Key | None = None
