"""Tables with an index more or less: on MySQL a unique constraint is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kit_django.exceptions import OperationError
from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect


def known_indexes(table: facts.Table, dialect: Dialect) -> tuple[facts.Index, ...]:
    """All that can be dropped and renamed as an index."""
    uniques = table.uniques if dialect.uniques_are_indexes else ()
    return (*table.indexes, *(_as_index(unique) for unique in uniques))


def with_index(table: facts.Table, index: facts.Index, dialect: Dialect) -> facts.Table:
    """The table with one more index. Raises OperationError where the name is taken."""
    if any(each.name == index.name for each in known_indexes(table, dialect)):
        raise OperationError(f"Table {table.display_name!r} has an index {index.name!r} already.")
    if dialect.uniques_are_indexes and index.unique and _is_plain(index):
        return replace(table, uniques=(*table.uniques, _as_unique(index)))
    return replace(table, indexes=(*table.indexes, index))


def without_index(table: facts.Table, name: str, dialect: Dialect) -> facts.Table:
    is_one = dialect.uniques_are_indexes
    return replace(
        table,
        indexes=tuple(each for each in table.indexes if each.name != name),
        uniques=tuple(each for each in table.uniques if not is_one or each.name != name),
    )


def simple_uniques(table: facts.Table) -> Iterator[tuple[str, ...]]:
    """The columns of each unique constraint and index that holds for all rows."""
    for unique in table.uniques:
        yield unique.columns
    for index in table.indexes:
        is_whole = not index.where and not any(part.length for part in index.parts)
        if index.unique and index.columns and is_whole:
            yield index.columns


def with_indexes_of_keys(table: facts.Table, dialect: Dialect) -> facts.Table:
    """With an index for each foreign key that would be without one, where none can be."""
    indexes = tuple(_missing_indexes(table)) if dialect.indexes_foreign_keys else ()
    return replace(table, indexes=(*table.indexes, *indexes)) if indexes else table


def _missing_indexes(table: facts.Table) -> Iterator[facts.Index]:
    there = [unique.columns for unique in table.uniques]
    there += [index.columns or () for index in table.indexes]
    there += [table.primary_key.columns] if table.primary_key else []
    for key in table.foreign_keys:
        if key.name and not any(columns[: len(key.columns)] == key.columns for columns in there):
            there.append(key.columns)
            yield facts.Index(key.name, tuple(map(facts.IndexPart, key.columns)))


def index_of_key(table: facts.Table, key: facts.ForeignKey) -> facts.Index | None:
    """The index that MySQL made for the key, and that goes with it as no other key needs it."""
    others = [each.columns for each in table.foreign_keys if each != key]
    if any(columns[:1] == key.columns[:1] for columns in others):
        return None
    its = (each for each in table.indexes if each.name == key.name)
    return next((index for index in its if index.columns == key.columns), None)


def _is_plain(index: facts.Index) -> bool:
    return not any(part.column is None or part.length or part.descending for part in index.parts)


def _as_unique(index: facts.Index) -> facts.Unique:
    said = {"using": index.method, "comment": index.comment}
    options = tuple((name, text) for name, text in said.items() if text)
    return facts.Unique(index.columns or (), index.name, options=(*options, *index.options))


def _as_index(unique: facts.Unique) -> facts.Index:
    parts = tuple(facts.IndexPart(column) for column in unique.columns)
    return facts.Index(unique.name or "", parts, unique=True, options=unique.options)
