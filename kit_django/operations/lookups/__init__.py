"""Rows that stand in the way of a change are found before anything is touched.

A database finds them too, but only when it comes to that change; where each statement commits, half
of the block is done by then. What cannot be told beforehand is left to the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Protocol

from django.db import DataError, ProgrammingError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import OperationError
from kit_django.operations.changes.base import Needs
from kit_django.operations.lookups.conditions import Lookup, lookups
from kit_django.operations.lookups.rows import ROWS, Rows, key_alias
from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.tables.difference import Difference, own_names

Steps = Sequence[tuple[Difference, Needs]]
LONGEST_VALUE = 60


class Asking(Protocol):
    """What of an engine is needed to look something up."""

    connection: BaseDatabaseWrapper
    dialect: Dialect
    advice_on_loss: str

    @property
    def pretends(self) -> bool: ...

    def has_rows(self, table: facts.Table) -> bool: ...

    def loss(self, column: str, old: facts.Column, new: facts.Column) -> str | None: ...


def refuse_rows_in_the_way(engine: Asking, table: facts.Table, steps: Steps) -> None:
    """Raises OperationError with their count and one of them. Looks at nothing if SQL is collected."""
    if not engine.pretends:
        for told in rows_in_the_way(engine, table, steps):
            raise OperationError(f"{told} This operation has touched nothing.")


def rows_in_the_way(engine: Asking, table: facts.Table, steps: Steps) -> Iterator[str]:
    """For people: each kind of them, with their count and one of them, and what to do."""
    found = list(_lookups(engine, table, steps))
    if found and engine.has_rows(table):
        yield from filter(None, (_told(engine, lookup, keys) for lookup, keys in found))


def _lookups(
    engine: Asking, table: facts.Table, steps: Steps
) -> Iterator[tuple[Lookup, tuple[str, ...]]]:
    names = own_names(table)
    for step, needs in steps:
        names = {now: names[was] for now, was in step.names.items() if was in names}
        rows = Rows(engine.dialect, table, names, step.after)
        found = [*lookups(step, needs, rows)]
        if needs.using is None:
            found += _losses(engine, step, rows)
        yield from ((each, rows.keys) for each in found)


def _losses(engine: Asking, step: Difference, rows: Rows) -> Iterator[Lookup]:
    for _, new in step.changed_columns:
        if new.name not in rows.names:
            continue
        old = rows.table.column(rows.names[new.name])
        condition = engine.loss(f"{ROWS}.{engine.dialect.quote_name(old.name)}", old, new)
        if condition and not old.generated:
            yield Lookup(
                f"Column {old.name!r} of {rows.table.display_name!r} holds values that {new.type} "
                "cannot hold as they are",
                f"{rows.as_they_are()} WHERE {condition}",
                engine.advice_on_loss,
                (old.name,),
            )


def _told(engine: Asking, lookup: Lookup, keys: tuple[str, ...]) -> str:
    """Empty where there is no such row."""
    columns = {name: key_alias(number) for number, name in enumerate(keys)}
    columns |= {name: engine.dialect.quote_name(name) for name in lookup.shown if name not in keys}
    try:
        with _savepoint(engine):
            example = _row(
                engine, f"SELECT {', '.join(columns.values())} FROM {lookup.source} LIMIT 1"
            )
            if example is None:
                return ""
            (count,) = _row(engine, f"SELECT count(*) FROM {lookup.source}") or (1,)
    except (DataError, ProgrammingError):
        return ""  # it will be said of the change itself
    shown = ", ".join(
        f"{name} = {_shown(value)}" for name, value in zip(columns, example, strict=True)
    )
    return f"{lookup.problem}: {count} row(s), such as the one with {shown}. {lookup.advice}"


def _shown(value: Any) -> str:
    text = repr(bytes(value)) if isinstance(value, memoryview) else repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."


@contextmanager
def _savepoint(engine: Asking) -> Iterator[None]:
    in_transaction = engine.connection.in_atomic_block
    with transaction.atomic(engine.connection.alias) if in_transaction else nullcontext():
        yield


def _row(engine: Asking, sql: str) -> tuple[Any, ...] | None:
    with engine.connection.cursor() as cursor:
        cursor.execute(sql, None)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
