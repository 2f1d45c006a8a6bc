"""Which migrations have been applied. The only SQL on the history's rows is here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, OperationalError, ProgrammingError, models
from django.utils import timezone

from kit_django.conf import get_settings
from kit_django.exceptions import HistoryError
from kit_django.runner import who
from kit_django.runner.databases.sessions import NOTHING, Answer, Question
from kit_django.runner.history_table import COLUMNS, LATER, HistoryRow, HistoryTable, UtcNow
from kit_django.runner.words import words

if TYPE_CHECKING:
    Column = models.Field[Any, Any]


class NotClaimed(Exception):
    """The history did not let a migration be claimed. Once the transaction is over,
    ``History.explain`` looks whether another runner was faster."""


class History(HistoryTable):
    """The history of one database. Each method is one statement, in the caller's transaction."""

    def rows(self) -> tuple[HistoryRow, ...]:
        """All rows, oldest first; none where there is no table. One query.

        Raises HistoryError where the table is not one of ours.
        """
        try:
            found = self._read(COLUMNS)
        except UNREADABLE as error:
            raise HistoryError(self._unreadable_time()) from error
        except DatabaseError as error:
            if not self.exists():
                return ()
            otherwise = self._read_otherwise()
            if otherwise is not None:
                return otherwise
            raise HistoryError(
                f"The history table {self.table!r} cannot be read: {words(error)}."
                f"{self._odd_columns()} If it is a table of another kind, give kit's another name "
                f'in settings.KIT["HISTORY_TABLE"]; kit has not touched it.'
            ) from error
        rows = tuple(self._row(*values) for values in found)
        self._refuse_twins(rows)
        return rows

    def _refuse_twins(self, rows: Sequence[HistoryRow]) -> None:
        """A table that was copied may have lost its keys, and then holds a migration twice."""
        names = [row.name for row in rows]
        if len(set(names)) == len(names) and len({row.id for row in rows}) == len(rows):
            return
        twice = next((name for name in names if names.count(name) > 1), "")
        found = f"{names.count(twice)} rows of migration {twice}" if twice else "rows with one id"
        raise HistoryError(
            f"The history table {self.table!r} has {found}: it has lost its keys. {self._keys()}"
        )

    def _keys(self) -> str:
        return (
            f"Leave each migration one row with an id of its own, and give the table its keys again: "
            f"{self.create_sql()}"
        )

    def _read(self, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
        with self._savepoint():
            return list(self._rows.order_by("id").values_list(*columns, IS_CLAIMED))

    def writable_rows(self) -> tuple[HistoryRow, ...]:
        """All rows; a table of an older form gets what it lacks. The caller holds the lock."""
        rows = self.rows()
        if self._is_older:
            self._bring_up_to_date()
        return rows

    def settled_rows(self) -> tuple[HistoryRow, ...]:
        """The rows, without claims whose runner ended before its first statement: the migration is
        as it was before. The caller holds the lock."""
        rows = self.writable_rows()
        unbegun = [row for row in rows if row.is_claimed and not row.is_failed]
        for row in unbegun:
            if row.was_applied:
                self._update(row.id, applied_at=UtcNow())
            else:
                self.remove(row.id)
        return self.rows() if unbegun else rows

    def _read_otherwise(self) -> tuple[HistoryRow, ...] | None:
        """The rows of a table that was made just now, or that is of an older form."""
        lacks, _ = self._differences()
        if not lacks <= set(LATER):
            return None
        self._is_older = bool(lacks)
        columns = tuple(column for column in COLUMNS if column not in lacks)
        try:
            found = self._read(columns)
        except DatabaseError:
            return None
        rows = (dict(zip((*columns, CLAIMED), values, strict=True)) for values in found)
        return tuple(self._row(*map(row.get, (*COLUMNS, CLAIMED))) for row in rows)

    def claim(self, name: str, batch: int, checksum: str, statements: int = 0) -> int:
        """Make an unfinished row and return its id; ``statements`` counts as begun at once.

        Raises NotClaimed.
        """
        row_id, _ = self.claim_and_ask(NOTHING, name, batch, checksum, statements)
        return row_id

    def claim_and_ask(
        self, question: Question, name: str, *values: Any
    ) -> tuple[int, Sequence[Any]]:
        """The same, and what the statement answers besides."""
        try:
            return self._insert(question, name, *values, *self._noted.values())
        except (DatabaseError, OverflowError) as error:
            raise NotClaimed(name) from error

    def _insert(self, question: Question, name: str, *values: Any) -> tuple[int, Sequence[Any]]:
        with self.connection.cursor() as cursor:
            sql = ", ".join((self._claiming, *question.columns))
            cursor.execute(sql, [name, *values, *question.params])
            if self.connection.features.can_return_columns_from_insert:
                row = cursor.fetchone()
            else:
                row = (self.connection.ops.last_insert_id(cursor, self.table, "id"),)
        if row is None:
            raise HistoryError(
                f"The history table {self.table!r} did not take the row of {name}: a rule or "
                f"trigger keeps it out. Look at the table before you go on."
            )
        if not row[0]:
            raise HistoryError(
                f"The history table {self.table!r} does not number its rows: it has lost its keys. "
                f"{self._keys()}"
            )
        return int(row[0]), row[1:]

    @cached_property
    def _claiming(self) -> str:
        columns = ("name", "batch", "checksum", "statements", *self._noted)
        names, marks = ", ".join(map(self._quoted, columns)), ", ".join(["%s"] * len(columns))
        sql = f"INSERT INTO {self._own_table} ({names}) VALUES ({marks})"
        returns = self.connection.features.can_return_columns_from_insert
        return f"{sql} RETURNING {self._quoted('id')}" if returns else sql

    @cached_property
    def _noted(self) -> dict[str, str | None]:
        """What a row says of the run that has made it."""
        return {
            "environment": get_settings().environment,
            "host": who.host(),
            "username": who.username(),
        }

    def explain(self, refusal: NotClaimed) -> HistoryRow | None:
        """The row that another runner has made, None where it has removed one.

        Raises HistoryError where it was not another runner that kept the migration from being
        claimed.
        """
        name, rows = refusal.args[0], self.rows()
        row = next((row for row in rows if row.name == name), None)
        if row is None and refusal.__cause__ is not None:
            raise HistoryError(self._why_refused(name, refusal.__cause__, rows)) from refusal
        if row is not None and row.id in refusal.args[1:] and not row.is_failed:
            raise HistoryError(self._without_row(row.id))
        return row

    def _why_refused(self, name: str, error: BaseException, rows: tuple[HistoryRow, ...]) -> str:
        said = (
            f"The history table {self.table!r} does not take the row of migration {name}, and has "
            f"none of that name: {words(error)}. The migration was not run."
        )
        twins = [row.name for row in rows if row.name.rstrip().casefold() == name.casefold()]
        if twins:
            return f"{said} Its row {twins[0]!r} counts as the same name there. Correct that row."
        newest = max((row.id for row in rows), default=0)
        mend = self.database.sql_to_number_on(self.table, newest)
        if mend:
            return f"{said} Its numbering is behind its newest id, {newest}. Run: {mend}"
        return f"{said}{self._odd_columns()} Mend the table, then run the command again."

    def _unreadable_time(self, whose: str = "") -> str:
        return (
            f"The history table {self.table!r} has an applied_at{whose} that is no time. Write one "
            f"there, then run the command again."
        )

    def finish(self, row_id: int, duration_ms: int, question: Question = NOTHING) -> Answer:
        """The migration of the claimed row has been applied; and what the statement answers besides."""
        return self._set(self._finished, row_id, duration_ms, question=question)

    @cached_property
    def _finished(self) -> str:
        now, _ = self._rows.query.get_compiler(connection=self.connection).compile(UtcNow())
        applied_at, duration, statement = map(
            self._quoted, ("applied_at", "duration_ms", "statement")
        )
        return f"{applied_at} = {now}, {duration} = %s, {statement} = NULL"

    def record_all(self, migrations: Iterable[tuple[str, str]], batch: int) -> None:
        """Names and checksums that count as applied, in that order."""
        same = {"batch": batch, "applied_at": UtcNow(), "duration_ms": 0, **self._noted}
        rows = (self._model(name=name, checksum=checksum, **same) for name, checksum in migrations)
        self._rows.bulk_create(rows)

    def environment(self) -> str:
        """That of the oldest migration that has one: the database's; empty where there is none."""
        marked = self._rows.exclude(environment=None).order_by("id")
        try:
            with self._savepoint():
                found: str | None = marked.values_list("environment", flat=True).first()
        except (ProgrammingError, OperationalError):  # no such table, or one of another form
            return ""
        return found or ""

    def mark(self, environment: str) -> int:
        """Let the database be of that environment. How many rows say so now."""
        return self._rows.update(environment=environment)

    def begin_statement(self, row_id: int, number: int, statement: str | None = None) -> None:
        """The migration is about to run its statement of that number; its text is one to be shown."""
        said = f"{self._quoted('statements')} = %s, {self._quoted('statement')} = %s"
        self._set(said, row_id, number, statement)

    def reopen(self, row: HistoryRow, statements: int = 0) -> bool:
        """Claim an applied row, to roll it back. False where another runner was faster."""
        applied_at, begun, key = map(self._quoted, ("applied_at", "statements", "id"))
        sql = (
            f"UPDATE {self._own_table} SET {applied_at} = NULL, {begun} = %s "
            f"WHERE {key} = %s AND {applied_at} IS NOT NULL"
        )
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [statements, row.id])
            return int(cursor.rowcount) == 1

    def restore(self, row: HistoryRow) -> None:
        """Write an applied row as it was when it was read."""
        values = {"applied_at": row.applied_at, "statements": row.statements}
        self._update(row.id, **values, statement=None)

    def accept(self, row: HistoryRow, checksum: str) -> None:
        """The migration counts as applied, in the form that has this checksum."""
        applied_at = UtcNow() if row.is_claimed else row.applied_at
        values = {"checksum": checksum, "duration_ms": row.duration_ms or 0}
        self._update(row.id, applied_at=applied_at, **values, statement=None)

    def remove(self, row_id: int) -> None:
        """The migration is not applied."""
        count, _ = self._rows.filter(id=row_id).delete()
        self._refuse_unless_one(row_id, count)

    def _set(self, said: str, row_id: int, *values: Any, question: Question = NOTHING) -> Answer:
        """As ``_update``, for what is written of each migration: without Django's queries, whose making
        takes longer than the database does."""
        sql = f"UPDATE {self._own_table} SET {said} WHERE {self._quoted('id')} = %s"
        if question:
            sql = f"{sql} RETURNING {', '.join(question.columns)}"
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [*values, row_id, *question.params])
            self._refuse_unless_one(row_id, cursor.rowcount)
            answer: Answer = cursor.fetchone() if question else None
        return answer

    def _update(self, row_id: int, **values: Any) -> None:
        self._refuse_unless_one(row_id, self._rows.filter(id=row_id).update(**values))

    def _refuse_unless_one(self, row_id: int, count: int) -> None:
        if count != 1:
            raise HistoryError(self._without_row(row_id))

    def _without_row(self, row_id: int) -> str:
        return (
            f"The history table {self.table!r} did not change its row with id {row_id}: it has none "
            f"any more, or a rule or trigger keeps it as it is. Look at the table and at "
            f"migrate_status before you go on."
        )

    @property
    def _rows(self) -> models.QuerySet[Any]:
        return self._model._default_manager.using(self.connection.alias)

    def _row(self, *values: Any) -> HistoryRow:
        *known, is_claimed = values
        row = HistoryRow._make(known)
        if row.applied_at is None:
            if not is_claimed:
                raise HistoryError(self._unreadable_time(f" of {row.name}"))
        elif timezone.is_naive(row.applied_at):
            zone = self.database.zone_of_naive_times
            row = row._replace(applied_at=row.applied_at.replace(tzinfo=zone))
        return row


CLAIMED = "is claimed"
# What Django's converters and the drivers raise over a time that is none.
UNREADABLE = (ValueError, TypeError, AttributeError)
IS_CLAIMED = models.ExpressionWrapper(
    models.Q(applied_at__isnull=True), output_field=models.BooleanField()
)
