"""SQLite: pragmas for what they tell, the CREATE statements for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import Dialect
from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.facts import Apart, Database, Object, Surroundings, Table, Trigger, View
from kit_django.schema.introspection.dumps import Judge
from kit_django.schema.introspection.literals import insert_statements, read_rows
from kit_django.schema.introspection.rows import Row, group
from kit_django.schema.introspection.scope import Key, Scope
from kit_django.schema.introspection.sqlite import queries
from kit_django.schema.introspection.sqlite.dump import SQLITE_MASTER
from kit_django.schema.introspection.sqlite.foreign_keys import Parents
from kit_django.schema.introspection.sqlite.literals import literal
from kit_django.schema.introspection.sqlite.measures import measures as measures
from kit_django.schema.introspection.sqlite.names import holders as holders
from kit_django.schema.introspection.sqlite.tables import TableRows, make_table, plain_column
from kit_django.schema.introspection.sqlite.telling import SQLiteTeller
from kit_django.schema.introspection.sqlite.views import is_virtual, make_view, make_virtual_table

TOOL: Judge | None = SQLITE_MASTER


def read(connection: BaseDatabaseWrapper, scope: Scope) -> Database:
    objects = queries.read_objects(connection, scope)
    relations = _relations(connection, objects, scope)
    tables = (
        *_read_tables(connection, relations, objects),
        *_read_fragile(connection, relations, objects),
    )
    return Database(
        vendor="sqlite",
        tables=tuple(sorted(tables, key=lambda table: table.name)),
        views=tuple(View(row.name, row.sql) for row in relations if row.type == "view"),
    )


def table_keys(connection: BaseDatabaseWrapper, scope: Scope) -> tuple[Key, ...]:
    objects = queries.read_objects(connection, scope)
    return tuple((None, row.name) for row in _relations(connection, objects, scope))


def schema_names(connection: BaseDatabaseWrapper) -> tuple[str, ...]:  # noqa: ARG001
    """A file has one."""
    return ()


def apart(connection: BaseDatabaseWrapper) -> tuple[Apart, ...]:  # noqa: ARG001
    """A table's statement has all of it."""
    return ()


def has_table(connection: BaseDatabaseWrapper, key: Key) -> bool:
    schema, name = key
    return schema is None and queries.has_columns(connection, name)


def own_collation(_connection: BaseDatabaseWrapper) -> None:
    """None: columns have collations, and tables none."""


def referencing_tables(connection: BaseDatabaseWrapper, key: Key) -> tuple[Key, ...]:
    schema, name = key
    found = queries.read_referencing(connection, name) if schema is None else []
    return tuple((None, table) for table in sorted(found))


def surroundings(connection: BaseDatabaseWrapper) -> Surroundings:
    """The numbers that a program may keep in the file's head; tables, views and triggers are all else."""
    found = ((name, _pragma(connection, name)) for name in ("application_id", "user_version"))
    return Surroundings(
        objects=tuple(
            Object("setting", name, f"PRAGMA {name} = {value}", f"PRAGMA {name} = 0")
            for name, value in found
            if value
        )
    )


def _pragma(connection: BaseDatabaseWrapper, name: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}", None)
        return cursor.fetchone()[0]


def rows(connection: BaseDatabaseWrapper, dialect: Dialect, table: Table) -> Iterator[str]:
    """Numbers go on behind the greatest by themselves."""
    columns, found = read_rows(connection, dialect, table, literal)
    yield from insert_statements(dialect, table, columns, found)


def unsaid(connection: BaseDatabaseWrapper, _around: Surroundings) -> tuple[str, ...]:
    """How the file encodes text, which is settled before anything is in it. What its table of all
    things has is read whole."""
    encoding = _pragma(connection, "encoding")
    return () if encoding == "UTF-8" else (f"encoding {encoding}",)


def teller(_connection: BaseDatabaseWrapper) -> SQLiteTeller:
    return SQLiteTeller(SQLITE)


def _relations(connection: BaseDatabaseWrapper, objects: list[Row], scope: Scope) -> list[Row]:
    """Those of the objects that are asked for and can be read from, by name."""
    wanted = ("table", "view") if scope.views or scope.tables is not None else ("table",)
    found = sorted((row for row in objects if row.type in wanted), key=lambda row: row.name)
    if scope.tables is None and any(is_virtual(row) for row in objects):
        shadows = queries.read_shadows(connection)
        found = [row for row in found if row.name not in shadows]
    return found


def _read_tables(
    connection: BaseDatabaseWrapper, relations: list[Row], objects: list[Row]
) -> list[Table]:
    ordinary = [row for row in relations if row.type == "table" and not is_virtual(row)]
    if not ordinary:
        return []
    names = [row.name for row in ordinary]
    columns = _by_table(queries.read_columns(connection, names))
    index_parts = _by_table(queries.read_index_parts(connection, names))
    keys = queries.read_foreign_keys(connection, names)
    foreign_keys = _by_table(keys)
    parents = Parents.of(queries.read_parent_columns(connection, keys))
    triggers = _triggers(objects)
    index_sql = {row.name: row.sql for row in objects if row.type == "index"}
    rows = (
        TableRows(
            object=row,
            columns=columns[row.name],
            index_parts=index_parts[row.name],
            foreign_keys=foreign_keys[row.name],
            index_sql=index_sql,
            triggers=triggers.get(SQLITE.folded(row.name), ()),
        )
        for row in ordinary
    )
    return [make_table(each, parents) for each in rows]


def _read_fragile(
    connection: BaseDatabaseWrapper, relations: list[Row], objects: list[Row]
) -> list[Table]:
    """Views and virtual tables."""
    fragile = [row for row in relations if row.type == "view" or is_virtual(row)]
    if not fragile:
        return []
    columns = _by_table(queries.read_fragile_columns(connection, [row.name for row in fragile]))
    triggers = _triggers(objects)
    tables = []
    for row in fragile:
        own = tuple(map(plain_column, columns[row.name]))
        make = make_virtual_table if is_virtual(row) else make_view
        tables.append(replace(make(row, own), triggers=triggers.get(SQLITE.folded(row.name), ())))
    return tables


def _by_table(rows: list[Row]) -> dict[str, list[Row]]:
    return group(rows, lambda row: row.table)


def _triggers(objects: list[Row]) -> dict[str, tuple[Trigger, ...]]:
    """By the folded name of the table or view that they are on."""
    rows = sorted((row for row in objects if row.type == "trigger"), key=lambda row: row.name)
    grouped = group(rows, lambda row: SQLITE.folded(row.table))
    return {
        table: tuple(Trigger(row.name, row.sql) for row in found)
        for table, found in grouped.items()
    }
