"""MariaDB's and MySQL's session."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DatabaseError

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases.locks import Lock
from kit_django.runner.databases.sessions import OPEN, Bounds, ServerSession
from kit_django.schema.dialects import dialect_of

IN_TRANSACTION = "in_transaction"
LOCK_TIMEOUTS = ("lock_wait_timeout", "innodb_lock_wait_timeout")
SETTINGS = (
    "autocommit",
    "foreign_key_checks",
    "unique_checks",
    "sql_mode",
    *LOCK_TIMEOUTS,
    "time_zone",
    "database",
)


class MysqlSession(ServerSession):
    id_sql = "CONNECTION_ID()"

    def __init__(self, connection: BaseDatabaseWrapper, lock: Lock | None) -> None:
        super().__init__(connection, lock)
        is_mariadb = dialect_of(connection).name == "MariaDB"
        self.settings = (*SETTINGS, IN_TRANSACTION) if is_mariadb else SETTINGS

    def bound(self, bounds: Bounds) -> None:
        words = []
        if bounds.lock:
            seconds = max(1, math.ceil(bounds.lock))
            words += [f"{name} = {seconds}" for name in LOCK_TIMEOUTS]
        if bounds.statement and dialect_of(self.connection).name == "MariaDB":
            words.append(f"max_statement_time = {bounds.statement}")
        elif bounds.statement:
            words.append(f"max_execution_time = {math.ceil(bounds.statement * 1000)}")
        if words:
            self.execute(f"SET SESSION {', SESSION '.join(words)}")

    def check_changed(self, changed: Mapping[str, Any], transactional: bool) -> None:
        if IN_TRANSACTION in changed:
            raise MigrationFailed(OPEN)

    def check_transaction(self, transactional: bool) -> None:
        """MariaDB tells it with its settings."""
        if IN_TRANSACTION not in self.settings and self._has_open_transaction():
            raise MigrationFailed(OPEN)

    def _has_open_transaction(self) -> bool:
        # The one question that MySQL answers to a user without privileges: it refuses to change
        # the characteristics of a transaction that has begun.
        try:
            self.execute("SET TRANSACTION READ WRITE")
        except DatabaseError as error:
            if error.args and error.args[0] == 1568:
                return True
            raise
        return False

    def restore(self, values: Mapping[str, Any]) -> None:
        variables = {name: value for name, value in values.items() if name != "database"}
        if "database" in values:
            self.execute(f"USE {dialect_of(self.connection).quote_name(values['database'])}")
        if variables:
            words = ", ".join(f"SESSION {name} = %s" for name in variables)
            self.execute(f"SET {words}", list(variables.values()))

    def sql_of_setting(self, name: str) -> str:
        return "DATABASE()" if name == "database" else f"@@{name}"
