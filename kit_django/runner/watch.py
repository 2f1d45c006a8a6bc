"""Watching the statements of a migration on their way to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from kit_django.operations.untouched import opening_cursors
from kit_django.schema.dialects import Dialect
from kit_django.schema.sql.changes import is_of_rows, verb
from kit_django.schema.sql.tokens import Token, cut

if TYPE_CHECKING:
    from kit_django.operations.base import Operation

# What neither changes data nor the schema is not counted, but with one of these words in it.
_HARMLESS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("SHOW", "SET", "USE", "DESC", "DESCRIBE", "VALUES", "PRAGMA"), ()),
    **dict.fromkeys(("BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"), ()),
    "SELECT": ("INTO",),
    "EXPLAIN": ("ANALYZE", "ANALYSE"),
    "ANALYZE": ("INSERT", "UPDATE", "DELETE", "REPLACE"),
}
# What stands before a parenthesis and is no function, or one that changes nothing.
_KNOWN = (
    "ALL AND ANY AS BETWEEN BY CASE CROSS DISTINCT ELSE EXCEPT EXISTS FILTER FROM GROUP HAVING IN INTERSECT "
    "IS JOIN LATERAL LEFT LIKE LIMIT MATERIALIZED NOT OFFSET ON OR OVER PARTITION RIGHT ROW SELECT SETS SOME "
    "THEN UNION USING VALUES WHEN WHERE WITH WITHIN "
    "ABS AVG CAST CEIL CEILING CHAR CHAR_LENGTH COALESCE CONCAT CONCAT_WS CONVERT COUNT CURDATE "
    "CURRENT_DATABASE CURRENT_SCHEMA CURRENT_SETTING CURRENT_TIMESTAMP DATABASE DATE DATE_FORMAT DATE_TRUNC "
    "DECIMAL DENSE_RANK EXTRACT FLOOR FORMAT GREATEST GROUP_CONCAT IF IFNULL JSON_EXTRACT LAG LEAD LEAST "
    "LENGTH LOWER LPAD LTRIM MAX MD5 MIN MOD MONTH NOW NULLIF NUMERIC OCTET_LENGTH POSITION RANK REPLACE "
    "ROUND ROW_NUMBER RPAD RTRIM SIGN STRING_AGG SUBSTR SUBSTRING SUM TO_CHAR TO_REGCLASS TRIM UPPER "
    "VARCHAR VERSION YEAR "
    "CONNECTION_ID CURRENT_USER FOUND_ROWS IS_FREE_LOCK IS_USED_LOCK LAST_INSERT_ID PG_BACKEND_PID "
    "PG_LISTENING_CHANNELS RAND RANDOM ROW_COUNT SESSION_USER USER UUID"
)
_IN_STEPS = {"DROP", "CREATE", "ALTER", "REINDEX", "REFRESH"}


def is_change(sql: str, dialect: Dialect) -> bool:
    """Whether a statement may change data or the schema."""
    words = _HARMLESS.get(verb(sql, dialect))
    return words is None or any(token.is_word(*words) for token in cut(sql, dialect))


def calls_unknown_function(sql: str, dialect: Dialect) -> bool:
    """Whether a query calls what may change something, for all that can be told from its text."""
    before: Token | None = None
    for token in cut(sql, dialect) if dialect.functions_may_write else ():
        is_call = token.is_symbol("(") and before is not None and before.is_name
        if is_call and before is not None and not before.is_word(*_KNOWN.split()):
            return True
        before = token
    return False


def may_stop_half_way(sql: str, dialect: Dialect) -> bool:
    """Whether a statement that fails may have had an effect: MySQL drops what it can before it
    raises, PostgreSQL leaves an invalid index behind."""
    begins = verb(sql, dialect)
    if begins not in _IN_STEPS:
        return False
    return any(
        token.is_word("CONCURRENTLY") or (begins == "DROP" and token.is_symbol(","))
        for token in cut(sql, dialect)
    )


class Failure(NamedTuple):
    error: Exception
    sql: str


class Watch:
    """For ``connection.execute_wrapper``. Remembers the last statement that failed, and the first since
    one succeeded; and what ``begun`` tells of when the migration commits by itself. What is known of the
    database is forgotten with each statement of the writer's own."""

    def __init__(
        self, before_statement: Callable[[], None], forget: Callable[[], None] = lambda: None
    ) -> None:
        self.failed_sql = ""
        self.first_failure: Failure | None = None
        self.begun: Callable[[], tuple[Operation, ...]] = tuple
        self.committed: tuple[Operation, ...] | None = None
        self.is_writers_own: Callable[[], bool] = lambda: False
        self.saw_writers_own = False
        self._before_statement = before_statement
        self._forget = forget

    def look(self) -> None:
        """Something is about to be run."""
        if self.is_writers_own():
            self.saw_writers_own = True
            self._forget()

    def hear_rollback(self) -> None:
        """A transaction, or a part of it, is about to be rolled back."""

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self._before_statement()
        self.look()
        try:
            result = execute(sql, params, many, context)
        except Exception as error:
            self.failed_sql = str(sql)
            self.first_failure = self.first_failure or Failure(error, str(sql))
            raise
        self.first_failure = None
        if str(sql).lstrip()[:6].upper() in ("COMMIT", "END", "END;"):
            self.committed = self.begun()
        return result


