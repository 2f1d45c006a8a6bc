"""PostgreSQL, from pg_catalog: one query for each kind of fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import Dialect
from kit_django.schema.facts import Database, Table, View
from kit_django.schema.introspection.dumps import Tool
from kit_django.schema.introspection.literals import insert_statements, read_rows
from kit_django.schema.introspection.postgresql import constraints, relations
from kit_django.schema.introspection.postgresql.apart import apart
from kit_django.schema.introspection.postgresql.columns import column, read_columns
from kit_django.schema.introspection.postgresql.dump import PG_DUMP
from kit_django.schema.introspection.postgresql.indexes import index, read_indexes
from kit_django.schema.introspection.postgresql.literals import literal, numbering, one_line_break
from kit_django.schema.introspection.postgresql.measures import measures
from kit_django.schema.introspection.postgresql.names import holders as holders
from kit_django.schema.introspection.postgresql.objects import surroundings
from kit_django.schema.introspection.postgresql.sequences import read_sequences
from kit_django.schema.introspection.postgresql.telling import PostgreSQLTeller
from kit_django.schema.introspection.postgresql.triggers import read_triggers, trigger
from kit_django.schema.introspection.postgresql.types import read_types
from kit_django.schema.introspection.postgresql.unsaid import unsaid
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

_REFERENCING = """
    SELECT DISTINCT nullif(n.nspname, current_schema())::text AS schema, c.relname::text AS name
    FROM pg_catalog.pg_constraint con
    JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class t ON t.oid = con.confrelid
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
    WHERE con.contype = 'f' AND con.conparentid = 0
        AND tn.nspname = coalesce(%s, current_schema()) AND t.relname = %s
"""
_HAS_TABLE = """
    SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = %s::name AND n.nspname = coalesce(%s::name, current_schema())
        AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
"""
_SCHEMAS = """
    SELECT nspname::text AS name FROM pg_catalog.pg_namespace n
    WHERE nspname <> current_schema() AND nspname <> 'information_schema' AND nspname !~ '^pg_'
        AND has_schema_privilege(n.oid, 'USAGE')
    ORDER BY 1
"""
_EVENT_TRIGGERS = "SELECT FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D' LIMIT 1"

TOOL: Tool | None = PG_DUMP


@dataclass(frozen=True, slots=True)
class Parts:
    """What tables are made of, by the oid of the table."""

    columns: Mapping[int, list[Row]]
    constraints: Mapping[int, list[Row]]
    indexes: Mapping[int, list[Row]]
    triggers: Mapping[int, list[Row]]


def read(connection: BaseDatabaseWrapper, scope: Scope) -> Database:
    found = relations.read_relations(connection, scope)
    parts = _read_parts(connection, [row.oid for row in found])
    tables = tuple(_table(row, parts) for row in found)
    if not scope.types:
        return Database("postgresql", tables)
    enums, domains, composites = read_types(connection, scope.schemas)
    return Database(
        vendor="postgresql",
        tables=tables,
        enums=enums,
        domains=domains,
        composites=composites,
        sequences=read_sequences(connection, scope.schemas),
        views=tuple(_view(row) for row in found if row.query),
    )


def table_keys(connection: BaseDatabaseWrapper, scope: Scope) -> tuple[Key, ...]:
    return _keys(relations.read_keys(connection, scope))


def schema_names(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    return tuple(row.name for row in fetch(connection, _SCHEMAS))


def has_table(connection: BaseDatabaseWrapper, key: Key) -> bool:
    schema, name = key
    return bool(fetch(connection, _HAS_TABLE, [name, schema]))


def own_collation(_connection: BaseDatabaseWrapper) -> None:
    """None: columns have collations, and tables none."""


def referencing_tables(connection: BaseDatabaseWrapper, key: Key) -> tuple[Key, ...]:
    return _keys(fetch(connection, _REFERENCING, key))


def rows(connection: BaseDatabaseWrapper, dialect: Dialect, table: Table) -> Iterator[str]:
    columns, found = read_rows(connection, dialect, table, literal)
    found = [tuple(map(one_line_break, row)) for row in found]
    yield from insert_statements(dialect, table, columns, found)
    for place, each in enumerate(columns):
        last = max((int(row[place].strip("'")) for row in found), default=0) if each.identity else 0
        if last > 0:
            yield numbering(dialect, table, each, last)


def teller(connection: BaseDatabaseWrapper) -> PostgreSQLTeller:
    return PostgreSQLTeller(has_event_triggers=bool(fetch(connection, _EVENT_TRIGGERS)))


def _keys(rows: list[Row]) -> tuple[Key, ...]:
    return tuple(sorted(((row.schema, row.name) for row in rows), key=in_order))


def _read_parts(connection: BaseDatabaseWrapper, oids: list[int]) -> Parts:
    if not oids:
        return Parts({}, {}, {}, {})
    read_each = (read_columns, constraints.read_constraints, read_indexes, read_triggers)
    return Parts(*(group(each(connection, oids), lambda row: row.relation) for each in read_each))


def _table(relation: Row, parts: Parts) -> Table:
    held = parts.constraints[relation.oid]
    return Table(
        name=relation.name,
        columns=tuple(map(column, parts.columns[relation.oid])),
        schema=relation.schema,
        kind=relations.kind(relation),
        primary_key=constraints.primary_key(held),
        uniques=constraints.uniques(held),
        indexes=tuple(map(index, parts.indexes[relation.oid])),
        checks=constraints.checks(held),
        foreign_keys=constraints.foreign_keys(held),
        exclusions=constraints.exclusions(held),
        triggers=tuple(map(trigger, parts.triggers[relation.oid])),
        comment=relation.comment,
        options=relations.table_options(relation),
        sql=relation.query or "",
    )


def _view(relation: Row) -> View:
    return View(relation.name, relation.query, relation.schema, relation.kind == "m")
