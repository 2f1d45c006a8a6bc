"""Whether a migration does what it is to: in a copy of the database without its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.adopting.running import FAILURES, run, steps_of
from kit_django.codegen.verifying.judging import Picture, of_things, things
from kit_django.codegen.verifying.scratch import empty_database
from kit_django.operations.schema import Schema, inverses, record
from kit_django.schema import facts
from kit_django.schema.dialects import dialect_of
from kit_django.schema.whole import Whole, in_sessions


def proof(connection: BaseDatabaseWrapper, source: str, left: Callable[[], list[str]]) -> list[str]:
    """What is wrong with the migration, line by line. ``left`` says what of the models differs from
    the connection's database."""
    live = Picture.of(connection, with_dump=False)
    with empty_database(connection, "to prove the migration in", dict(live.around.database)):
        copy(connection, live)
        return list(_wrong(connection, source, left))


def _wrong(
    connection: BaseDatabaseWrapper, source: str, left: Callable[[], list[str]]
) -> Iterator[str]:
    before = _picture(connection)
    up, _ = steps_of(source)
    try:
        run(connection, up)
        yield from left()
        undone = inverses(record(up, connection))

        def down(schema: Schema) -> None:
            for each in undone:
                schema.perform(each)

        run(connection, down)
    except FAILURES as error:
        yield f"! {' '.join(str(error).split())}"
        return
    after = _picture(connection)
    names = things(before).keys() | things(after).keys()
    yield from (f"! a rollback leaves: {line}" for line in of_things(before, after, names))


def _picture(connection: BaseDatabaseWrapper) -> Picture:
    """With columns in the order of their names: one that comes back comes last."""
    found = Picture.of(connection, with_dump=False)
    tables = tuple(
        replace(table, columns=tuple(sorted(table.columns, key=lambda each: each.name)))
        for table in found.database
    )
    return replace(found, database=replace(found.database, tables=tables))


def copy(connection: BaseDatabaseWrapper, picture: Picture) -> None:
    """Make all of it that can be made in the connection's database, which is empty."""
    dialect = dialect_of(connection)
    groups = Whole(dialect, picture.database, picture.around).groups()
    steps: Iterator[tuple[facts.Settings, Sequence[str]]] = (
        (group.session, group.statements) for group in groups
    )
    connection.disable_constraint_checking()
    for statements in in_sessions(steps, dialect, lambda sql: (sql,)):
        for statement in statements:
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute(statement, None)
    connection.enable_constraint_checking()
