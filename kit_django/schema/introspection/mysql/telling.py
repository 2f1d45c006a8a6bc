"""MariaDB's words for what operations make. MySQL's are left for it to tell."""

from __future__ import annotations

from dataclasses import replace

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.types import SqlType
from kit_django.schema.facts import Check, Column, Table
from kit_django.schema.introspection.telling import Teller, Unknown, by_name, require
from kit_django.schema.sql.parentheses import bare, is_moment
from kit_django.schema.tables.indexes import with_indexes_of_keys

_BARE = frozenset({"date", "longtext", "longblob", "double", "datetime", "time", "uuid", "inet6"})
_WITH_ARGUMENTS = {"varchar": 1, "char": 1, "decimal": 2, "datetime": 1, "time": 1, "tinyint": 1}
_WIDTHS = {"tinyint": "4", "smallint": "6", "int": "11", "bigint": "20"}
_UNSIGNED_WIDTHS = {"tinyint": "3", "smallint": "5", "int": "10", "bigint": "20"}


class MySQLTeller(Teller):
    def __init__(self, dialect: Dialect, engine: str, *, keeps_case: bool) -> None:
        """``engine`` is the one that a table is made with where none is named."""
        super().__init__(dialect)
        self.engine = engine
        self.keeps_case = keeps_case

    def table(self, known: Table | None, after: Table) -> Table:
        require(self.dialect.name == "MariaDB" and self.keeps_case)
        if known is None:
            require(not after.options)
            known = Table(after.name, schema=after.schema, options=(("engine", self.engine),))
            after = replace(after, options=known.options)
        told = super().table(known, after)
        # What an index or a key leaves behind where it goes is for the database to say.
        for group in ("indexes", "uniques", "foreign_keys"):
            require(set(getattr(known, group)) <= set(getattr(told, group)))
        return told

    def arranged(self, table: Table) -> Table:
        table = with_indexes_of_keys(table, self.dialect)
        return replace(
            table,
            uniques=by_name(table.uniques),
            indexes=by_name(table.indexes),
            foreign_keys=by_name(table.foreign_keys),
        )

    def column(self, column: Column, table: Table) -> Column:
        require(not (column.generated or column.collation or column.options))
        require(not (column.on_update or column.invisible))
        reported = self.dialect.types.reported(SqlType.parse(column.type))
        is_whole = reported.name.partition(" ")[0] in _WIDTHS
        default = self._default(column.default, is_whole=is_whole)
        return replace(column, type=_spelled(reported), default=default)

    def _default(self, sql: str | None, *, is_whole: bool) -> str | None:
        """A value of another type is written in that type's own form: a 0 of a decimal as 0.00."""
        if sql is None:
            return None
        sql = bare(sql, self.dialect)
        if is_moment(sql, self.dialect):
            require("(" in sql)
            return sql.lower()
        require(is_whole and sql.isdecimal() and sql == str(int(sql)))
        return sql

    def check(self, check: Check) -> Check:
        """It is written anew from what MariaDB has understood."""
        raise Unknown


def _spelled(type_: SqlType) -> str:
    name, _, option = type_.name.partition(" ")
    require(option in ("", "unsigned") and not type_.dimensions)
    width = (_UNSIGNED_WIDTHS if option else _WIDTHS).get(name)
    if width and type_.arguments in ((), (width,)):
        return f"{name}({width}){' unsigned' if option else ''}"
    require(not option)
    if type_.arguments:
        require(len(type_.numbers) == _WITH_ARGUMENTS.get(name))
        return f"{name}({','.join(type_.arguments)})"
    require(name in _BARE)
    return name
