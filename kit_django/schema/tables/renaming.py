"""What tables are like once a column or a table has another name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.mentions import renamed
from kit_django.schema.tables.parts import with_constraints

_WITH_COLUMNS = ("parts", "on delete columns")
"""The options whose SQL names columns."""


def renamed_table(table: facts.Table, new_name: str) -> facts.Table:
    """The table under its new name, which its foreign keys to itself follow."""
    indexes = tuple(replace(index, sql="") for index in table.indexes)
    return repointed(replace(table, name=new_name, indexes=indexes), table.key, new_name)


def repointed(table: facts.Table, old: tuple[str | None, str], new_name: str) -> facts.Table:
    """A table whose foreign keys to ``old`` lead to that table's new name."""
    keys = tuple(
        replace(key, to_table=new_name) if (key.to_schema, key.to_table) == old else key
        for key in table.foreign_keys
    )
    return replace(table, foreign_keys=keys)


def renamed_column(table: facts.Table, old: str, new: str, dialect: Dialect) -> facts.Table:
    """The table with the column under its new name wherever facts name it."""

    def in_sql(sql: str) -> str:
        return renamed(sql, old, new, dialect)

    def in_names(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if name == old else name for name in names)

    def in_constraint(each: facts.Constraint) -> facts.Constraint:
        said: dict[str, Any] = {
            name: in_names(getattr(each, name))
            for name in ("columns", "include")
            if hasattr(each, name)
        }
        if hasattr(each, "sql"):
            said["sql"] = in_sql(each.sql)
        if getattr(each, "column", None) == old:
            said["column"] = new
        if hasattr(each, "options"):
            said["options"] = tuple(
                (name, in_sql(text) if name in _WITH_COLUMNS else text)
                for name, text in each.options
            )
        return replace(each, **said)

    def in_column(column: facts.Column) -> facts.Column:
        generated = column.generated
        if generated:
            generated = replace(generated, expression=in_sql(generated.expression))
        name = new if column.name == old else column.name
        return replace(column, name=name, generated=generated)

    def in_part(part: facts.IndexPart) -> facts.IndexPart:
        if part.expression is not None:
            return replace(part, expression=in_sql(part.expression))
        return replace(part, column=new if part.column == old else part.column)

    def in_index(index: facts.Index) -> facts.Index:
        parts = tuple(map(in_part, index.parts))
        where = in_sql(index.where) if index.where else None
        return replace(index, parts=parts, where=where, include=in_names(index.include), sql="")

    changed = replace(
        with_constraints(table, map(in_constraint, table.constraints)),
        columns=tuple(map(in_column, table.columns)),
        indexes=tuple(map(in_index, table.indexes)),
    )
    return retargeted(changed, table.key, old, new)


def retargeted(
    table: facts.Table, target: tuple[str | None, str], old: str, new: str
) -> facts.Table:
    """A table whose foreign keys to a column of ``target`` lead to the column's new name."""
    keys = tuple(
        replace(key, to_columns=tuple(new if name == old else name for name in key.to_columns))
        if (key.to_schema, key.to_table) == target
        else key
        for key in table.foreign_keys
    )
    return replace(table, foreign_keys=keys)
