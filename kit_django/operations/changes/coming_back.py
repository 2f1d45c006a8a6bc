"""Whether ``.was`` says all of what a column was: a rollback makes what is said there.

Only what can be told for certain is looked at: of SQL, that there is some. A person may say more
than the column had: null=True or a default lets a column that may not be null come back to rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kit_django.exceptions import OperationError
from kit_django.operations.definitions.enums import enum_of
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.tables.dependents import check_of_type, columns_of, described
from kit_django.schema.tables.difference import Part
from kit_django.schema.tables.indexes import with_indexes_of_keys


def refuse_another_column(
    table: facts.Table, back: facts.Table, name: str, catalog: Catalog
) -> None:
    """Raises OperationError where a column that comes back would be another than it is now."""
    lost = next(_lost(table, back, name, catalog), None)
    if lost is not None:
        raise OperationError(
            f"Column {name!r} of {table.display_name!r} {lost}: a rollback would make another one. "
            "Say there all that the column is, or leave .was out and write down()."
        )


def _lost(table: facts.Table, back: facts.Table, name: str, catalog: Catalog) -> Iterator[str]:
    yield from _lost_of_column(table.column(name), back.column(name), catalog)
    for part in _lost_parts(table, back, name, catalog.dialect):
        yield f"has the {described(part)}, and .was does not say the same"


def _lost_of_column(column: facts.Column, back: facts.Column, catalog: Catalog) -> Iterator[str]:
    types = catalog.dialect.types
    is_enum = enum_of(column, catalog) or enum_of(back, catalog)
    if not is_enum and not types.same(column.type, back.type):
        yield f"is {column.type}, and .was says {back.type}"
    if column.null and not back.null:
        yield "may be null, and what .was says may not be null"
    if (column.generated is None) != (back.generated is None):
        yield "is not generated as .was says"
    if column.default is not None and back.default is None:
        yield f"has the default {column.default}, and what .was says has none"
    if column.comment and column.comment != back.comment:
        yield f"has the comment {column.comment!r}, and what .was says {back.comment!r}"


def _lost_parts(
    table: facts.Table, back: facts.Table, name: str, dialect: Dialect
) -> Iterator[Part]:
    """What stands on the column and would not be there again, by whatever name."""
    there = with_indexes_of_keys(back, dialect)
    known = [_plainest(each, there, dialect) for each in (*there.constraints, *there.indexes)]
    implied = check_of_type(table, name, dialect)
    for part in (*table.constraints, *table.indexes):
        is_its = name in columns_of(part, table, dialect) and part != implied
        if is_its and _plainest(part, table, dialect) not in known:
            yield part


def _plainest(part: Part, table: facts.Table, dialect: Dialect) -> object:
    """Without its name, and of its SQL only what columns are in it: each database words that anew."""
    columns = frozenset(columns_of(part, table, dialect))
    match part:
        case facts.Index():
            parts = tuple(replace(each, expression=None) for each in part.parts)
            where = None if part.where is None else ""
            return columns, replace(part, name="", sql="", where=where, parts=parts)
        case facts.Check():
            return columns, "check"
    return columns, replace(part, name="")
