"""Schemas opened as the runner opens them, and what a change has to hold on every database."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kit_django.operations.schema import Schema, inverses, open_schema, record
from kit_django.schema.dialects import dialect_of
from kit_django.schema.introspection import introspect, surroundings
from kit_django.schema.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.schema.facts import Database, Table

    Change = Callable[[Schema], Any]
    Rows = dict[tuple[str | None, str], list[dict[str, Any]]]

SCHEMAS = ("audit", "the other")


@contextmanager
def schema_of(connection: BaseDatabaseWrapper, *, atomic: bool = True) -> Iterator[Schema]:
    """A schema in a transaction of its own, where the database has those for DDL."""
    with _transaction(connection, atomic), open_schema(connection) as schema:
        yield schema


@contextmanager
def _transaction(connection: BaseDatabaseWrapper, atomic: bool) -> Iterator[None]:
    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite:
        connection.disable_constraint_checking()
    try:
        with transaction.atomic() if atomic and connection.vendor != "mysql" else nullcontext():
            yield
    finally:
        if is_sqlite:
            connection.enable_constraint_checking()


def run(connection: BaseDatabaseWrapper, *changes: Change, atomic: bool = True) -> None:
    """Make the changes, each in a transaction of its own."""
    for change in changes:
        with schema_of(connection, atomic=atomic) as schema:
            change(schema)


def undo(connection: BaseDatabaseWrapper, change: Change, *, atomic: bool = True) -> None:
    """Undo a change by what is derived from it. Raises Irreversible before anything is done."""
    operations = inverses(record(change, connection))
    with schema_of(connection, atomic=atomic) as schema:
        for operation in operations:
            schema.perform(operation)


def pretend(connection: BaseDatabaseWrapper, change: Change) -> list[str]:
    """The SQL of a change, none of which is run."""
    collected: list[str] = []
    with open_schema(connection, collect=collected) as schema:
        change(schema)
    return collected


def by_hand(
    connection: BaseDatabaseWrapper, statements: Iterable[str], *, atomic: bool = True
) -> None:
    """Run statements as a person would who pastes them into a client."""
    with _transaction(connection, atomic), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def statements_of(connection: BaseDatabaseWrapper) -> list[str]:
    """What makes all of a connection's database, with what it is written under."""
    dialect, around = dialect_of(connection), surroundings(connection)
    database = introspect(connection, schemas=around.schemas, views=True, partitions=True)
    found = [dialect.enter_session(dialect.whole_session)] if dialect.whole_session else []
    for group in Whole(dialect, database, around).groups():
        found += [dialect.enter_session(group.session)] if group.session else []
        found += group.statements
        found += [dialect.leave_session(group.session)] if group.session else []
    return found


def facts_of(connection: BaseDatabaseWrapper) -> Database:
    """All that the database says, but for what follows from the rest or from its own name.

    The columns of SQLite's views follow their tables', and MariaDB's views name the database.
    """
    schemas = SCHEMAS if connection.vendor == "postgresql" else None
    found = introspect(connection, views=True, schemas=schemas)
    tables = tuple(replace(table, columns=()) if table.kind == "view" else table for table in found)
    own_name = f"`{connection.settings_dict['NAME']}`."
    views = tuple(replace(view, sql=view.sql.replace(own_name, "")) for view in found.views)
    return replace(found, tables=tables, views=views)


def table_of(connection: BaseDatabaseWrapper, name: str) -> Table:
    """The facts of one table. Raises KeyError where there is none."""
    found = facts_of(connection).find(name)
    if found is None:
        raise KeyError(name)
    return found


def differences(one: Database, other: Database) -> list[str]:
    """What differs, piece by piece, so that a failing test can be read."""
    return list(_differences("database", one, other))


def _differences(path: str, one: Any, other: Any) -> Iterator[str]:
    if one == other:
        return
    if is_dataclass(one) and type(one) is type(other):
        for each in fields(one):
            yield from _differences(
                f"{path}.{each.name}", getattr(one, each.name), getattr(other, each.name)
            )
    elif isinstance(one, tuple) and isinstance(other, tuple):
        names = [[getattr(each, "name", None) for each in side] for side in (one, other)]
        if names[0] == names[1] and None not in names[0]:
            for name, left, right in zip(names[0], one, other, strict=True):
                yield from _differences(f"{path}[{name}]", left, right)
        else:
            yield f"{path}: {one} != {other}"
    else:
        yield f"{path}: {one!r} != {other!r}"


def rows_of(connection: BaseDatabaseWrapper) -> Rows:
    """All rows of all tables, each by its columns' names, in an order that is always the same."""
    found = {}
    for table in facts_of(connection):
        if table.kind not in ("table", "virtual table"):
            continue
        name = dialect_of(connection).quote_qualified(table.name, table.schema)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {name}")
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        found[table.key] = sorted(rows, key=lambda row: repr(sorted(row.items())))
    return found
