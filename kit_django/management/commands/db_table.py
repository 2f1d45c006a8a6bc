"""``db_table``: all of one table, as Laravel's ``db:table``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import UsageError
from kit_django.management.base import KitCommand, add_database, describe_database
from kit_django.management.commands.db_show import add_counts, measured
from kit_django.management.describing import Reference, table_lines
from kit_django.meant import did_you_mean
from kit_django.runner.counting import count_rows
from kit_django.schema.facts import Key, Table, display_name
from kit_django.schema.introspection import (
    introspect,
    introspect_table,
    measures,
    referencing_tables,
    schema_names,
    table_keys,
)
from kit_django.schema.introspection.measures import Measure


class Command(KitCommand):
    help = "Shows a table: its columns, keys both ways, indexes, checks and triggers."
    examples = ("orders", "audit.events --counts")

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("name", help='The table; "schema.table" for one of another schema.')
        add_counts(parser)
        add_database(parser)

    def run(self, **options: Any) -> None:
        connection = connections[options["database"]]
        table = find(connection, options["name"])
        measure = measures(connection).get(table.key, Measure())
        rows = count_rows(connection, table.key) if options["counts"] else None
        referring = references(connection, table)
        data = {
            **asdict(table),
            **measured(measure, rows),
            "referenced_by": [
                {"table": display_name(each.table), **asdict(each.key)} for each in referring
            ],
        }
        self.report.answer(data, self.coloured(table_lines(table, measure, referring, rows)))

    def coloured(self, lines: Iterator[str]) -> Iterator[str]:
        """What stands at the beginning of a line is the heading of others, which are set in."""
        yield self.style.MIGRATE_HEADING(next(lines))
        for line in lines:
            yield line if line.startswith(" ") else self.style.MIGRATE_LABEL(line)


def find(connection: BaseDatabaseWrapper, name: str) -> Table:
    """The table, or view, of that name. Raises UsageError, with the name that was meant."""
    schema, dot, rest = name.partition(".")
    keys: list[Key] = [(None, name), *([(schema, rest)] if dot else [])]
    for own_schema, own_name in keys:
        table = introspect_table(connection, own_name, own_schema)
        if table is not None:
            return table
    known = [display_name(key) for key in table_keys(connection, schema_names(connection), True)]
    hint = did_you_mean(name, known) or " db_show lists what there is."
    raise UsageError(f"There is no table {name!r} in {describe_database(connection)}.{hint}")


def references(connection: BaseDatabaseWrapper, table: Table) -> list[Reference]:
    """The foreign keys that refer to it, its own included."""
    found = introspect(connection, tables=referencing_tables(connection, table.name, table.schema))
    return [
        Reference(other.key, key)
        for other in found
        for key in other.foreign_keys
        if (key.to_schema, key.to_table) == table.key
    ]
