"""Watching the statements of a migration on their way to the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kit_django.schema.dialects import Dialect
from kit_django.schema.sql.tokens import cut

# What neither changes data nor the schema is not counted, but with one of these words in it.
_HARMLESS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("SHOW", "SET", "USE", "DESC", "DESCRIBE", "VALUES", "PRAGMA"), ()),
    **dict.fromkeys(("BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"), ()),
    "SELECT": ("INTO",),
    "EXPLAIN": ("ANALYZE", "ANALYSE"),
    "ANALYZE": ("INSERT", "UPDATE", "DELETE", "REPLACE"),
}
_IN_STEPS = {"DROP", "CREATE", "ALTER", "REINDEX", "REFRESH"}


def is_change(sql: str, dialect: Dialect) -> bool:
    """Whether a statement may change data or the schema."""
    words = _HARMLESS.get(_verb(sql, dialect))
    return words is None or any(token.is_word(*words) for token in cut(sql, dialect))


def may_stop_half_way(sql: str, dialect: Dialect) -> bool:
    """Whether a statement that fails may have had an effect: MySQL drops what it can before it
    raises, PostgreSQL leaves an invalid index behind."""
    verb = _verb(sql, dialect)
    if verb not in _IN_STEPS:
        return False
    return any(
        token.is_word("CONCURRENTLY") or (verb == "DROP" and token.is_symbol(","))
        for token in cut(sql, dialect)
    )


def _verb(sql: str, dialect: Dialect) -> str:
    """The word that a statement begins with, in capitals."""
    tokens = (token for token in cut(sql, dialect) if not token.is_symbol("("))
    return next((token.text.upper() for token in tokens), "")


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

    def __init__(self, dialect: Dialect, begin_statement: Callable[[int], None]) -> None:
        super().__init__()
        self._dialect = dialect
        self.count = 0
        self.moment: Callable[[], int] = lambda: 0
        self.is_expected: Callable[[], bool] = lambda: True
        self.has_changed_anything = False
        self.half_way = ""
        """The last statement that may have had an effect though it failed."""
        self.unexpected: list[str] = []
        self.before_change: Callable[[str], None] = lambda _: None
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
        if not is_change(str(sql), self._dialect):
            return super().__call__(execute, sql, params, many, context)
        self._write_down(str(sql))
        if may_stop_half_way(str(sql), self._dialect):
            self.has_changed_anything, self._succeeded_at = True, self.moment()
            self.half_way = str(sql)
        result = super().__call__(execute, sql, params, many, context)
        self.has_changed_anything = True
        if self.is_expected():
            self._succeeded_at = self.moment()
        else:
            self.unexpected.append(str(sql))
        return result

    def _write_down(self, sql: str) -> None:
        self.count += 1
        self._is_writing = True
        try:
            self._begin_statement(self.count)
            self.before_change(sql)
        finally:
            self._is_writing = False
