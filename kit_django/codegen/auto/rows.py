"""The rows that are in the way of a new check or unique, as a condition that tells them."""

from __future__ import annotations

from collections.abc import Iterator

from kit_django.codegen.auto.alterations import Alteration, own_columns
from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.mentions import mentioned_columns


def in_the_way(made: Alteration, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """What is added, and the condition; what stands on columns that change is for migrate to find."""
    moving = {old for old, _ in made.renamed} | {new for _, new in made.renamed}
    moving |= {each.name for each in made.new} | {after.name for _, after in made.changed}
    for part in made.added:
        if isinstance(part, facts.Check):
            names = mentioned_columns(part.sql, made.target.column_names, dialect)
            if names.isdisjoint(moving):
                yield f"the check {part.name or part.sql}", f"NOT ({part.sql})"
        elif is_unique(part):
            columns = tuple(own_columns(part))
            if columns and moving.isdisjoint(columns):
                yield f"the unique on {', '.join(columns)}", _twice(made.table, columns, dialect)


def is_unique(part: object) -> bool:
    if isinstance(part, facts.Unique):
        return part.nulls_distinct
    plain = isinstance(part, facts.Index) and part.unique and part.nulls_distinct
    return bool(plain and not part.where and part.columns)  # type: ignore[attr-defined]


def _twice(table: facts.Table, columns: tuple[str, ...], dialect: Dialect) -> str:
    names = ", ".join(map(dialect.quote_name, columns))
    there = " AND ".join(f"{dialect.quote_name(name)} IS NOT NULL" for name in columns)
    source = dialect.quote_qualified(table.name, table.schema)
    return (
        f"({names}) IN (SELECT {names} FROM {source} WHERE {there} GROUP BY {names} "
        "HAVING count(*) > 1)"
    )
