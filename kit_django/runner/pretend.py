"""``--pretend``: the SQL of migrations or rollbacks, and nothing changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import MigrationFailed
from kit_django.operations.schema import Schema, open_schema
from kit_django.operations.untouched import others_unchanged
from kit_django.runner.databases import database_of
from kit_django.runner.events import Pretended, Report
from kit_django.runner.failures import place
from kit_django.runner.history import History
from kit_django.runner.units import Unit
from kit_django.runner.words import words
from kit_django.schema.catalog import Catalog
from kit_django.schema.keys import Key

READS_DATA = "-- It reads data, or changes it by other means: what follows may differ."


def pretend(
    units: Iterable[Unit],
    connection: BaseDatabaseWrapper,
    report: Report,
    *,
    afresh: bool = False,
    kept: Collection[Key] = (),
) -> None:
    """Report each unit's SQL, that of its history row included. Raises MigrationFailed.

    With ``afresh`` it is the SQL for a database that has just been emptied; tables that are ``kept``
    are taken to be there again as they are.
    """
    database = database_of(connection)
    database.refuse_within_transaction()
    history = History(connection)
    is_missing = afresh or not history.exists()
    collected: list[str] = []
    # One schema for all of them: the next migration has to see the tables of the last.
    with (
        database.read_only(),
        others_unchanged(connection),
        open_schema(
            connection, collected, catalog=Catalog(connection, is_empty=afresh, kept=kept)
        ) as schema,
    ):
        for unit in units:
            if is_missing:
                report(Pretended(history.table, (history.create_sql(),)))
                is_missing = False
            report(Pretended(unit.name, _statements(unit, schema, collected)))


def _statements(unit: Unit, schema: Schema, collected: list[str]) -> tuple[str, ...]:
    collected.clear()
    schema.reads_data = False
    try:
        unit.work(schema)
    except Exception as error:
        raise MigrationFailed(
            f"{unit.what} {unit.name} cannot be pretended, in {place(unit, error)}: "
            f"{words(error)}. Nothing was changed."
        ) from error
    remarks = (READS_DATA,) if schema.reads_data else ()
    return (*remarks, *collected, unit.history_sql())
