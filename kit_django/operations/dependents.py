"""What in a table stands on a column, and what becomes of it when the column goes or is renamed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from kit_django.exceptions import OperationError
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog, display_name

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\w+|.""", re.DOTALL)

_WithColumns = TypeVar("_WithColumns", facts.PrimaryKey, facts.Unique, facts.ForeignKey)


def mentioned_columns(sql: str | None, table: facts.Table) -> set[str]:
    """The columns of the table whose names stand in the SQL, in any quotes and any case."""
    if not sql:
        return set()
    words = {_bare(token).lower() for token in _TOKEN.findall(sql) if not token.startswith("'")}
    return {name for name in table.column_names if name.lower() in words}


def _bare(token: str) -> str:
    if len(token) >= 2 and token[0] in '"`[':
        closing = "]" if token[0] == "[" else token[0]
        return token[1:-1].replace(closing * 2, closing)
    return token


def index_columns(index: facts.Index, table: facts.Table) -> set[str]:
    """All columns that an index stands on: its parts, those it includes, those of its condition."""
    columns = {part.column for part in index.parts if part.column is not None}
    for part in index.parts:
        columns |= mentioned_columns(part.expression, table)
    return columns | set(index.include) | mentioned_columns(index.where, table)


def without_column(table: facts.Table, name: str, catalog: Catalog) -> facts.Table:
    """The table without the column and what stood on it alone.

    Raises OperationError where something else needs the column.
    """
    _refuse_where_needed(table, name, catalog)
    return replace(
        table,
        columns=tuple(column for column in table.columns if column.name != name),
        primary_key=_without(table.primary_key, name),
        uniques=tuple(each for each in table.uniques if name not in each.columns),
        checks=tuple(each for each in table.checks if not _checks(each, name, table)),
        foreign_keys=tuple(each for each in table.foreign_keys if name not in each.columns),
        indexes=tuple(each for each in table.indexes if name not in index_columns(each, table)),
        exclusions=tuple(
            each for each in table.exclusions if name not in mentioned_columns(each.sql, table)
        ),
    )


def _without(key: facts.PrimaryKey | None, name: str) -> facts.PrimaryKey | None:
    return None if key is None or name in key.columns else key


def _checks(check: facts.Check, name: str, table: facts.Table) -> bool:
    return check.column == name or name in mentioned_columns(check.sql, table)


def _refuse_where_needed(table: facts.Table, name: str, catalog: Catalog) -> None:
    for what, columns in _shared(table):
        if name in columns and len(columns) > 1:
            others = ", ".join(sorted(repr(each) for each in columns if each != name))
            raise OperationError(
                f"Column {name!r} of {display_name(table.key)!r} is part of {what}, together with "
                f"{others}. Drop that first."
            )
    for column in table.columns:
        expression = column.generated.expression if column.generated else None
        if column.name != name and name in mentioned_columns(expression, table):
            raise OperationError(
                f"Column {name!r} of {display_name(table.key)!r} is part of the generated column "
                f"{column.name!r}. Drop that first."
            )
    _refuse_where_referenced(table, name, catalog)


def _shared(table: facts.Table) -> list[tuple[str, set[str]]]:
    """Everything in the table that stands on columns, described, with those columns."""
    keys = [table.primary_key] if table.primary_key else []
    return [
        *(("the primary key", set(key.columns)) for key in keys),
        *((f"the unique constraint {each.name!r}", set(each.columns)) for each in table.uniques),
        *((f"the foreign key {each.name!r}", set(each.columns)) for each in table.foreign_keys),
        *((f"the index {each.name!r}", index_columns(each, table)) for each in table.indexes),
        *(
            (f"the check {each.name or each.sql!r}", mentioned_columns(each.sql, table))
            for each in table.checks
        ),
        *(
            (f"the exclusion constraint {each.name!r}", mentioned_columns(each.sql, table))
            for each in table.exclusions
        ),
    ]


def _refuse_where_referenced(table: facts.Table, name: str, catalog: Catalog) -> None:
    keys = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
    if not any(name in columns for columns in keys):
        return
    for other, foreign_key in catalog.referencing(display_name(table.key)):
        if name in foreign_key.to_columns and other.key != table.key:
            raise OperationError(
                f"Column {name!r} of {display_name(table.key)!r} is what the foreign key "
                f"{foreign_key.name!r} of {display_name(other.key)!r} points to. Drop that first."
            )


def renamed_column(table: facts.Table, old: str, new: str) -> facts.Table:
    """The table with the column under its new name wherever facts name it."""
    return replace(
        table,
        columns=tuple(
            replace(column, name=new) if column.name == old else column for column in table.columns
        ),
        primary_key=_renamed(table.primary_key, old, new) if table.primary_key else None,
        uniques=tuple(_renamed(each, old, new) for each in table.uniques),
        checks=tuple(
            replace(each, sql=_renamed_in_sql(each.sql, old, new)) for each in table.checks
        ),
        foreign_keys=tuple(
            _renamed_target(_renamed(each, old, new), table, old, new)
            for each in table.foreign_keys
        ),
        indexes=tuple(_renamed_index(each, old, new) for each in table.indexes),
    )


def _swap(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names)


def _renamed(fact: _WithColumns, old: str, new: str) -> _WithColumns:
    return replace(fact, columns=_swap(fact.columns, old, new))


def _renamed_target(
    key: facts.ForeignKey, table: facts.Table, old: str, new: str
) -> facts.ForeignKey:
    if (key.to_schema, key.to_table) != table.key:
        return key
    return replace(key, to_columns=_swap(key.to_columns, old, new))


def _renamed_index(index: facts.Index, old: str, new: str) -> facts.Index:
    parts = tuple(
        replace(part, column=new)
        if part.column == old
        else replace(
            part, expression=part.expression and _renamed_in_sql(part.expression, old, new)
        )
        for part in index.parts
    )
    where = _renamed_in_sql(index.where, old, new) if index.where else None
    return replace(index, parts=parts, where=where, include=_swap(index.include, old, new), sql="")


def _renamed_in_sql(sql: str, old: str, new: str) -> str:
    return "".join(
        token.replace(_bare(token), new)
        if not token.startswith("'") and _bare(token).lower() == old.lower()
        else token
        for token in _TOKEN.findall(sql)
    )
