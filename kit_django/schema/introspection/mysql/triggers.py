"""Triggers, with the statement that makes each put together again."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects.mysql import MYSQL
from kit_django.schema.facts import Trigger
from kit_django.schema.introspection.mysql.server import Server, condition
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.introspection.scope import Scope

_SQL = """
    SELECT event_object_schema AS db, event_object_table AS tbl, trigger_name AS name,
        action_timing AS timing, event_manipulation AS event, action_order,
        action_statement AS statement
    FROM information_schema.triggers WHERE {}
    ORDER BY event_object_schema, event_object_table, action_timing, event_manipulation,
        action_order
"""


def read_triggers(connection: BaseDatabaseWrapper, server: Server, scope: Scope) -> list[Row]:
    where, params = condition(server, scope, "event_object_schema", "event_object_table")
    return fetch(connection, _SQL.format(where), params)


def triggers(rows: list[Row]) -> Iterator[Trigger]:
    """In the order in which they can be made and fire."""
    before: Row | None = None
    for row in rows:
        is_next = before is not None and (before.timing, before.event) == (row.timing, row.event)
        yield Trigger(row.name, _sql(row, before if is_next else None))
        before = row


def _sql(row: Row, before: Row | None) -> str:
    name, table = MYSQL.quote_name(row.name), MYSQL.quote_name(row.tbl)
    follows = f" FOLLOWS {MYSQL.quote_name(before.name)}" if before else ""
    return (
        f"CREATE TRIGGER {name} {row.timing} {row.event} ON {table} "
        f"FOR EACH ROW{follows} {row.statement}"
    )
