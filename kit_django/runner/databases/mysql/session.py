"""MariaDB's and MySQL's session."""

from __future__ import annotations

import math
from typing import Any

from django.db.utils import DatabaseError

from kit_django.exceptions import MigrationFailed
from kit_django.runner.databases.sessions import OPEN, Bounds, ServerSession
from kit_django.schema.dialects import dialect_of


class MysqlSession(ServerSession):
    settings = (
        "autocommit",
        "foreign_key_checks",
        "unique_checks",
        "sql_mode",
        "lock_wait_timeout",
        "innodb_lock_wait_timeout",
        "time_zone",
        "database",
    )
    id_sql = "CONNECTION_ID()"

    def bound(self, bounds: Bounds, *, transactional: bool) -> None:
        if bounds.lock:
            for name in ("lock_wait_timeout", "innodb_lock_wait_timeout"):
                self.execute(f"SET SESSION {name} = {max(1, math.ceil(bounds.lock))}")
        if bounds.statement and dialect_of(self.connection).name == "MariaDB":
            self.execute(f"SET SESSION max_statement_time = {bounds.statement}")
        elif bounds.statement:
            self.execute(f"SET SESSION max_execution_time = {math.ceil(bounds.statement * 1000)}")

    def check_transaction(self, name: str, transactional: bool) -> None:
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

    def restore(self, setting: str, value: Any) -> None:
        if setting == "database":
            self.execute(f"USE {dialect_of(self.connection).quote_name(value)}")
        else:
            self.execute(f"SET SESSION {setting} = %s", [value])

    def _state_sql(self) -> str:
        *variables, _ = self.settings
        return f"SELECT {self.id_sql}, {', '.join(f'@@{v}' for v in variables)}, DATABASE()"
