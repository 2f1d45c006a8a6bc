"""Indexes that a CREATE INDEX statement made, and the unusual parts of the others."""

from __future__ import annotations

from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.facts import Index, IndexPart
from kit_django.schema.introspection.rows import Row
from kit_django.schema.sql.create import read_create_index


def created_indexes(
    indexes: dict[str, list[Row]], index_sql: dict[str, str], collations: dict[str, str]
) -> tuple[Index, ...]:
    """``collations`` has each column's own, by its folded name."""
    return tuple(
        _index(name, parts, index_sql[name], collations)
        for name, parts in sorted(indexes.items())
        if parts[0].origin == "c"
    )


def special_parts(parts: list[Row], collations: dict[str, str]) -> str | None:
    """The key parts as SQL where one has a direction or a collation of its own, else None."""
    if not any(part.descending or _own_collation(part, collations) for part in parts):
        return None
    return ", ".join(_part_sql(part, collations) for part in parts)


def _part_sql(part: Row, collations: dict[str, str]) -> str:
    collation = _own_collation(part, collations)
    return (
        SQLITE.quote_name(part.column)
        + (f" COLLATE {SQLITE.quote_name(collation)}" if collation else "")
        + (" DESC" if part.descending else "")
    )


def _index(name: str, parts: list[Row], sql: str, collations: dict[str, str]) -> Index:
    definition = read_create_index(sql)
    return Index(
        name=name,
        parts=tuple(
            _part(part, text, collations)
            for part, text in zip(parts, definition.parts, strict=True)
        ),
        unique=bool(parts[0].is_unique),
        where=definition.where,
        sql=sql,
    )


def _part(part: Row, text: str, collations: dict[str, str]) -> IndexPart:
    descending = bool(part.descending)
    if part.column is None:
        return IndexPart(expression=text, descending=descending)
    return IndexPart(part.column, descending=descending, collation=_own_collation(part, collations))


def _own_collation(part: Row, collations: dict[str, str]) -> str | None:
    column = collations.get(SQLITE.folded(part.column or ""), "BINARY")
    return None if SQLITE.folded(part.collation) == SQLITE.folded(column) else part.collation
