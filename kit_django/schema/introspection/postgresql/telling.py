"""PostgreSQL's words for what operations make."""

from __future__ import annotations

from dataclasses import replace

from kit_django.schema.dialects.postgresql import POSTGRESQL
from kit_django.schema.dialects.types import SqlType
from kit_django.schema.facts import Check, Column, Table
from kit_django.schema.introspection.telling import Teller, Unknown, by_name, require
from kit_django.schema.sql.parentheses import bare

_BARE = frozenset(
    {"boolean", "smallint", "integer", "bigint", "real", "double precision", "text", "date", "uuid"}
    | {"timestamp with time zone", "timestamp without time zone", "time without time zone"}
    | {"interval", "jsonb", "json", "bytea", "inet"}
)
_WITH_ARGUMENTS = {"character varying": 1, "character": 1, "numeric": 2}
_STRINGS = {"character varying": "character varying", "text": "text", "character": "bpchar"}
_NUMBERS = ("smallint", "integer", "bigint", "numeric")
_LARGEST = 2**31


class PostgreSQLTeller(Teller):
    def __init__(self, *, has_event_triggers: bool) -> None:
        """Functions that the database calls where tables are made or changed may change them too."""
        super().__init__(POSTGRESQL)
        self.has_event_triggers = has_event_triggers

    def table(self, known: Table | None, after: Table) -> Table:
        require(not self.has_event_triggers)
        return super().table(known, after)

    def arranged(self, table: Table) -> Table:
        return replace(
            table,
            uniques=by_name(table.uniques),
            indexes=by_name(table.indexes),
            checks=by_name(table.checks),
            foreign_keys=by_name(table.foreign_keys),
        )

    def column(self, column: Column, table: Table) -> Column:
        require(not (column.generated or column.collation or column.options))
        identity = column.identity
        require(identity is None or (identity.kind in ("always", "by default")))
        require(identity is None or not identity.options)
        type_ = POSTGRESQL.types.reported(SqlType.parse(column.type))
        return replace(column, type=_spelled(type_), default=_default(column.default, type_.name))

    def check(self, check: Check) -> Check:
        """It is written anew from what PostgreSQL has understood."""
        raise Unknown


def _spelled(type_: SqlType) -> str:
    require(not type_.dimensions)
    wanted = _WITH_ARGUMENTS.get(type_.name, 0)
    require(len(type_.numbers) == len(type_.arguments) == wanted)
    if wanted:
        return f"{type_.name}({','.join(type_.arguments)})"
    require(type_.name in _BARE)
    return type_.name


def _default(sql: str | None, type_: str) -> str | None:
    if sql is None:
        return None
    sql = bare(sql, POSTGRESQL)
    if sql.lower() in POSTGRESQL.statement_times:
        return sql.lower()
    is_number = type_ in _NUMBERS and sql.isdecimal() and sql == str(int(sql))
    if (is_number and int(sql) < _LARGEST) or (type_ == "boolean" and sql in ("true", "false")):
        return sql
    require(type_ in _STRINGS and sql.startswith("'") and "\\" not in sql)
    require("'" not in sql[1:-1])
    return f"{sql}::{_STRINGS[type_]}"
