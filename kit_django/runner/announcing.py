"""Telling receivers of signals of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from kit_django import signals

Method = Literal["up", "down"]


@contextmanager
def announced(using: str, method: Method, names: Sequence[str]) -> Iterator[None]:
    """Before and after the migrations of those names; where there is none, that there is none."""
    if not names:
        signals.no_pending_migrations.send(None, using=using, method=method)
        yield
        return
    signals.migrations_started.send(None, using=using, method=method, names=names)
    yield
    signals.migrations_ended.send(None, using=using, method=method, names=names)
