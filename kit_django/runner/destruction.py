"""What a migration takes along for good where nothing brings it back, looked up before it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import OperationError
from kit_django.operations.base import Loss, Operation
from kit_django.operations.changes.columns import AddColumn, ChangeColumn
from kit_django.operations.run_sql import RunSQL
from kit_django.operations.tables import AlterTable, CreateTable, RenameTable
from kit_django.runner.counting import rows_of
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects import Dialect
from kit_django.schema.dialects.types import SqlType, is_text
from kit_django.schema.sql.scripts import statements_of
from kit_django.schema.sql.tokens import tokenize

_HOLDING_ROWS = ("TABLE", "SCHEMA", "DATABASE", "TABLESPACE", "SEQUENCE")


def destroyed(operations: Iterable[Operation], connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    """A phrase for each operation that takes rows or values along. With none there is no query."""
    return tuple(_Foresight(connection).look(operations))


class _Foresight:
    """Follows what the operations make and rename, so that what is counted is what is there now."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.catalog = Catalog(connection)
        self.names_now: dict[str, str | None] = {}
        """By the name that a table will have; None is one that the migration itself has made."""
        self.new_columns: set[tuple[str, str]] = set()
        self.altered: set[str] = set()

    def look(self, operations: Iterable[Operation]) -> Iterator[str]:
        for operation in operations:
            if isinstance(operation, RunSQL):
                if _deletes(operation.sql, self.catalog.dialect):
                    yield operation.describe()
            else:
                for loss in operation.destroys:
                    if not self._is_harmless(operation, loss) and (rows := self._rows(loss)):
                        yield f"{loss.told} ({rows})"
            self._follow(operation)

    def _follow(self, operation: Operation) -> None:
        match operation:
            case CreateTable(name, if_not_exists=False):
                self.names_now[name] = None
            case RenameTable(name, new_name):
                self.names_now[new_name] = self.names_now.pop(name, name)
            case AlterTable(name, changes):
                self.altered.add(name)
                self.new_columns |= {
                    (name, each.name) for each in changes if isinstance(each, AddColumn)
                }

    def _is_harmless(self, operation: Operation, loss: Loss) -> bool:
        """Whether it is of what the migration has made, or holds no less than before."""
        if (loss.table, loss.column) in self.new_columns:
            return True
        if not isinstance(operation, AlterTable) or loss.table in self.altered:
            return False
        changes = [each for each in operation.changes if each.destroys == loss.column]
        return len(changes) == 1 and self._holds_no_less(loss, changes[0])

    def _holds_no_less(self, loss: Loss, change: object) -> bool:
        table = self.catalog.find(loss.table)
        if not isinstance(change, ChangeColumn) or table is None:
            return False
        with suppress(OperationError):
            old = table.column(loss.column).type
            new = change.after(table, self.catalog).column(loss.column).type
            return self._is_as_wide(old, new)
        return False

    def _is_as_wide(self, old: str, new: str) -> bool:
        types = self.catalog.dialect.types
        if types.stored(old) == types.stored(new):
            return True
        one, other = (types.reported(SqlType.parse(each)) for each in (old, new))
        is_longer = one.length is not None and (other.length or 0) >= one.length
        return is_text(new) and one.name == other.name and is_longer

    def _rows(self, loss: Loss) -> str:
        """How many there are, as far as it can be told; empty where there are none."""
        name = self.names_now.get(loss.table, loss.table)
        if name is None:
            return ""
        return rows_of(self.connection, self.catalog.key(name))


def _deletes(sql: str, dialect: Dialect) -> bool:
    """Whether SQL of the writer's own says that it takes rows along. What a procedure or a function
    does nobody knows."""
    with suppress(OperationError):
        return any(_takes_rows(each, dialect) for each in statements_of(sql, dialect))
    return False


def _takes_rows(statement: str, dialect: Dialect) -> bool:
    words = [token.text.upper() for token in tokenize(statement, dialect) if token.kind == "word"]
    match words:
        case ["DELETE" | "TRUNCATE" | "REPLACE" | "MERGE", *_]:
            return True
        case ["DROP", *rest] | ["CREATE", "OR", "REPLACE", *rest]:
            return any(word in _HOLDING_ROWS for word in rest[:2])
        case ["ALTER", *rest]:
            return not {"DROP", "TRUNCATE"}.isdisjoint(rest)
        case ["WITH", *rest]:
            return not {"DELETE", "MERGE"}.isdisjoint(rest)
    return False
