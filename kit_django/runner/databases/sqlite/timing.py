"""How long a statement may take. SQLite has no bound of its own: it asks, every so many steps, whether to
go on."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

STEPS = 1000
"""Of SQLite's machine, between two questions."""


@contextmanager
def ended_after(seconds: float, connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within, a statement that takes longer is an OperationalError: interrupted."""
    until = math.inf

    def timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal until
        if until < math.inf:  # the history's own, within
            return execute(sql, params, many, context)
        until = time.monotonic() + seconds
        try:
            return execute(sql, params, many, context)
        finally:
            until = math.inf

    driver = connection.connection
    driver.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        with connection.execute_wrapper(timed):
            yield
    finally:
        with suppress(sqlite3.ProgrammingError):  # it was closed meanwhile
            driver.set_progress_handler(None, STEPS)
