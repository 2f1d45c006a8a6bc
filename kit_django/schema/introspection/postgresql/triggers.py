"""Triggers that people made; those behind foreign keys are the constraints' own."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Trigger
from kit_django.schema.introspection.rows import Row, fetch

_SQL = """
    SELECT t.tgrelid::bigint AS relation, t.tgname::text AS name,
        t.tgenabled::text AS enabled, pg_get_triggerdef(t.oid) AS sql
    FROM pg_catalog.pg_trigger t
    WHERE t.tgrelid = ANY(%s::oid[]) AND NOT t.tgisinternal AND t.tgparentid = 0
    ORDER BY t.tgrelid, t.tgname
"""
_FIRES = {"D": "disabled", "R": "replica", "A": "always"}


def read_triggers(connection: BaseDatabaseWrapper, relations: list[int]) -> list[Row]:
    return fetch(connection, _SQL, [relations])


def trigger(row: Row) -> Trigger:
    fires = _FIRES.get(row.enabled)
    return Trigger(row.name, row.sql, options=((fires, ""),) if fires else ())
