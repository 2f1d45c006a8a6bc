"""The way to a server past its pooler, for as long as migrations run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from kit_django.conf import get_settings


@contextmanager
def directly(alias: str | None) -> Iterator[None]:
    """Within, the alias leads where ``KIT["DIRECT_DATABASES"]`` says; models and routers keep its name."""
    target = get_settings().direct_databases.get(alias) if alias else None
    if alias is None or target is None:
        yield
        return
    usual, direct = connections[alias], connections[target].copy(alias)
    connections[alias] = direct
    try:
        yield
    finally:
        direct.close()
        connections[alias] = usual
