"""From a table's rows and its CREATE statement to its facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.facts import (
    Check,
    Column,
    Generated,
    Identity,
    PrimaryKey,
    Table,
    Trigger,
    Unique,
)
from kit_django.schema.introspection.rows import Row, group
from kit_django.schema.introspection.sqlite.foreign_keys import Parents, make_foreign_keys
from kit_django.schema.introspection.sqlite.indexes import created_indexes, special_parts
from kit_django.schema.sql.create import read_create_table
from kit_django.schema.sql.created import ColumnDefinition, KeyDefinition, TableDefinition
from kit_django.schema.sql.parentheses import bare

Options = tuple[tuple[str, str], ...]

_VIRTUAL_GENERATED = 2
_STORED_GENERATED = 3
_HIDDEN = 1


@dataclass(frozen=True, slots=True)
class TableRows:
    """What the queries said of one table."""

    object: Row
    columns: list[Row]
    index_parts: list[Row]
    foreign_keys: list[Row]
    index_sql: dict[str, str]
    triggers: tuple[Trigger, ...]


def make_table(rows: TableRows, parents: Parents) -> Table:
    """Raises UnreadableStatement rather than leave out what it cannot follow."""
    definition = read_create_table(rows.object.sql)
    indexes = group(rows.index_parts, lambda part: part.index)
    collations = {
        SQLITE.folded(each.name): each.collation or "BINARY" for each in definition.columns
    }
    return Table(
        name=rows.object.name,
        columns=tuple(_columns(rows, definition)),
        primary_key=_primary_key(rows, definition, collations),
        uniques=_uniques(indexes, definition, collations),
        indexes=created_indexes(indexes, rows.index_sql, collations),
        checks=_checks(definition),
        foreign_keys=make_foreign_keys(rows.foreign_keys, definition.references, parents),
        triggers=rows.triggers,
        options=_table_options(definition),
        sql=rows.object.sql,
    )


def plain_column(row: Row) -> Column:
    """A column of which only the pragma is known, as a view's."""
    return Column(
        name=row.name,
        type=row.type or "",
        null=not row.not_null,
        default=row.default_sql,
        invisible=row.hidden == _HIDDEN,
    )


def _table_options(definition: TableDefinition) -> Options:
    flags = {"strict": definition.strict, "without rowid": definition.without_rowid}
    return tuple((name, "") for name, is_set in flags.items() if is_set)


def _columns(rows: TableRows, definition: TableDefinition) -> Iterator[Column]:
    definitions = {SQLITE.folded(each.name): each for each in definition.columns}
    alias = _rowid_alias(rows)
    for row in rows.columns:
        written = definitions.get(SQLITE.folded(row.name), ColumnDefinition(row.name))
        yield _column(row, written, is_rowid=row.name == alias)


def _column(row: Row, written: ColumnDefinition, *, is_rowid: bool) -> Column:
    conflict = written.not_null_conflict
    return Column(
        name=row.name,
        # Newer releases spell the types that they know in capitals, whatever was written.
        type=written.type if SQLITE.folded(written.type) == SQLITE.folded(row.type) else row.type,
        null=not row.not_null and not is_rowid,
        default=_default(row, written),
        collation=_collation(written),
        generated=_generated(row, written),
        identity=Identity("autoincrement") if written.autoincrement else None,
        options=(
            *((("rowid", ""),) if is_rowid else ()),
            *((("not null conflict", conflict),) if conflict else ()),
        ),
    )


def _rowid_alias(rows: TableRows) -> str | None:
    """The column that is the rowid by another name: a primary key that needs no index."""
    key = [row.name for row in rows.columns if row.place_in_key]
    has_index = any(part.origin == "pk" for part in rows.index_parts)
    return key[0] if len(key) == 1 and not has_index else None


def _default(row: Row, written: ColumnDefinition) -> str | None:
    if row.default_sql is None or SQLITE.folded(row.default_sql) == "null":
        return None
    if written.default_word is not None:
        return SQLITE.quote_literal(written.default_word)
    return bare(row.default_sql, SQLITE)


def _collation(written: ColumnDefinition) -> str | None:
    name = written.collation
    return None if name is None or SQLITE.folded(name) == "binary" else name


def _generated(row: Row, written: ColumnDefinition) -> Generated | None:
    if row.hidden not in (_VIRTUAL_GENERATED, _STORED_GENERATED):
        return None
    return Generated(written.generated, stored=row.hidden == _STORED_GENERATED)


def _primary_key(
    rows: TableRows, definition: TableDefinition, collations: dict[str, str]
) -> PrimaryKey | None:
    key = sorted(
        (row for row in rows.columns if row.place_in_key), key=lambda row: row.place_in_key
    )
    if not key:
        return None
    parts = [part for part in rows.index_parts if part.origin == "pk"]
    written = definition.primary_key or KeyDefinition(())
    return PrimaryKey(
        columns=tuple(row.name for row in key),
        name=written.name,
        options=_key_options(written, parts, collations),
    )


def _uniques(
    indexes: dict[str, list[Row]], definition: TableDefinition, collations: dict[str, str]
) -> tuple[Unique, ...]:
    found = []
    for parts in indexes.values():
        if parts[0].origin != "u":
            continue
        columns = tuple(part.column for part in parts)
        written = _written_unique(definition, columns)
        options = _key_options(written, parts, collations)
        found.append(Unique(columns, written.name, options=options))
    return tuple(sorted(found, key=lambda unique: (unique.columns, unique.name or "")))


def _written_unique(definition: TableDefinition, columns: tuple[str, ...]) -> KeyDefinition:
    """The UNIQUE that was written for the index; SQLite makes one index of two that are alike."""
    folded = tuple(map(SQLITE.folded, columns))
    for written in definition.uniques:
        if tuple(map(SQLITE.folded, written.columns)) == folded:
            return written
    return KeyDefinition(columns)


def _key_options(written: KeyDefinition, parts: list[Row], collations: dict[str, str]) -> Options:
    special = special_parts(parts, collations)
    return (
        *((("conflict", written.conflict),) if written.conflict else ()),
        *((("parts", special),) if special else ()),
    )


def _checks(definition: TableDefinition) -> tuple[Check, ...]:
    found = (Check(written.sql, written.name) for written in definition.checks)
    return tuple(sorted(found, key=lambda check: (check.name or "", check.sql)))
