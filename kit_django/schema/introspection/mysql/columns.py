"""Columns; the two servers tell a default and an expression each in its own way."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Column, Generated, Identity
from kit_django.schema.introspection.mysql.escapes import expression, spoken, without_database
from kit_django.schema.introspection.mysql.server import Server, condition
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.introspection.scope import Scope
from kit_django.schema.sql.options import read_on_update
from kit_django.schema.sql.parentheses import is_moment

Options = tuple[tuple[str, str], ...]

_SQL = """
    SELECT table_schema AS db, table_name AS tbl, column_name AS name, column_type AS type,
        data_type, column_default AS default_value, is_nullable = 'YES' AS nullable, extra,
        character_set_name AS charset, collation_name AS collation, column_comment AS comment,
        generation_expression AS expression, {srid} AS srid
    FROM information_schema.columns WHERE {where}
    ORDER BY table_schema, table_name, ordinal_position
"""
_MARIADB_SRIDS = """
    SELECT g_table_schema AS db, g_table_name AS tbl, g_geometry_column AS name, srid
    FROM information_schema.geometry_columns WHERE ({}) AND srid <> 0
"""
_GEOMETRIES = frozenset(
    {"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring"}
    | {"multipolygon", "geometrycollection"}
)
_NUMBERS = frozenset(
    {"tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year"}
)


def read_columns(connection: BaseDatabaseWrapper, server: Server, scope: Scope) -> list[Row]:
    """The rows of the columns in their tables' order; ``column`` makes a fact of one."""
    where, params = condition(server, scope, "table_schema", "table_name")
    srid = "NULL" if server.is_mariadb else "srs_id"
    rows = fetch(connection, _SQL.format(where=where, srid=srid), params)
    if not server.is_mariadb or _GEOMETRIES.isdisjoint(row.data_type for row in rows):
        return rows
    where, params = condition(server, scope, "g_table_schema", "g_table_name")
    found = fetch(connection, _MARIADB_SRIDS.format(where), params)
    srids = {(each.db, each.tbl, each.name): each.srid for each in found}
    return [row._replace(srid=srids.get((row.db, row.tbl, row.name))) for row in rows]


def column(row: Row, server: Server, table_collation: str | None) -> Column:
    extra = row.extra.upper()
    generated = _generated(row, extra, server)
    has_own_collation = row.collation is not None and row.collation != table_collation
    return Column(
        name=row.name,
        type=row.type,
        null=bool(row.nullable),
        default=None if generated else _default(row, server),
        collation=row.collation if has_own_collation else None,
        comment=row.comment,
        generated=generated,
        identity=Identity("auto_increment") if "AUTO_INCREMENT" in extra else None,
        on_update=read_on_update(row.extra, server.dialect),
        invisible="INVISIBLE" in extra,
        options=_options(row, extra),
    )


def _default(row: Row, server: Server) -> str | None:
    value: str | None = row.default_value
    if server.is_mariadb:
        if value is None or value == "NULL":
            return None
        return without_database(spoken(value, server), row.db, 1, server.dialect)
    return None if value is None else _mysql_default(row, value, server)


def _mysql_default(row: Row, value: str, server: Server) -> str:
    """MySQL tells a literal without its quotes, and an expression without its parentheses."""
    if "DEFAULT_GENERATED" in row.extra:
        is_bare = is_moment(value, server.dialect)
        return value if is_bare else f"({expression(value, server)})"
    is_bit = row.data_type == "bit"
    is_hexadecimal = row.data_type in ("binary", "varbinary") and value.startswith("0x")
    if row.data_type in _NUMBERS or is_bit or is_hexadecimal:
        return value
    return server.dialect.quote_literal(value)


def _generated(row: Row, extra: str, server: Server) -> Generated | None:
    stored = "STORED GENERATED" in extra or "PERSISTENT" in extra
    if not stored and "VIRTUAL GENERATED" not in extra:
        return None
    return Generated(expression(row.expression, server), stored=stored)


def _options(row: Row, extra: str) -> Options:
    charset, collation = row.charset, row.collation
    follows = charset is None or collation == charset or collation.startswith(f"{charset}_")
    is_unversioned = "WITHOUT SYSTEM VERSIONING" in extra
    return (
        *((("charset", charset),) if not follows else ()),
        *((("srid", str(row.srid)),) if row.srid is not None else ()),
        *((("without system versioning", ""),) if is_unversioned else ()),
    )
