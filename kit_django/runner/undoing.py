"""Taking back what a migration had done before it failed, where there is no transaction to do it.

What is said of it was looked at: "undone" is what has come back whole, rows too; all else stays on
record as failed, with what had been done.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from django.db import Error

from kit_django.exceptions import HistoryError, MigrationFailed
from kit_django.operations.base import Operation
from kit_django.operations.schema import Schema, inverses
from kit_django.operations.tables import CreateTable
from kit_django.runner.databases import database_of
from kit_django.runner.databases.causes import ADVICE
from kit_django.runner.databases.sessions import Session
from kit_django.runner.failures import to_be_shown
from kit_django.runner.standing import Standing, standing
from kit_django.runner.units import Unit
from kit_django.runner.watch import Journal, Watch
from kit_django.runner.words import words
from kit_django.schema.dialects import Dialect, dialect_of
from kit_django.schema.sql.tokens import tokenize

LOOK = "The database does not answer. See migrate_status once it does."
NOTHING_LEFT = "Nothing of it is left."
MOST_LISTED = 10


def undo(
    unit: Unit, cause: BaseException, schema: Schema, journal: Journal, session: Session
) -> str:
    """Take back what was done, if all of it can be, and say how it went."""
    done, is_undone = schema.operations, journal.count == 0
    try:
        session.recover()
        if journal.has_changed_anything:
            _perform_inverses(schema, journal, dialect_of(session.connection))
            if lost := [loss.told for operation in done for loss in operation.destroys]:
                return _without_rows(unit, lost)
        is_undone = True
        unit.abandon()
    except Exception as error:
        stands = standing(unit.history, unit.name)
        if stands == unit.ends or (is_undone and stands == unit.begins):
            return after_rollback(unit, cause, stands)
        return _not_undone(unit, error, journal, done, stands)
    what = "What it had done was undone." if journal.has_changed_anything else NOTHING_LEFT
    return f"{what} {advice(unit, cause)}"


def after_rollback(unit: Unit, cause: BaseException, stands: Standing, done: str = "") -> str:
    """What is left once the migration's transaction is over, by what the history says; ``done`` tells
    of what was committed before."""
    if stands == unit.begins:
        return f"{NOTHING_LEFT} {advice(unit, cause)}"
    if stands == unit.ends:
        return (
            f"It is {'applied' if stands == 'applied' else 'rolled back'} all the same: what failed "
            f"came with or after its commit, as what on_commit() was given. Do that by hand; "
            f"{unit.command} would not run it again."
        )
    if stands == "unknown":
        return f"Whether anything of it is left cannot be told. {LOOK}"
    return (
        f"What it had done before it ended the transaction is committed, and it stays on record as "
        f"failed.{done} Mend the database by hand; then say which: {ways_out(unit)}."
    )


def committed(watch: Watch, schema: Schema | None) -> str:
    """What had been done when a migration ended its own transaction, as far as it can be told."""
    if schema is None:
        return ""
    other = " What it did by a cursor or models is not among them." if schema.reads_data else ""
    return f"{_listed(schema.operations if watch.committed is None else watch.committed)}{other}"


def _perform_inverses(schema: Schema, journal: Journal, dialect: Dialect) -> None:
    if schema.gave_connection or not _go_with_new_tables(journal.unexpected, schema, dialect):
        raise MigrationFailed("it had a cursor or models, and what those did has no inverse")
    if journal.has_rolled_back:
        raise MigrationFailed(
            "it rolled back changes itself, and which of them are left is not known"
        )
    if journal.is_amid_operation:
        raise MigrationFailed("what it had begun was half done, and only the whole has an inverse")
    for operation in inverses(schema.operations):
        schema.perform(operation)


def _go_with_new_tables(statements: Iterable[str], schema: Schema, dialect: Dialect) -> bool:
    """Whether all of them only put rows into tables that the migration has made."""
    made = {each.name for each in schema.operations if isinstance(each, CreateTable)}
    return all(_filled_table(sql, dialect) in made for sql in statements)


def _filled_table(sql: str, dialect: Dialect) -> str | None:
    match tokenize(sql, dialect)[:4]:
        case [insert, into, table, behind] if insert.is_word("INSERT") and into.is_word("INTO"):
            return None if behind.is_symbol(".") else table.name
    return None


def _without_rows(unit: Unit, lost: list[str]) -> str:
    return (
        f"Its changes of the schema were undone, but not what these may have done to rows: "
        f"{', '.join(lost)}. It stays on record as failed. Bring back what is missing, as from a "
        f"backup; then say which: {ways_out(unit)}."
    )


def _not_undone(
    unit: Unit,
    error: Exception,
    journal: Journal,
    done: Iterable[Operation],
    stands: Standing,
) -> str:
    return (
        f"It had begun statement {journal.count}, and could not be undone: "
        f"{words(error)}.{_listed(done)}{_left(unit, journal)} {_on_record(unit, stands)} Finish or undo it "
        f"by hand; then say which: {ways_out(unit)}."
    )


def _on_record(unit: Unit, stands: Standing) -> str:
    if stands == "unknown":
        return LOOK
    if stands == unit.begins:  # not by kit, which had claimed it
        return (
            f"The history has it as {'pending' if stands == 'absent' else 'applied'} all the same."
        )
    return "It stays on record as failed."


def _left(unit: Unit, journal: Journal) -> str:
    if not journal.half_way:
        return ""
    said = f" This may have had an effect though it failed: {to_be_shown(journal.half_way)}."
    if "CONCURRENTLY" not in journal.half_way.upper():
        return said
    if not journal.half_way_is_writers:
        return f"{said} An index that it left invalid is replaced by the next run."
    invalid = ", ".join(_invalid_indexes(unit))
    if not invalid:
        return said
    return f"{said} Invalid now: {invalid}. Drop what it left of these (DROP INDEX) before the next run."


def _invalid_indexes(unit: Unit) -> tuple[str, ...]:
    with suppress(Error):
        return database_of(unit.history.connection).invalid_indexes()
    return ()


def _listed(done: Iterable[Operation]) -> str:
    """What a person who finishes or undoes it by hand will find."""
    lines = [operation.describe() for operation in done]
    more = f", and {len(lines) - MOST_LISTED} more" if len(lines) > MOST_LISTED else ""
    return f" Done before it: {', '.join(lines[:MOST_LISTED])}{more}." if lines else ""


def advice(unit: Unit, error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return f"Run {unit.command} again."
    if isinstance(error, HistoryError):
        return f"Once that is mended, run {unit.command} again."
    cause = database_of(unit.history.connection).cause_of(error)
    if cause is not None:
        return ADVICE[cause].format(command=unit.command)
    if unit.method == "up" and unit.loaded.migration.baseline:
        return (
            "It was read from a database: where its tables are there already, migrate_baseline records it. "
            "Else mend its up(), then run migrate again."
        )
    return f"Mend its {unit.method}(), then run {unit.command} again."


def ways_out(unit: Unit) -> str:
    return f"migrate_resolve {unit.name} --applied, or migrate_resolve {unit.name} --rolled-back"
