"""The functions that name what is gone: PostgreSQL leaves their text as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kit_django.runner.events import Renaming
from kit_django.schema.catalog import Catalog, table_key
from kit_django.schema.dialects.postgresql import POSTGRESQL
from kit_django.schema.introspection.postgresql.routines import Routine, read_routines
from kit_django.schema.sql.bodies import uses_column, uses_column_of_row, uses_table


def notes(catalog: Catalog, steps: Iterable[Renaming]) -> Iterator[str]:
    """One for each table and column that is gone and that functions use."""
    gone = [step for step in dict.fromkeys(steps) if _is_gone(step, catalog)]
    routines = read_routines(catalog.connection) if gone else []
    for step in gone:
        if names := [each.name for each in routines if _uses(each, step)]:
            what = f"column {step.column!r} of {step.table!r}" if step.column else repr(step.table)
            now = f"is called {step.new!r} now" if step.new else "is gone"
            yield (
                f"{what[0].upper()}{what[1:]} {now}, and PostgreSQL changes nothing in the text of "
                f"functions that seem to use it: {', '.join(names)}. Look, and make them anew."
            )


def _is_gone(step: Renaming, catalog: Catalog) -> bool:
    """Where a table is gone with its columns, that is said of the table."""
    table = catalog.find(step.table)
    return (
        not step.column
        if table is None
        else bool(step.column) and not table.has_column(step.column)
    )


def _uses(routine: Routine, step: Renaming) -> bool:
    table = table_key(step.table)[1]
    if not step.column:
        return uses_table(routine.body, table, POSTGRESQL)
    return uses_column(routine.body, table, step.column, POSTGRESQL) or (
        table in routine.tables and uses_column_of_row(routine.body, step.column, POSTGRESQL)
    )
