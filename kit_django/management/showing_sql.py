"""``-v 3``: the statements that change something, as they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.management.reporting import Reporter
from kit_django.schema.dialects import dialect_of, is_known

VERY_VERBOSE = 3


class Shown:
    """For ``connection.execute_wrapper``. Values are no part of a statement, and are not shown."""

    def __init__(self, connection: BaseDatabaseWrapper, report: Reporter) -> None:
        from kit_django.operations.untouched import Guard
        from kit_django.runner.watch import is_change
        from kit_django.runner.words import one_line
        from kit_django.schema.sql.secrets import masked

        dialect, wrappers = dialect_of(connection), connection.execute_wrappers

        def is_run(sql: str) -> bool:
            is_rehearsed = any(isinstance(each, Guard) for each in wrappers)
            return not is_rehearsed and is_change(sql, dialect)

        def show(sql: str) -> None:
            report.sql(one_line(masked(sql)))

        self.is_run, self.show = is_run, show

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if self.is_run(str(sql)):
            self.show(str(sql))
        return execute(sql, params, many, context)


@contextmanager
def sql_shown(alias: str | None, report: Reporter) -> Iterator[None]:
    """Within, what the report was asked for; once, though commands call each other."""
    connection = connections[alias] if alias else None
    wanted = report.is_for_people and report.verbosity >= VERY_VERBOSE
    if not wanted or connection is None or _shows_or_cannot(connection):
        yield
        return
    with connection.execute_wrapper(Shown(connection, report)):
        yield


def _shows_or_cannot(connection: BaseDatabaseWrapper) -> bool:
    wrappers = connection.execute_wrappers
    return any(isinstance(each, Shown) for each in wrappers) or not is_known(connection)
