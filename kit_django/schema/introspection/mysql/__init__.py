"""MariaDB and MySQL, from information_schema: one query for each kind of fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import Dialect, dialect_of
from kit_django.schema.facts import Database, Table, View
from kit_django.schema.introspection.dumps import Tool
from kit_django.schema.introspection.literals import insert_statements, read_rows
from kit_django.schema.introspection.mysql import constraints, indexes
from kit_django.schema.introspection.mysql import tables as relations
from kit_django.schema.introspection.mysql.apart import apart
from kit_django.schema.introspection.mysql.columns import column, read_columns
from kit_django.schema.introspection.mysql.dump import MYSQL_DUMP
from kit_django.schema.introspection.mysql.literals import literal
from kit_django.schema.introspection.mysql.measures import measures
from kit_django.schema.introspection.mysql.names import holders as holders
from kit_django.schema.introspection.mysql.objects import surroundings, unsaid
from kit_django.schema.introspection.mysql.sequences import read_sequences
from kit_django.schema.introspection.mysql.server import Server, read_server
from kit_django.schema.introspection.mysql.telling import MySQLTeller
from kit_django.schema.introspection.mysql.triggers import read_triggers, triggers
from kit_django.schema.introspection.rows import Row, fetch, group
from kit_django.schema.introspection.scope import Key, Scope, in_order

__all__ = [
    "TOOL",
    "apart",
    "has_table",
    "measures",
    "own_collation",
    "read",
    "referencing_tables",
    "rows",
    "schema_names",
    "surroundings",
    "table_keys",
    "teller",
    "unsaid",
]

Place = tuple[str, str]
"""The names of a database and a table in it."""

TOOL: Tool | None = MYSQL_DUMP
_HAS_TABLE = """
    SELECT 1 AS found FROM information_schema.tables
    WHERE table_schema = coalesce(%s, DATABASE()) AND table_name = %s
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """What tables are made of, by where the table is."""

    columns: Mapping[Place, list[Row]]
    indexes: Mapping[Place, list[Row]]
    checks: Mapping[Place, list[Row]]
    foreign_keys: Mapping[Place, list[Row]]
    rules: Mapping[Place, list[Row]]
    triggers: Mapping[Place, list[Row]]
    partitions: Mapping[Place, list[Row]]
    queries: Mapping[Place, str]
    spellings: dict[str, str]


def read(connection: BaseDatabaseWrapper, scope: Scope) -> Database:
    server = read_server(connection, scope)
    if server is None or scope.tables == ():
        return Database("mysql")
    found = relations.read_tables(connection, server, scope)
    if scope.tables is not None and not found:
        return Database("mysql")
    parts = _read_parts(connection, server, scope, found)
    tables = (_table(row, server, parts) for row in found)
    has_sequences = scope.types and server.is_mariadb
    views = (_view(row, server, parts) for row in found if relations.is_view(row))
    return Database(
        vendor="mysql",
        tables=tuple(sorted(tables, key=lambda table: in_order(table.key))),
        sequences=read_sequences(connection, server) if has_sequences else (),
        views=tuple(sorted(views, key=lambda view: in_order((view.schema, view.name)))),
    )


def table_keys(connection: BaseDatabaseWrapper, scope: Scope) -> tuple[Key, ...]:
    keys = ((row.db, row.name) for row in relations.read_keys(connection, scope))
    return tuple(sorted(keys, key=in_order))


def schema_names(connection: BaseDatabaseWrapper) -> tuple[str, ...]:  # noqa: ARG001
    """Other databases of the server are no schemas of this one."""
    return ()


def has_table(connection: BaseDatabaseWrapper, key: Key) -> bool:
    schema, name = key
    return bool(fetch(connection, _HAS_TABLE, [schema, name]))


def own_collation(connection: BaseDatabaseWrapper) -> str:
    (row,) = fetch(connection, "SELECT @@collation_database AS collation")
    return str(row.collation)


def referencing_tables(connection: BaseDatabaseWrapper, key: Key) -> tuple[Key, ...]:
    """Those of the connection's own database: to look through all of a server is too slow."""
    return tuple((None, name) for name in constraints.read_referencing(connection, *key))


def rows(connection: BaseDatabaseWrapper, dialect: Dialect, table: Table) -> Iterator[str]:
    """Numbers go on behind the greatest by themselves."""
    columns, found = read_rows(connection, dialect, table, literal)
    yield from insert_statements(dialect, table, columns, found)


def teller(connection: BaseDatabaseWrapper) -> MySQLTeller:
    sql = "SELECT @@default_storage_engine AS engine, @@lower_case_table_names AS lower_case"
    (row,) = fetch(connection, sql)
    return MySQLTeller(dialect_of(connection), row.engine, keeps_case=not row.lower_case)


def _read_parts(
    connection: BaseDatabaseWrapper, server: Server, scope: Scope, found: list[Row]
) -> Parts:
    def grouped(read_each: Callable[..., list[Row]]) -> dict[Place, list[Row]]:
        return group(read_each(connection, server, scope), lambda row: (row.db, row.tbl))

    partitions = relations.read_partitions(connection, server, scope, found)
    return Parts(
        columns=grouped(read_columns),
        indexes=grouped(indexes.read_indexes),
        checks=grouped(constraints.read_checks),
        foreign_keys=grouped(constraints.read_foreign_keys),
        rules=grouped(constraints.read_rules),
        triggers=grouped(read_triggers),
        partitions=group(partitions, lambda row: (row.db, row.name)),
        queries=relations.read_queries(connection, server, scope, found),
        spellings=_spellings(connection, server, scope),
    )


def _spellings(connection: BaseDatabaseWrapper, server: Server, scope: Scope) -> dict[str, str]:
    if server.keeps_case_of_references:
        return {}
    return {server.fold(row.name): row.name for row in relations.read_keys(connection, scope)}


def _table(row: Row, server: Server, parts: Parts) -> Table:
    place = (row.db, row.name)
    keys = parts.indexes[place]
    foreign_keys = constraints.foreign_keys(
        parts.foreign_keys[place], parts.rules[place], server, parts.spellings
    )
    collation = row.collation or server.collations.get(row.db)
    return Table(
        name=row.name,
        columns=tuple(column(each, server, collation) for each in parts.columns[place]),
        schema=server.schema(row.db),
        kind=relations.kind(row),
        primary_key=indexes.primary_key(keys),
        uniques=indexes.uniques(keys),
        indexes=indexes.indexes(keys, server),
        checks=constraints.checks(parts.checks[place], server),
        foreign_keys=foreign_keys,
        triggers=tuple(triggers(parts.triggers[place])),
        comment="" if relations.is_view(row) else row.comment,
        options=relations.table_options(row, server, parts.partitions[place]),
        sql=parts.queries.get(place, ""),
    )


def _view(row: Row, server: Server, parts: Parts) -> View:
    return View(row.name, parts.queries.get((row.db, row.name), ""), server.schema(row.db))
