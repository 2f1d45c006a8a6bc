"""Checks and foreign keys."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Check, ForeignKey
from kit_django.schema.introspection.mysql.escapes import expression
from kit_django.schema.introspection.mysql.server import Server, condition
from kit_django.schema.introspection.rows import Row, fetch, group
from kit_django.schema.introspection.scope import Scope

_MARIADB_CHECKS = """
    SELECT constraint_schema AS db, table_name AS tbl, constraint_name AS name,
        check_clause AS clause, level = 'Column' AS is_of_column, 1 AS is_enforced
    FROM information_schema.check_constraints WHERE {}
"""
_MYSQL_CHECKS = """
    SELECT t.table_schema AS db, t.table_name AS tbl, c.constraint_name AS name,
        c.check_clause AS clause, 0 AS is_of_column, t.enforced = 'YES' AS is_enforced
    FROM information_schema.table_constraints t
    JOIN information_schema.check_constraints c
        ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name
    WHERE ({}) AND t.constraint_type = 'CHECK'
"""
_FOREIGN_KEY_COLUMNS = """
    SELECT table_schema AS db, table_name AS tbl, constraint_name AS name, column_name AS col,
        referenced_table_schema AS to_db, referenced_table_name AS to_table,
        referenced_column_name AS to_column
    FROM information_schema.key_column_usage
    WHERE ({}) AND referenced_table_name IS NOT NULL
    ORDER BY table_schema, table_name, constraint_name, ordinal_position
"""
_RULES = """
    SELECT constraint_schema AS db, table_name AS tbl, constraint_name AS name,
        delete_rule, update_rule
    FROM information_schema.referential_constraints WHERE {}
"""
_REFERENCING = """
    SELECT DISTINCT table_name AS name, referenced_table_name AS to_table,
        @@lower_case_table_names AS lower_case
    FROM information_schema.referential_constraints
    WHERE constraint_schema = DATABASE() AND unique_constraint_schema = coalesce(%s, DATABASE())
        AND referenced_table_name = %s
"""


def read_checks(connection: BaseDatabaseWrapper, server: Server, scope: Scope) -> list[Row]:
    if server.is_mariadb:
        where, params = condition(server, scope, "constraint_schema", "table_name")
        return fetch(connection, _MARIADB_CHECKS.format(where), params)
    where, params = condition(server, scope, "t.table_schema", "t.table_name")
    return fetch(connection, _MYSQL_CHECKS.format(where), params)


def read_foreign_keys(connection: BaseDatabaseWrapper, server: Server, scope: Scope) -> list[Row]:
    where, params = condition(server, scope, "table_schema", "table_name")
    return fetch(connection, _FOREIGN_KEY_COLUMNS.format(where), params)


def read_rules(connection: BaseDatabaseWrapper, server: Server, scope: Scope) -> list[Row]:
    """What the foreign keys do on delete and update, which another view tells."""
    where, params = condition(server, scope, "constraint_schema", "table_name")
    return fetch(connection, _RULES.format(where), params)


def read_referencing(
    connection: BaseDatabaseWrapper, schema: str | None, name: str
) -> tuple[str, ...]:
    """The tables of the connection's database with a foreign key to that one."""
    rows = fetch(connection, _REFERENCING, [schema, name])
    return tuple(sorted(row.name for row in rows if row.lower_case or row.to_table == name))


def checks(rows: list[Row], server: Server) -> tuple[Check, ...]:
    found = (
        Check(
            expression(row.clause, server),
            name=None if row.is_of_column else row.name,
            column=row.name if row.is_of_column else None,
            options=() if row.is_enforced else (("not enforced", ""),),
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda check: (check.name or "", check.column or "", check.sql)))


def foreign_keys(
    rows: list[Row], rules: list[Row], server: Server, spellings: dict[str, str]
) -> tuple[ForeignKey, ...]:
    """``spellings`` has the names of tables by their folded forms, where case may differ."""
    rule = {row.name: row for row in rules}
    return tuple(
        ForeignKey(
            columns=tuple(part.col for part in parts),
            to_table=spellings.get(server.fold(parts[0].to_table), parts[0].to_table),
            to_columns=tuple(part.to_column for part in parts),
            name=name,
            to_schema=server.schema(parts[0].to_db),
            on_delete=rule[name].delete_rule,
            on_update=rule[name].update_rule,
        )
        for name, parts in sorted(group(rows, lambda row: row.name).items())
    )
