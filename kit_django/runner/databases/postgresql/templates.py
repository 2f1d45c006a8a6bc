"""Test databases on PostgreSQL: copies of a template that the server keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import Error

from kit_django.runner.databases.templates import Templates

PREFIX = "kit_template_"
_LOCK = "hashtextextended('kit_django/templates', 0)"
_OLD = f"""
    SELECT datname FROM pg_database d WHERE datname LIKE '{PREFIX}%%' AND datname <> %s
        AND shobj_description(d.oid, 'pg_database') = %s
"""


class PostgresTemplates(Templates):
    @property
    def name(self) -> str:
        return f"{PREFIX}{self.key}"

    def fill(self, make: Callable[[], None]) -> None:
        with self._server() as cursor:
            if self._exists(cursor) and self._copied(cursor):
                return
            cursor.execute(f"SELECT pg_advisory_lock({_LOCK})")
            try:
                if not (self._exists(cursor) and self._copied(cursor)):
                    make()
                    self._keep(cursor)
            finally:
                cursor.execute(f"SELECT pg_advisory_unlock({_LOCK})")

    @contextmanager
    def _server(self) -> Iterator[Any]:
        """A session that is in none of the databases; ours ends, as no other may be in one that is
        copied."""
        self._leave()
        with self.connection._nodb_cursor() as cursor:
            yield cursor

    def _leave(self) -> None:
        self.connection.close()
        if hasattr(self.connection, "close_pool"):
            self.connection.close_pool()

    def _exists(self, cursor: Any) -> bool:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name])
        return cursor.fetchone() is not None

    def _copied(self, cursor: Any) -> bool:
        """The copy takes the place of the empty database only when it is whole."""
        name = str(self.connection.settings_dict["NAME"])
        quote = self.connection.ops.quote_name
        copy = f"{name[:50]}_kit"
        try:
            cursor.execute(f"DROP DATABASE IF EXISTS {quote(copy)}")
            cursor.execute(f"CREATE DATABASE {quote(copy)} TEMPLATE {quote(self.name)}")
            cursor.execute(f"DROP DATABASE {quote(name)}")
            cursor.execute(f"ALTER DATABASE {quote(copy)} RENAME TO {quote(name)}")
        except Error:  # it is being replaced by another run, or somebody is in it
            return False
        return True

    def _keep(self, cursor: Any) -> None:
        self._leave()
        quote, comment = self.connection.ops.quote_name, f"kit_django: {self.origin}"
        name = quote(self.connection.settings_dict["NAME"])
        with suppress(Error):
            cursor.execute(f"CREATE DATABASE {quote(self.name)} TEMPLATE {name}")
            cursor.execute(f"COMMENT ON DATABASE {quote(self.name)} IS %s", [comment])
            cursor.execute(_OLD, [self.name, comment])
            for (old,) in cursor.fetchall():
                cursor.execute(f"DROP DATABASE IF EXISTS {quote(old)}")
