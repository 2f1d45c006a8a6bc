"""Running a writer's code for what it says of the schema: what it does besides is kept from databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from kit_django.exceptions import Irreversible, OperationError
from kit_django.schema.dialects import Dialect, dialect_of
from kit_django.schema.sql.secrets import masked
from kit_django.schema.sql.tokens import tokenize

Opens = Callable[[], CursorWrapper]
_OF_TRANSACTIONS = ("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE")
_ABOUT = ("SHOW", "DESCRIBE", "PRAGMA", "SET")
_CHANGES = {"INSERT", "UPDATE", "DELETE", "MERGE", "INTO"}
_LONGEST = 60


class Guard:
    """For ``connection.execute_wrapper``. ``asked`` is the first statement that it did not let pass."""

    def __init__(self) -> None:
        self.asked = ""
        self._is_open = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if self._is_open:
            return execute(sql, params, many, context)
        text = str(sql)
        first = next(iter(text.split(None, 1)), "")
        if first.upper().rstrip(";") in _OF_TRANSACTIONS:
            return None  # there is nothing in the transaction
        self.asked = self.asked or text
        self.refuse_use()
        return None

    def refuse_use(self) -> None:
        """Raises Irreversible for a statement that was not let pass, also if the code went on after it."""
        if self.asked:
            raise Irreversible(
                f"up() uses a database by other means than its schema: {_first_line(self.asked)!r}."
            )

    def cursor_of(self, connection: BaseDatabaseWrapper, usual: Opens) -> Opens:
        """What opens a cursor meanwhile: one that has none of the driver's behind it."""

        def cursor() -> CursorWrapper:
            return usual() if self._is_open else CursorWrapper(_Nothing(self), connection)

        return cursor

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Within, statements pass: kit's own."""
        self._is_open = True
        try:
            yield
        finally:
            self._is_open = False


class _Nothing:
    """In place of a driver's cursor, by which a writer would pass by the guard: ``callproc()``, COPY."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def close(self) -> None:
        """There is nothing to close."""

    def __getattr__(self, name: str) -> Any:
        self._guard.asked = self._guard.asked or f"cursor.{name}()"
        self._guard.refuse_use()


def _first_line(sql: str) -> str:
    return masked(sql).strip().partition("\n")[0][:_LONGEST]


@contextmanager
def others_unchanged(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within, Django's other databases may be read and are not changed, and nothing is done at a commit.
    What happens to the connection's own is the caller's."""
    with ExitStack() as stack:
        for each in connections.all():
            stack.enter_context(_without_commit_hooks(each))
            if each.alias != connection.alias:
                stack.enter_context(each.execute_wrapper(_refuse_changes))
        yield


@contextmanager
def _without_commit_hooks(connection: BaseDatabaseWrapper) -> Iterator[None]:
    def forgets(func: Callable[[], object], robust: bool = False) -> None:
        pass

    vars(connection)["on_commit"] = forgets
    try:
        yield
    finally:
        del vars(connection)["on_commit"]


def _refuse_changes(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
) -> Any:
    connection = context["connection"]
    if not _only_reads(str(sql), dialect_of(connection)):
        raise OperationError(
            f"It would change database {connection.alias!r} besides its own: {_first_line(str(sql))!r}"
        )
    return execute(sql, params, many, context)


def _only_reads(sql: str, dialect: Dialect) -> bool:
    words = [token.text.upper() for token in tokenize(sql, dialect) if token.kind == "word"]
    match words:
        case ["SELECT" | "VALUES" | "TABLE", *rest]:
            return "INTO" not in rest
        case ["WITH" | "EXPLAIN", *rest]:
            return _CHANGES.isdisjoint(rest)
    return words[:1] == [] or words[0] in (*_OF_TRANSACTIONS, *_ABOUT)


@contextmanager
def untouched() -> Iterator[Guard]:
    """Within, no statement reaches a database through Django, and nothing is done at a commit."""
    guard = Guard()
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(guard))
            opens = guard.cursor_of(connection, connection.cursor)
            stack.enter_context(opening_cursors(connection, opens))
            stack.enter_context(_as_in_transaction(connection))
        yield guard


@contextmanager
def _as_in_transaction(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Outside of a transaction, what ``on_commit()`` is given would be done at once."""
    before = connection.in_atomic_block, connection.needs_rollback, connection.run_on_commit
    connection.in_atomic_block, connection.needs_rollback, connection.run_on_commit = (
        True,
        False,
        [],
    )
    try:
        yield
    finally:
        connection.in_atomic_block, connection.needs_rollback, connection.run_on_commit = before


@contextmanager
def opening_cursors(connection: BaseDatabaseWrapper, opens: Opens) -> Iterator[None]:
    """Within, who asks the connection for a cursor gets what ``opens`` gives."""
    own = vars(connection)
    before = own.get("cursor")
    own["cursor"] = opens
    try:
        yield
    finally:
        if before is None:
            del own["cursor"]
        else:
            own["cursor"] = before
