"""``db_show``: the tables of a database, as Laravel's ``db:show``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.management.base import KitCommand, add_database, describe_database
from kit_django.management.describing import aligned, rows_of, size_of
from kit_django.runner.counting import count_rows
from kit_django.schema.facts import Key, Table
from kit_django.schema.introspection import introspect, measures, schema_names
from kit_django.schema.introspection.measures import Measure


class Command(KitCommand):
    help = "Shows the tables of the database with their rows and sizes."
    examples = ("", "--counts --views")

    def add_options(self, parser: CommandParser) -> None:
        add_counts(parser)
        parser.add_argument("--views", action="store_true", help="Show views too.")
        add_database(parser)

    def run(self, **options: Any) -> None:
        connection = connections[options["database"]]
        found = introspect(
            connection, schemas=schema_names(connection), views=options["views"], partitions=True
        )
        known = measures(connection)
        counts = {
            table.key: count_rows(connection, table.key)
            for table in found
            if options["counts"] and "view" not in table.kind
        }
        data = [
            {
                "table": table.display_name,
                "kind": table.kind,
                **measured(known.get(table.key, Measure()), counts.get(table.key)),
            }
            for table in found
        ]
        lines = _lines(found.tables, known, counts, self.style.MIGRATE_LABEL)
        self.report.answer(
            data, [self.style.MIGRATE_HEADING(describe_database(connection)), "", *lines]
        )


def add_counts(parser: CommandParser) -> None:
    parser.add_argument(
        "--counts", action="store_true", help="Count the rows, in place of the estimate."
    )


def measured(measure: Measure, rows: int | None) -> dict[str, Any]:
    """As JSON has it; ``rows`` is None where nobody has counted."""
    return {
        "rows": rows,
        "estimated_rows": measure.rows,
        "bytes": measure.size,
        "engine": measure.engine,
    }


def _lines(
    tables: tuple[Table, ...],
    known: Mapping[Key, Measure],
    counts: Mapping[Key, int],
    label: Callable[[str], str],
) -> Iterator[str]:
    if not tables:
        yield "It has no tables."
        return
    rows = [("Table", "Rows", "Size", "")]
    for table in tables:
        measure = known.get(table.key, Measure())
        kind = "" if table.kind == "table" else table.kind
        rows.append(
            (
                table.display_name,
                rows_of(measure, counts.get(table.key)),
                size_of(measure.size),
                kind or measure.engine,
            )
        )
    head, *lines = aligned(rows, right=(1, 2))
    yield from (label(head), *lines, "")
    whole = size_of(sum(each.size or 0 for each in known.values()) or None)
    yield ", ".join(each for each in (f"{len(tables)} in all", whole) if each)
