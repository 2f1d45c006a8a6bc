"""The history table: which migrations have been applied. The only SQL on it is here.

A row whose ``applied_at`` is null is claimed and not finished. Where DDL is transactional nobody
else ever sees such a row; elsewhere it outlives its runner, and is what a failed migration
leaves behind.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps.registry import Apps
from django.db import DatabaseError, IntegrityError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now
from django.utils import timezone

from kit_django.conf import get_settings
from kit_django.exceptions import HistoryError
from kit_django.runner.databases import database_of
from kit_django.runner.words import words
from kit_django.schema.quoting import quote_literal, quote_name

if TYPE_CHECKING:
    Column = models.Field[Any, Any]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """What the history says of one migration."""

    id: int
    name: str
    batch: int
    checksum: str
    applied_at: datetime | None
    statements: int
    duration_ms: int | None

    @property
    def is_failed(self) -> bool:
        return self.applied_at is None

    @property
    def was_applied(self) -> bool:
        """Of a failed row: whether it was a rollback that failed, not the migration itself."""
        return self.duration_ms is not None


class NameTaken(Exception):
    """The migration has a row already: another runner was faster."""


class UtcNow(Now):
    """The time by the database's clock; MySQL's CURRENT_TIMESTAMP is that of the server's zone."""

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="UTC_TIMESTAMP(6)", **context)


class History:
    """The history of one database. Each method is one statement, in the caller's transaction."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.database = database_of(connection)
        self.table = get_settings().history_table
        self._model = _row_model(self.table)

    def rows(self) -> tuple[HistoryRow, ...]:
        """All rows, oldest first; none where there is no table. One query.

        Raises HistoryError where the table is not one of ours.
        """
        columns = [field.name for field in fields(HistoryRow)]
        try:
            with self._savepoint():
                found = list(self._rows.order_by("id").values_list(*columns))
        except DatabaseError as error:
            if not self.exists():
                return ()
            raise HistoryError(
                f"The history table {self.table!r} cannot be read: {words(error)}. "
                f"If it is a table of another kind, give kit's another name in "
                f'settings.KIT["HISTORY_TABLE"]; kit has not touched it.'
            ) from error
        return tuple(self._row(values) for values in found)

    def exists(self) -> bool:
        return self.table in self.connection.introspection.table_names()

    def create(self) -> None:
        """Make the table. The caller holds the lock."""
        with self.connection.cursor() as cursor:
            cursor.execute(self.create_sql())

    def claim(self, name: str, batch: int, checksum: str) -> int:
        """Make an unfinished row and return its id. Raises NameTaken where there is a row."""
        try:
            row = self._rows.create(name=name, batch=batch, checksum=checksum)
        except IntegrityError as error:
            raise NameTaken(name) from error
        return int(row.pk)

    def finish(self, row_id: int, duration_ms: int) -> None:
        """The migration of the claimed row has been applied."""
        self._rows.filter(id=row_id).update(applied_at=UtcNow(), duration_ms=duration_ms)

    def begin_statement(self, row_id: int, number: int) -> None:
        """The migration is about to run its statement of that number."""
        self._rows.filter(id=row_id).update(statements=number)

    def reopen(self, row: HistoryRow) -> bool:
        """Claim an applied row, to roll it back. False where another runner was faster."""
        applied = self._rows.filter(id=row.id, applied_at__isnull=False)
        return applied.update(applied_at=None, statements=0) == 1

    def restore(self, row: HistoryRow) -> None:
        """Write an applied row as it was when it was read."""
        values = {"applied_at": row.applied_at, "statements": row.statements}
        self._rows.filter(id=row.id).update(**values)

    def accept(self, row: HistoryRow, checksum: str) -> None:
        """The migration counts as applied, in the form that has this checksum."""
        applied_at = UtcNow() if row.is_failed else row.applied_at
        self._rows.filter(id=row.id).update(
            applied_at=applied_at, checksum=checksum, duration_ms=row.duration_ms or 0
        )

    def remove(self, row_id: int) -> None:
        """The migration is not applied."""
        self._rows.filter(id=row_id).delete()

    def create_sql(self) -> str:
        sql, _ = self.connection.schema_editor().table_sql(self._model)
        return str(sql)

    def claim_sql(self, name: str, batch: int, checksum: str) -> str:
        """One statement for ``claim`` and ``finish``, for a person to read or run."""
        columns = ("name", "batch", "checksum", "applied_at", "statements", "duration_ms")
        values = (
            self._literal(name),
            str(batch),
            self._literal(checksum),
            self.database.utc_now,
            "0",
            "0",
        )
        names = ", ".join(quote_name(self.connection, column) for column in columns)
        return f"INSERT INTO {self._quoted_table} ({names}) VALUES ({', '.join(values)})"

    def remove_sql(self, name: str) -> str:
        """The statement for ``remove``, for a person to read or run."""
        condition = f"{quote_name(self.connection, 'name')} = {self._literal(name)}"
        return f"DELETE FROM {self._quoted_table} WHERE {condition}"

    @property
    def _rows(self) -> models.QuerySet[Any]:
        return self._model._default_manager.using(self.connection.alias)

    @property
    def _quoted_table(self) -> str:
        return quote_name(self.connection, self.table)

    def _literal(self, text: str) -> str:
        return quote_literal(self.connection, text)

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        # A missing table must not break the transaction of a caller that has one.
        if not self.connection.in_atomic_block:
            yield
            return
        with transaction.atomic(using=self.connection.alias):
            yield

    def _row(self, values: tuple[Any, ...]) -> HistoryRow:
        row = HistoryRow(*values)
        if row.applied_at is None or timezone.is_aware(row.applied_at):
            return row
        zone = self.database.zone_of_naive_times
        return replace(row, applied_at=row.applied_at.replace(tzinfo=zone))


@functools.cache
def _row_model(table: str) -> type[models.Model]:
    """The table's model, outside the project's own registry of models."""

    class Row(models.Model):
        id: Column = models.BigAutoField(primary_key=True)
        name: Column = models.CharField(max_length=255, unique=True)
        batch: Column = models.PositiveIntegerField()
        checksum: Column = models.CharField(max_length=64)
        applied_at: Column = models.DateTimeField(null=True)
        statements: Column = models.PositiveIntegerField(default=0)
        duration_ms: Column = models.PositiveBigIntegerField(null=True)

        class Meta:
            apps = Apps()
            app_label = "kit_django"
            db_table = table

    return Row
