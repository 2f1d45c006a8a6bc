"""Watching the statements of a migration on their way to the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

# What neither changes data nor the schema is not counted: SELECT, SHOW, SET and the like.
_PREAMBLE = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*(?![!M]).*?\*/|\()*", re.DOTALL)
_HARMLESS = re.compile(
    r"(?:SELECT|SHOW|SET|USE|EXPLAIN|DESC|DESCRIBE|VALUES|PRAGMA|ANALYZE|"
    r"BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b",
    re.IGNORECASE,
)
# MySQL drops what it can before it raises; PostgreSQL leaves an invalid index behind.
_HALF_DONE = re.compile(
    r"DROP\s+(?:TEMPORARY\s+)?(?:TABLE|VIEW|SEQUENCE)\b.*,|.*\bCONCURRENTLY\b",
    re.IGNORECASE | re.DOTALL,
)


def is_change(sql: str) -> bool:
    """Whether a statement may change data or the schema."""
    preamble = _PREAMBLE.match(sql)
    return _HARMLESS.match(sql, preamble.end() if preamble else 0) is None


class Watch:
    """For ``connection.execute_wrapper``. Remembers the last statement that failed."""

    def __init__(self, before_statement: Callable[[], None] | None = None) -> None:
        self.failed_sql = ""
        self.is_writers_own: Callable[[], bool] = lambda: False
        self.saw_writers_own = False
        self._before_statement = before_statement

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if self._before_statement:
            self._before_statement()
        self.saw_writers_own |= self.is_writers_own()
        try:
            return execute(sql, params, many, context)
        except Exception:
            self.failed_sql = str(sql)
            raise


class Journal(Watch):
    """Numbers each changing statement, and has the number written down before it begins.

    ``moment`` grows whenever the database is just as the operations say; a statement that
    succeeded at the present one belongs to something that is half done. ``is_expected`` is whether an
    operation is under way; ``unexpected`` are the statements outside of any, which have no inverse.
    """

    def __init__(self, begin_statement: Callable[[int], None]) -> None:
        super().__init__()
        self.count = 0
        self.moment: Callable[[], int] = lambda: 0
        self.is_expected: Callable[[], bool] = lambda: True
        self.has_changed_anything = False
        self.unexpected: list[str] = []
        self._begin_statement = begin_statement
        self._succeeded_at = -1
        self._is_writing = False

    @property
    def is_amid_operation(self) -> bool:
        return self._succeeded_at == self.moment()

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if self._is_writing:
            return execute(sql, params, many, context)
        if not is_change(str(sql)):
            return super().__call__(execute, sql, params, many, context)
        self._write_down()
        if _HALF_DONE.match(str(sql).lstrip()):
            self.has_changed_anything, self._succeeded_at = True, self.moment()
        result = super().__call__(execute, sql, params, many, context)
        self.has_changed_anything = True
        if self.is_expected():
            self._succeeded_at = self.moment()
        else:
            self.unexpected.append(str(sql))
        return result

    def _write_down(self) -> None:
        self.count += 1
        self._is_writing = True
        try:
            self._begin_statement(self.count)
        finally:
            self._is_writing = False
