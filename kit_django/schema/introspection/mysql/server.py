"""What has to be known of the server before its information_schema can be asked and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import Dialect, dialect_of
from kit_django.schema.introspection.rows import fetch
from kit_django.schema.introspection.scope import Scope

_SCHEMATA = """
    SELECT schema_name AS name, default_collation_name AS collation,
        schema_name = DATABASE() AS is_current, @@lower_case_table_names AS lower_case
    FROM information_schema.schemata WHERE schema_name IN ({})
"""
_LOWER_CASE_COMPARED = 2


@dataclass(frozen=True, slots=True)
class Server:
    """``collations`` has the default collation of each database that is asked for."""

    is_mariadb: bool
    dialect: Dialect
    database: str
    collations: dict[str, str]
    lower_case: int

    @property
    def keeps_case_of_references(self) -> bool:
        """False where a foreign key may spell a table's name in another case than the table."""
        return self.lower_case != _LOWER_CASE_COMPARED

    def fold(self, name: str) -> str:
        """A table's name as the server compares it."""
        return name.lower() if self.lower_case else name

    def schema(self, database: str) -> str | None:
        """A database's name as facts have it: None for the connection's own."""
        return None if self.fold(database) == self.fold(self.database) else database

    def selects(self, scope: Scope) -> Callable[[str, str], bool]:
        """Whether a (database, table) is asked for: SQL compares without regard to case."""
        if scope.tables is None:
            databases = set(self.collations)
            return lambda database, _: database in databases
        wanted = {
            (self.fold(schema or self.database), self.fold(name)) for schema, name in scope.tables
        }
        return lambda database, name: (self.fold(database), self.fold(name)) in wanted


def read_server(connection: BaseDatabaseWrapper, scope: Scope) -> Server | None:
    """None where the connection has no database."""
    named = {schema for schema, _ in scope.tables or () if schema is not None}
    others = sorted(named.union(scope.schemas))
    listed = ", ".join(["DATABASE()", *["%s"] * len(others)])
    rows = fetch(connection, _SCHEMATA.format(listed), others)
    current = next((row for row in rows if row.is_current), None)
    if current is None:
        return None
    return Server(
        is_mariadb=connection.mysql_is_mariadb,  # type: ignore[attr-defined]
        dialect=dialect_of(connection),
        database=current.name,
        collations={row.name: row.collation for row in rows},
        lower_case=int(current.lower_case),
    )


def condition(server: Server, scope: Scope, schema: str, table: str) -> tuple[str, list[Any]]:
    """SQL, and what it binds, for what is asked for; ``schema`` and ``table`` are columns.

    MariaDB finds a table by its name only where the names are compared with ``=``; otherwise it
    opens every table of the database.
    """
    if scope.tables is None:
        marks = ", ".join(["%s"] * len(server.collations))
        return f"{schema} IN ({marks})", list(server.collations)
    names: dict[str, list[str]] = {}
    for database, name in scope.tables:
        names.setdefault(database or server.database, []).append(name)
    found = [_named(schema, table, database, listed) for database, listed in names.items()]
    return " OR ".join(sql for sql, _ in found), [value for _, values in found for value in values]


def _named(schema: str, table: str, database: str, names: list[str]) -> tuple[str, list[Any]]:
    if len(names) == 1:
        return f"({schema} = %s AND {table} = %s)", [database, *names]
    marks = ", ".join(["%s"] * len(names))
    return f"({schema} = %s AND {table} IN ({marks}))", [database, *names]
