"""SQLite's words for what operations make, which are mostly theirs."""

from __future__ import annotations

from dataclasses import replace

from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.facts import Check, Column, Table
from kit_django.schema.introspection.telling import Teller, by_name, require
from kit_django.schema.sql.parentheses import bare


class SQLiteTeller(Teller):
    def arranged(self, table: Table) -> Table:
        keys = sorted(table.foreign_keys, key=lambda key: (key.columns, key.to_table, key.name))
        return replace(
            table,
            uniques=tuple(sorted(table.uniques, key=lambda each: (each.columns, each.name or ""))),
            indexes=by_name(table.indexes),
            checks=tuple(sorted(table.checks, key=lambda each: (each.name or "", each.sql))),
            foreign_keys=tuple(keys),
        )

    def column(self, column: Column, table: Table) -> Column:
        require(not (column.generated or column.collation or column.options))
        key = table.primary_key
        is_rowid = key is not None and key.columns == (column.name,)
        is_rowid = is_rowid and SQLITE.folded(column.type) == "integer"
        return replace(
            column,
            default=None if column.default is None else _default(column.default),
            options=(("rowid", ""),) if is_rowid else (),
        )

    def check(self, check: Check) -> Check:
        require(not check.options)
        return replace(check, sql=bare(check.sql, SQLITE))


def _default(sql: str) -> str | None:
    told = bare(sql, SQLITE)
    return None if SQLITE.folded(told) == "null" else told
