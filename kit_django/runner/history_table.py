"""The history's table: its columns, how it is made, and how one that is there differs from it.

A row whose ``applied_at`` is null is claimed and not finished. Where DDL is transactional nobody
else ever sees such a row; elsewhere it outlives its runner, and is what a failed migration
leaves behind.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps.registry import Apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now

from kit_django.conf import LONGEST_ENVIRONMENT, get_settings
from kit_django.exceptions import HistoryError
from kit_django.runner.databases import database_of
from kit_django.schema.dialects import dialect_of

if TYPE_CHECKING:
    Column = models.Field[Any, Any]


class HistoryRow(NamedTuple):
    """What the history says of one migration. There may be thousands, each time."""

    id: int
    name: str
    batch: int
    checksum: str
    applied_at: datetime | None
    statements: int
    duration_ms: int | None
    statement: str | None = None
    """Of a failed row: the statement that had begun, where kit kept it."""
    environment: str | None = None
    """That of the runner who applied it."""
    host: str | None = None
    username: str | None = None
    """Where, and as whom, it was applied; of a row made before this was noted, neither is known."""

    @property
    def is_claimed(self) -> bool:
        """Somebody has begun it, or its rollback, and is at work or has been stopped."""
        return self.applied_at is None

    @property
    def is_failed(self) -> bool:
        """Of a claimed row whose runner is gone: whether a statement had begun."""
        return self.is_claimed and self.statements > 0

    @property
    def was_applied(self) -> bool:
        """Of a failed row: whether it was a rollback that failed, not the migration itself."""
        return self.duration_ms is not None

    @property
    def counts_as_applied(self) -> bool:
        """Of a row that has not failed: a claim under which nothing had begun changes nothing."""
        return self.was_applied or not self.is_claimed


COLUMNS = HistoryRow._fields
LATER = ("statement", "environment", "host", "username")
"""The columns that the first form of the table did not have."""


class UtcNow(Now):
    """The time by the database's clock; MySQL's CURRENT_TIMESTAMP is that of the server's zone."""

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="UTC_TIMESTAMP(6)", **context)


class AnyText(models.TextField):  # type: ignore[type-arg]
    """A text of any characters, whatever the database's own character set is."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, str | None]:
        collation = database_of(connection).collation_of_any_text
        return {**super().db_parameters(connection), "collation": collation}


class HistoryTable:
    """The table of one database that keeps the history."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.database = database_of(connection)
        self.table = get_settings().history_table
        self._model = _row_model(self.table)
        self._is_older = False

    def exists(self) -> bool:
        """Raises HistoryError where something else has the table's name."""
        with self.connection.cursor() as cursor:
            found = self.connection.introspection.get_table_list(cursor)
        kinds = [info.type for info in found if info.name == self.table]
        if "v" in kinds:
            raise HistoryError(
                f"{self.table!r} is a view, and kit keeps its history in a table of that name. Give "
                f'kit\'s another name in settings.KIT["HISTORY_TABLE"], or rename the view. '
                f"Nothing was run."
            )
        return bool(kinds)

    def create(self) -> None:
        """Make the table. The caller holds the lock."""
        with self.connection.cursor() as cursor:
            cursor.execute(self.create_sql())

    def drop(self) -> None:
        """Take the table away. The caller holds the lock."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {self._quoted_table}")

    def create_sql(self) -> str:
        sql, _ = self.connection.schema_editor().table_sql(self._model)
        return str(sql)

    def claim_sql(self, name: str, batch: int, checksum: str) -> str:
        """One statement for ``claim`` and ``finish``, for a person to read or run."""
        columns = (
            *("name", "batch", "checksum", "applied_at", "statements", "duration_ms"),
            "environment",
        )
        values = (
            self._literal(name),
            str(batch),
            self._literal(checksum),
            self.database.utc_now,
            "0",
            "0",
            self._literal(get_settings().environment),
        )
        names = ", ".join(dialect_of(self.connection).quote_name(column) for column in columns)
        return f"INSERT INTO {self._quoted_table} ({names}) VALUES ({', '.join(values)})"

    def remove_sql(self, name: str) -> str:
        """The statement for ``remove``, for a person to read or run."""
        condition = f"{dialect_of(self.connection).quote_name('name')} = {self._literal(name)}"
        return f"DELETE FROM {self._quoted_table} WHERE {condition}"

    def _bring_up_to_date(self) -> None:
        editor = self.connection.schema_editor()
        lacks, _ = self._differences()
        for name in sorted(lacks):
            field: Any = self._model._meta.get_field(name)
            column, _ = editor.column_sql(self._model, field)
            quoted = dialect_of(self.connection).quote_name(name)
            with self.connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE {self._quoted_table} ADD COLUMN {quoted} {column}")
        self._is_older = False

    def _odd_columns(self) -> str:
        """How the table differs from what this release makes."""
        lacks, has = (", ".join(sorted(names)) for names in self._differences())
        return (f" It lacks {lacks}." if lacks else "") + (
            f" It has columns that this release does not know: {has}." if has else ""
        )

    def _differences(self) -> tuple[set[str], set[str]]:
        """The columns that the table lacks, and those that it has besides and that want a value."""
        with self._savepoint(), self.connection.cursor() as cursor:
            found = self.connection.introspection.get_table_description(cursor, self.table)
        needs = {each.name for each in found if not each.null_ok and each.default is None}
        return set(COLUMNS) - {column.name for column in found}, needs - set(COLUMNS)

    @property
    def _quoted_table(self) -> str:
        return self._quoted(self.table)

    @functools.cached_property
    def _own_table(self) -> str:
        """Asked for before a migration begins: it may go to another schema or database."""
        return self.database.quoted_table(self.table)

    def _quoted(self, name: str) -> str:
        return dialect_of(self.connection).quote_name(name)

    def _literal(self, text: str) -> str:
        return dialect_of(self.connection).quote_literal(text)

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        # A missing table must not break the transaction of a caller that has one.
        if not self.connection.in_atomic_block:
            yield
            return
        with transaction.atomic(using=self.connection.alias):
            yield


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
        statement: Column = AnyText(null=True)
        environment: Column = models.CharField(max_length=LONGEST_ENVIRONMENT, null=True)
        host: Column = AnyText(null=True)
        username: Column = AnyText(null=True)

        class Meta:
            apps = Apps()
            app_label = "kit_django"
            db_table = table

    return Row
