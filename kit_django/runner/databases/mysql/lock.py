"""MariaDB's and MySQL's named locks of sessions."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.runner.databases.locks import SessionLock

A_YEAR = 31_536_000


class MysqlLock(SessionLock):
    def session_of(self, connection: BaseDatabaseWrapper) -> Any:
        return self.ask("SELECT CONNECTION_ID()", [], connection)

    def key_of(self, name: str) -> Any:
        # Names of locks are server-wide, and MySQL allows them 64 characters.
        row = self.ask(
            "SELECT CONCAT('kit_', LEFT(SHA2(CONCAT(DATABASE(), '/', %s), 256), 60))", [name]
        )
        assert row is not None
        return row[0]

    def take(self, connection: BaseDatabaseWrapper, key: Any) -> bool:
        return self.ask("SELECT GET_LOCK(%s, 0)", [key], connection) == (1,)

    def has(self, connection: BaseDatabaseWrapper, key: Any) -> bool:
        return self.ask("SELECT IS_USED_LOCK(%s) = CONNECTION_ID()", [key], connection) == (1,)

    def question_of(self, keeper: BaseDatabaseWrapper, key: Any) -> tuple[str, list[Any]]:
        return "coalesce(IS_USED_LOCK(%s) = %s, 0)", [key, keeper.connection.thread_id()]

    def give_back(self, connection: BaseDatabaseWrapper, key: Any) -> None:
        self.ask("SELECT RELEASE_LOCK(%s)", [key], connection)

    def outlast(self, connection: BaseDatabaseWrapper) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION wait_timeout = {A_YEAR}")

    def other_holder(self, key: Any) -> str:
        row = self.ask("SELECT IS_USED_LOCK(%s), CONNECTION_ID()", [key])
        assert row is not None
        number, mine = row
        return "" if number in (None, mine) else self._connection(number)

    def _connection(self, number: int) -> str:
        row = self.ask(
            "SELECT `USER`, `HOST`, NOW() - INTERVAL `TIME` SECOND, `COMMAND`"
            " FROM information_schema.PROCESSLIST WHERE `ID` = %s",
            [number],
        )
        if row is None:
            return f"connection {number}, of which this user may see no more"
        user, host, since, command = row
        return f"connection {number} of user {user} from {host}, in {command!r} since {since:%F %T}"
