"""Whether ``.was`` says all of what a column was: a rollback makes what is said there.

Only what can be told for certain is looked at: of SQL, that there is some. A person may say more
than the column had: null=True or a default lets a column that may not be null come back to rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kit_django.exceptions import OperationError
from kit_django.operations.definitions.enums import Labels, enum_of
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.types import is_text
from kit_django.schema.sql.differing import differing, differing_defaults
from kit_django.schema.sql.typed import labels_of_check
from kit_django.schema.tables.dependents import check_of_type, columns_of, described
from kit_django.schema.tables.difference import Part
from kit_django.schema.tables.indexes import with_indexes_of_keys


def refuse_another_column(
    table: facts.Table, back: facts.Table, name: str, catalog: Catalog, labels: Labels | None
) -> None:
    """Raises OperationError where a column that comes back would be another than it is now; ``labels``
    are those that ``.was`` says."""
    lost = next(_lost(table, back, name, catalog, labels), None)
    if lost is not None:
        raise OperationError(
            f"Column {name!r} of {table.display_name!r} {lost}: a rollback would make another one. "
            "Say there all that the column is, or leave .was out and write down()."
        )


def refuse_another_part(
    table: facts.Table, found: Part, left: facts.Table, back: Part, dialect: Dialect
) -> None:
    """The same of an index or a constraint; ``left`` is the table without it."""
    is_same = _plainest(found, table, dialect) == _plainest(back, left, dialect)
    if not is_same or _says_else(found, back, dialect):
        raise OperationError(
            f"The {described(found)} of {table.display_name!r} is not as .was says: a rollback would "
            "make another one. Say there all that it is, or leave .was out and write down()."
        )


def _lost(
    table: facts.Table, back: facts.Table, name: str, catalog: Catalog, labels: Labels | None
) -> Iterator[str]:
    is_part_of_type = catalog.dialect.enums == "column"
    now = _labels(table, name, catalog)
    then = () if is_part_of_type else labels or _labels(back, name, catalog)
    if now and then and now != then:
        yield f"takes {', '.join(map(repr, now))}, and .was says {', '.join(map(repr, then))}"
    elif now and not then:
        yield f"takes {', '.join(map(repr, now))} alone, and .was does not say so"
    yield from _lost_of_column(table.column(name), back.column(name), bool(now or then), catalog)
    collation, told = table.column(name).collation, back.column(name).collation
    came_with_type = check_of_type(table, name, catalog.dialect) is not None
    if collation and collation != told and not came_with_type:
        yield f"has the collation {collation}, and .was says {told or 'none'}"
    for part in _lost_parts(table, back, name, catalog.dialect):
        yield f"has the {described(part)}, and .was does not say the same"


def _labels(table: facts.Table, name: str, catalog: Catalog) -> Labels:
    """Of an enum whose labels are no part of the column's type."""
    if enum := enum_of(table.column(name), catalog):
        return enum.labels
    check = (
        check_of_type(table, name, catalog.dialect) if catalog.dialect.enums == "check" else None
    )
    return labels_of_check(check.sql, name, catalog.dialect) if check else ()


def _lost_of_column(
    column: facts.Column, back: facts.Column, is_enum: bool, catalog: Catalog
) -> Iterator[str]:
    dialect = catalog.dialect
    if not is_enum and not dialect.types.same(column.type, back.type):
        yield f"is {column.type}, and .was says {back.type}"
    if column.null and not back.null:
        yield "may be null, and what .was says may not be null"
    if (column.generated is None) != (back.generated is None):
        yield "is not generated as .was says"
    if column.identity is not None and back.identity is None:
        yield "numbers the rows, and what .was says does not"
    yield from _lost_default(column, back, dialect)
    if column.comment and column.comment != back.comment:
        yield f"has the comment {column.comment!r}, and what .was says {back.comment!r}"


def _lost_default(column: facts.Column, back: facts.Column, dialect: Dialect) -> Iterator[str]:
    now, then = column.default, back.default
    if now is not None and then is None:
        yield f"has the default {now}, and what .was says has none"
    elif now is not None and then is not None:
        texts_count = is_text(column.type)  # a time is worded anew
        if differing_defaults(now, then, dialect, texts_count=texts_count):
            yield f"has the default {now}, and .was says {then}"


def _lost_parts(
    table: facts.Table, back: facts.Table, name: str, dialect: Dialect
) -> Iterator[Part]:
    """What stands on the column and would not be there again, by whatever name."""
    there = with_indexes_of_keys(back, dialect)
    parts = (*there.constraints, *there.indexes)
    known = [(_plainest(each, there, dialect), each) for each in parts]
    implied = check_of_type(table, name, dialect)
    for part in (*table.constraints, *table.indexes):
        if name not in columns_of(part, table, dialect) or part == implied:
            continue
        alike = [each for plain, each in known if plain == _plainest(part, table, dialect)]
        if not alike or all(_says_else(part, each, dialect) for each in alike):
            yield part


def _says_else(part: Part, back: Part, dialect: Dialect) -> bool:
    """Whether their conditions differ for certain."""
    match part, back:
        case facts.Index(), facts.Index():
            return differing(part.where, back.where, dialect)
        case facts.Check(), facts.Check():
            return differing(part.sql, back.sql, dialect)
    return False


def _plainest(part: Part, table: facts.Table, dialect: Dialect) -> object:
    """Without its name, and of its SQL only what columns are in it: each database words that anew."""
    columns = frozenset(columns_of(part, table, dialect))
    match part:
        case facts.Index():
            parts = tuple(replace(each, expression=None) for each in part.parts)
            where = None if part.where is None else ""
            return columns, replace(part, name="", sql="", where=where, parts=parts)
        case facts.Check() | facts.Exclusion():
            return columns, part.kind
    return columns, replace(part, name="")
