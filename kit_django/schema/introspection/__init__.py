"""A connection's database as facts, in a number of queries that does not grow with its tables.

Every name is bound as a parameter; nothing that the database holds becomes part of a query.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema import facts
from kit_django.schema.dialects import Dialect, module_of
from kit_django.schema.introspection.dumps import Judge, NoDump
from kit_django.schema.introspection.measures import Measure
from kit_django.schema.introspection.names import Holder
from kit_django.schema.introspection.scope import Key, Scope
from kit_django.schema.introspection.telling import Teller

__all__ = [
    "apart",
    "dump_of",
    "has_table",
    "holders",
    "introspect",
    "introspect_table",
    "measures",
    "own_collation",
    "referencing_tables",
    "row_statements",
    "schema_names",
    "surroundings",
    "table_keys",
    "teller_of",
    "unsaid",
]


class Reader(Protocol):
    """What each database's module offers."""

    def read(self, connection: BaseDatabaseWrapper, scope: Scope) -> facts.Database: ...

    def has_table(self, connection: BaseDatabaseWrapper, key: Key) -> bool: ...

    def holders(
        self, connection: BaseDatabaseWrapper, schema: str | None, names: Collection[str], /
    ) -> list[Holder]: ...

    def referencing_tables(self, connection: BaseDatabaseWrapper, key: Key) -> tuple[Key, ...]: ...

    def table_keys(self, connection: BaseDatabaseWrapper, scope: Scope) -> tuple[Key, ...]: ...

    def schema_names(self, connection: BaseDatabaseWrapper) -> tuple[str, ...]: ...

    def surroundings(self, connection: BaseDatabaseWrapper, /) -> facts.Surroundings: ...

    def unsaid(
        self, connection: BaseDatabaseWrapper, around: facts.Surroundings, /
    ) -> tuple[str, ...]: ...

    def rows(
        self, connection: BaseDatabaseWrapper, dialect: Dialect, table: facts.Table
    ) -> Iterator[str]: ...
    def own_collation(self, connection: BaseDatabaseWrapper, /) -> str | None: ...

    def apart(self, connection: BaseDatabaseWrapper, /) -> tuple[facts.Apart, ...]: ...

    def measures(self, connection: BaseDatabaseWrapper, /) -> dict[Key, Measure]: ...

    def teller(self, connection: BaseDatabaseWrapper, /) -> Teller: ...

    TOOL: Judge | None


def introspect(
    connection: BaseDatabaseWrapper,
    *,
    tables: Collection[str | Key] | None = None,
    schemas: Collection[str] | None = None,
    views: bool = False,
    partitions: bool = False,
) -> facts.Database:
    """The whole default schema, and with it ``schemas``; or only the named ``tables``.

    A table is named by a string, or by the pair that ``Table.key`` is; one that is not there is
    left out. Tables that are named are read whatever they are; otherwise ``views`` and
    ``partitions`` say whether those are wanted.
    """
    scope = Scope.of(tables, schemas, views=views, partitions=partitions)
    return _reader(connection).read(connection, scope)


def introspect_table(
    connection: BaseDatabaseWrapper, name: str, schema: str | None = None
) -> facts.Table | None:
    """The facts of one table, view or partition, or None where there is no such table."""
    found = _reader(connection).read(connection, Scope.one((schema, name)))
    return found.tables[0] if found.tables else None


def has_table(connection: BaseDatabaseWrapper, key: Key) -> bool:
    """Whether there is a table, view or partition of that name: a question that costs next to nothing."""
    return _reader(connection).has_table(connection, key)


def holders(
    connection: BaseDatabaseWrapper, schema: str | None, names: Collection[str]
) -> list[Holder]:
    """Who has one of the names, of what has its name from the whole schema; others may be among them."""
    return _reader(connection).holders(connection, schema, names)


def referencing_tables(
    connection: BaseDatabaseWrapper, name: str, schema: str | None = None
) -> tuple[Key, ...]:
    """The keys of the tables with a foreign key to that one, itself included, in one query."""
    return _reader(connection).referencing_tables(connection, (schema, name))


def table_keys(
    connection: BaseDatabaseWrapper, schemas: Collection[str] | None = None, views: bool = False
) -> tuple[Key, ...]:
    """The keys of what ``introspect()`` would read, in one query."""
    return _reader(connection).table_keys(connection, Scope.of(None, schemas, views=views))


def schema_names(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    """The schemas of the database beside the default one, but for the server's own."""
    return _reader(connection).schema_names(connection)


def surroundings(connection: BaseDatabaseWrapper) -> facts.Surroundings:
    """What the database holds besides tables, views, types and sequences, in all of its schemas."""
    return _reader(connection).surroundings(connection)


def unsaid(connection: BaseDatabaseWrapper, around: facts.Surroundings) -> tuple[str, ...]:
    """The names of what the database holds that neither its facts nor its surroundings say."""
    return _reader(connection).unsaid(connection, around)


def row_statements(
    connection: BaseDatabaseWrapper, dialect: Dialect, table: facts.Table
) -> Iterator[str]:
    """An INSERT for each row of a table, by its key, and what has its numbers go on behind them.

    A value is what the database itself makes of it as text, or its bytes.
    """
    return _reader(connection).rows(connection, dialect, table)


def apart(connection: BaseDatabaseWrapper) -> tuple[facts.Apart, ...]:
    """What stands at the tables of all schemas and is no part of their facts, in one query."""
    return _reader(connection).apart(connection)


def measures(connection: BaseDatabaseWrapper) -> dict[Key, Measure]:
    """How much each table of all schemas holds, in one query; views hold nothing."""
    return _reader(connection).measures(connection)


def teller_of(connection: BaseDatabaseWrapper) -> Teller:
    """Who knows the database's words for what operations make."""
    return _reader(connection).teller(connection)


def own_collation(connection: BaseDatabaseWrapper) -> str | None:
    """That of tables which say nothing of it; None where tables have none of their own."""
    return _reader(connection).own_collation(connection)


def dump_of(connection: BaseDatabaseWrapper) -> Mapping[str, tuple[str, ...]]:
    """What the database's own tool says of it: each thing, and the lines that make it.

    Raises NoDump, with the reason, where there is no such tool.
    """
    tool = _reader(connection).TOOL
    if tool is None:
        raise NoDump(f"{connection.display_name} has no such tool")
    return tool.run(connection)


def _reader(connection: BaseDatabaseWrapper) -> Reader:
    reader: Reader = module_of(connection.vendor, __name__)
    return reader
