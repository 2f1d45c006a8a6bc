"""What an up() or down() says, found out beforehand without doing any of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import OperationError
from kit_django.operations.base import Operation
from kit_django.operations.run_sql import RunSQL
from kit_django.operations.schema import Schema
from kit_django.operations.untouched import Guard, untouched
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """``is_whole`` is False where it came to what only the database can tell: more may follow."""

    operations: tuple[Operation, ...]
    is_whole: bool


def rehearse(method: Callable[[Schema], None], connection: BaseDatabaseWrapper) -> Rehearsed:
    """Raises what is wrong with what it says: an OperationError, or any error within a block, before
    anything was touched. What else it raises is left to the time when it is run.
    """
    with untouched() as guard:
        schema = _Rehearsal(connection, guard)
        try:
            method(schema)
            schema.refuse_loose_ends()
        except (Exception, SystemExit) as error:
            is_wrong = isinstance(error, OperationError) or schema.has_failed_in_block
            if is_wrong and schema.is_as_it_will_be:
                raise
            return Rehearsed(schema.operations, is_whole=False)
    return Rehearsed(schema.operations, schema.is_as_it_will_be)


class _Rehearsal(Schema):
    """Takes operations down, and asks the database for tables that none of them has touched."""

    def __init__(self, connection: BaseDatabaseWrapper, guard: Guard) -> None:
        super().__init__(connection)
        self._guard = guard
        self._catalog = Catalog(connection)
        self._is_at_a_loss = False

    @property
    def is_as_it_will_be(self) -> bool:
        """Whether nothing was asked that could not be answered."""
        return not (self._is_at_a_loss or self._guard.asked)

    def _find(self, table: str, what: str) -> facts.Table | None:
        is_unknown = table in self.touched or any(
            isinstance(each, RunSQL) for each in self.operations
        )
        if is_unknown:
            self._live(what)
        with self._guard.opened():
            return self._catalog.find(table)

    def _live(self, what: str) -> Engine:
        self._is_at_a_loss = True
        return super()._live(what)
