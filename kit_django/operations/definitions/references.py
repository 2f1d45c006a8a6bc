"""Whether a foreign key can lead from some columns to others.

MariaDB answers errno 150 where it cannot, or drops the key without a word; SQLite takes it, and no row
can be written. So it is looked at before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kit_django.exceptions import OperationError
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects.types import is_text
from kit_django.schema.introspection import own_collation

_VIEWS = ("view", "materialized view")
_OF_NO_ORDER = ("fulltext", "spatial", "hash")


def as_referenced(
    column: facts.Column,
    table: facts.Table,
    referenced: facts.Column,
    target: facts.Table,
    catalog: Catalog,
) -> facts.Column:
    """The column with all that makes its values equal to those that it refers to."""
    told = ("charset", "collation schema")
    collation = referenced.collation
    if is_text(referenced.type) and target.option("collation") != table.option("collation"):
        collation = collation_of(target, referenced, catalog)
    return replace(
        column,
        type=referenced.type,
        collation=collation,
        options=tuple(pair for pair in referenced.options if pair[0] in told),
    )


def refuse_misfits(
    table: facts.Table,
    columns: tuple[str, ...],
    target: facts.Table,
    to_columns: tuple[str, ...],
    catalog: Catalog,
) -> None:
    """Raises OperationError where the tables or the types of the columns do not meet."""
    _refuse_tables(table, target, catalog)
    for name, to_name in zip(columns, to_columns, strict=True):
        own, other = table.column(name), target.column(to_name)
        shown = [_shown(table, own, own.type), _shown(target, other, other.type)]
        if catalog.dialect.types.can_refer(own.type, other.type):
            collations = [collation_of(*each, catalog) for each in ((table, own), (target, other))]
            if None in collations or collations[0] == collations[1]:
                continue
            shown = [f"{text} {name}" for text, name in zip(shown, collations, strict=True)]
        raise OperationError(
            f"Column {shown[0]}, and {shown[1]}, to which it is to refer, do not go together. Make it of "
            f"that type: foreign_id({name!r}, references={target.display_name!r}) does."
        )


def _shown(table: facts.Table, column: facts.Column, words: str) -> str:
    return f"{column.name!r} of {table.display_name!r} is {words or 'of no type'}"


def collation_of(table: facts.Table, column: facts.Column, catalog: Catalog) -> str | None:
    """By what the column's texts are compared; None where that makes no difference to a key."""
    if not catalog.dialect.keys_need_one_collation or not is_text(column.type):
        return None
    return column.collation or table.option("collation") or own_collation(catalog.connection)


def _refuse_tables(table: facts.Table, target: facts.Table, catalog: Catalog) -> None:
    if target.kind in _VIEWS:
        raise OperationError(
            f"{target.display_name!r} is a {target.kind}, and a foreign key leads to a table only."
        )
    wanted = catalog.dialect.engine_of_keys
    for each in (table, target):
        engine = each.option("engine")
        if wanted and engine and engine != wanted:
            raise OperationError(
                f"Table {each.display_name!r} is kept by {engine}, which has no foreign keys: "
                f"{catalog.dialect.name} would refuse the one from {table.display_name!r} to "
                f"{target.display_name!r}, or drop it without a word. Have it kept by {wanted} first."
            )


def refuse_without_key(
    table: facts.Table, target: facts.Table, columns: tuple[str, ...], catalog: Catalog
) -> None:
    """Raises OperationError where nothing tells one row of the target by the columns."""
    by_index = catalog.dialect.keys_lead_to_indexes
    if target.kind not in ("table", "partitioned table") or any(
        key[: len(columns)] == columns if by_index else sorted(key) == sorted(columns)
        for key in _keys(target, by_index)
    ):
        return
    what = "index begins with these" if by_index else "key or unique is of just these"
    raise OperationError(
        f"A foreign key of {table.display_name!r} is to refer to ({', '.join(columns)}) of "
        f"{target.display_name!r}, which has no {what}. Make one first: table.unique({list(columns)!r})."
    )


def _keys(target: facts.Table, by_index: bool) -> Iterator[tuple[str, ...]]:
    """The columns of what a foreign key can lead to."""
    primary = target.primary_key.columns if target.primary_key else ()
    yield primary
    yield from (unique.columns for unique in target.uniques if unique.deferrable is None)
    for index in target.indexes:
        is_whole = index.where is None and not any(part.length for part in index.parts)
        is_ordered = index.method.lower() not in _OF_NO_ORDER
        if index.columns and is_whole and is_ordered and (by_index or index.unique):
            yield (*index.columns, *(primary if by_index else ()))
