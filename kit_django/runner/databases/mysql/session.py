"""MariaDB's and MySQL's session."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.db.utils import DatabaseError

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases.sessions import OPEN, Bounds, ServerSession
from kit_django.schema.dialects import dialect_of

LOCK_TIMEOUTS = ("lock_wait_timeout", "innodb_lock_wait_timeout")


class MysqlSession(ServerSession):
    settings = (
        "autocommit",
        "foreign_key_checks",
        "unique_checks",
        "sql_mode",
        *LOCK_TIMEOUTS,
        "time_zone",
        "database",
    )
    id_sql = "CONNECTION_ID()"

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

    def check_transaction(self, transactional: bool) -> None:
        if self._has_open_transaction():
            raise MigrationFailed(OPEN)

    def _has_open_transaction(self) -> bool:
        # The one question that both MariaDB and MySQL answer to a user without privileges: they
        # refuse to change the characteristics of a transaction that has begun.
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