@contextmanager
def watched(connection: BaseDatabaseWrapper, watch: Watch) -> Iterator[None]:
    """Its statements; and who opens a cursor, as the driver's own (COPY, ``executescript()``) tells
    nobody what it runs."""
    usual = connection.cursor

    def cursor() -> CursorWrapper:
        watch.look()
        return usual()

    wrapper: Any = connection
    usual_rollback = wrapper._rollback

    def rollback() -> None:
        watch.hear_rollback()
        usual_rollback()

    wrapper._rollback = rollback
    try:
        with connection.execute_wrapper(watch), opening_cursors(connection, cursor):
            yield
    finally:
        wrapper._rollback = usual_rollback


class Journal(Watch):
    """Numbers each changing statement, and has number and text written down before it begins.

    ``moment`` grows whenever the database is just as the operations say; a statement that
    succeeded at the present one belongs to something that is half done. ``is_expected`` is whether an
    operation is under way; ``unexpected`` are the statements outside of any, which have no inverse.
    """

    def __init__(
        self,
        dialect: Dialect,
        begin_statement: Callable[[int, str], None],
        forget: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(lambda: None, forget)
        self._dialect = dialect
        self.count = 0
        self.moment: Callable[[], int] = lambda: 0
        self.is_expected: Callable[[], bool] = lambda: True
        self.is_in_transaction: Callable[[], bool] = lambda: False
        self.has_changed_anything = False
        self.half_way = ""
        self.half_way_is_writers = False
        """The last statement that may have had an effect though it failed, and whether it was SQL of its
        writer's own."""
        self.unexpected: list[str] = []
        self.before_change: Callable[[str], None] = lambda _: None
        self._begin_statement = begin_statement
        self.has_rolled_back = False
        """Whether its writer rolled changes back: which of them are there is not known any more."""
        self._has_changed_in_transaction = False
        self._succeeded_at = -1
        self._is_writing = False
        self._is_amid_rows = False

    @property
    def is_amid_operation(self) -> bool:
        return self._succeeded_at == self.moment()

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if self._is_writing:
            return execute(sql, params, many, context)
        self._is_amid_rows &= self.is_in_transaction()
        if verb(str(sql), self._dialect) == "ROLLBACK":
            self.hear_rollback()
        if not self._may_change(str(sql)):
            return super().__call__(execute, sql, params, many, context)
        self._write_down(str(sql), is_amid=self.is_in_transaction())
        if may_stop_half_way(str(sql), self._dialect):
            self.has_changed_anything, self._succeeded_at = True, self.moment()
            self.half_way, self.half_way_is_writers = str(sql), self.is_writers_own()
        result = super().__call__(execute, sql, params, many, context)
        self.has_changed_anything = True
        self._has_changed_in_transaction |= self.is_in_transaction()
        if self.is_expected():
            self._succeeded_at = self.moment()
        else:
            self.unexpected.append(str(sql))
        return result

    def hear_rollback(self) -> None:
        is_writers = not self.is_expected()
        self.has_rolled_back |= is_writers and self._has_changed_in_transaction

    def _may_change(self, sql: str) -> bool:
        return is_change(sql, self._dialect) or (
            self.is_writers_own() and calls_unknown_function(sql, self._dialect)
        )

    def _write_down(self, sql: str, *, is_amid: bool) -> None:
        """Rows that one transaction writes count as one statement: all of them are there, or none."""
        goes_on = self._is_amid_rows and is_of_rows(sql, self._dialect)
        self._is_amid_rows = is_amid and is_of_rows(sql, self._dialect)
        self._is_writing = True
        try:
            if not goes_on:
                self.count += 1
                self._begin_statement(self.count, sql)
            self.before_change(sql)
        finally:
            self._is_writing = False
