"""Keys and indexes, which are one thing here: a UNIQUE constraint is a unique index."""

from __future__ import annotations

from collections.abc import Callable

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects.mysql import MYSQL
from kit_django.schema.facts import Index, IndexPart, PrimaryKey, Unique
from kit_django.schema.introspection.mysql.escapes import expression
from kit_django.schema.introspection.mysql.server import Server, condition
from kit_django.schema.introspection.rows import Row, fetch, group
from kit_django.schema.introspection.scope import Scope

Options = tuple[tuple[str, str], ...]

_SQL = """
    SELECT table_schema AS db, table_name AS tbl, index_name AS name, non_unique,
        column_name AS col, {expression} AS expression, collation = 'D' AS descending,
        sub_part AS length, index_type AS method, index_comment AS comment,
        {ignored} AS ignored
    FROM information_schema.statistics WHERE {where}
    ORDER BY table_schema, table_name, index_name, seq_in_index
"""
_PRIMARY = "PRIMARY"
_USUAL_METHOD = "BTREE"


def read_indexes(connection: BaseDatabaseWrapper, server: Server, scope: Scope) -> list[Row]:
    """The rows of the key parts; the functions below make facts of one table's."""
    where, params = condition(server, scope, "table_schema", "table_name")
    sql = _SQL.format(
        where=where,
        expression="NULL" if server.is_mariadb else "expression",
        ignored="ignored = 'YES'" if server.is_mariadb else "is_visible = 'NO'",
    )
    return fetch(connection, sql, params)


def primary_key(rows: list[Row]) -> PrimaryKey | None:
    parts = [row for row in rows if row.name == _PRIMARY]
    if not parts:
        return None
    special = (("parts", _parts_sql(parts)),) if not _is_plain(parts) else ()
    return PrimaryKey(columns=_columns(parts), options=special + _options(parts[0]))


def uniques(rows: list[Row]) -> tuple[Unique, ...]:
    return tuple(
        Unique(columns=_columns(parts), name=parts[0].name, options=_unique_options(parts[0]))
        for parts in _selected(rows, lambda parts: _is_constraint(parts))
    )


def indexes(rows: list[Row], server: Server) -> tuple[Index, ...]:
    return tuple(
        Index(
            name=parts[0].name,
            parts=tuple(_part(part, server) for part in parts),
            unique=not parts[0].non_unique,
            method="" if parts[0].method == _USUAL_METHOD else parts[0].method,
            comment=parts[0].comment,
            options=_options(parts[0]),
        )
        for parts in _selected(rows, lambda parts: not _is_constraint(parts))
    )


def _selected(rows: list[Row], is_wanted: Callable[[list[Row]], bool]) -> list[list[Row]]:
    """The indexes but for the primary key, by name, each as its parts."""
    grouped = group((row for row in rows if row.name != _PRIMARY), lambda row: row.name)
    return [parts for _, parts in sorted(grouped.items()) if is_wanted(parts)]


def _is_constraint(parts: list[Row]) -> bool:
    """Whether a UNIQUE constraint says all of it."""
    return not parts[0].non_unique and _is_plain(parts)


def _is_plain(parts: list[Row]) -> bool:
    return not any(part.col is None or part.length or part.descending for part in parts)


def _columns(parts: list[Row]) -> tuple[str, ...]:
    return tuple(part.col for part in parts)


def _part(row: Row, server: Server) -> IndexPart:
    descending = bool(row.descending)
    if row.col is None:
        return IndexPart(expression=expression(row.expression, server), descending=descending)
    length = None if row.length is None or row.method == "SPATIAL" else int(row.length)
    return IndexPart(row.col, descending=descending, length=length)


def _parts_sql(parts: list[Row]) -> str:
    return ", ".join(
        MYSQL.quote_name(part.col)
        + (f"({part.length})" if part.length else "")
        + (" DESC" if part.descending else "")
        for part in parts
    )


def _unique_options(row: Row) -> Options:
    return (
        *((("using", row.method),) if row.method != _USUAL_METHOD else ()),
        *((("comment", row.comment),) if row.comment else ()),
        *_options(row),
    )


def _options(row: Row) -> Options:
    return (("ignored", ""),) if row.ignored else ()
