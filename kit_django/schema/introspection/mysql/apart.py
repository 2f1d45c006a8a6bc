"""What stands at a table and is no part of its facts: said to a person, and not in a model."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Apart
from kit_django.schema.introspection.rows import fetch

_SQL = """
    SELECT table_name AS name, 'rights of others' AS kind, grantee AS about
    FROM information_schema.table_privileges WHERE table_schema = DATABASE()
    UNION
    SELECT table_name, 'rights to a column', column_name
    FROM information_schema.column_privileges WHERE table_schema = DATABASE()
    ORDER BY 1, 2, 3
"""


def apart(connection: BaseDatabaseWrapper) -> tuple[Apart, ...]:
    return tuple(Apart((None, row.name), row.kind, row.about) for row in fetch(connection, _SQL))
