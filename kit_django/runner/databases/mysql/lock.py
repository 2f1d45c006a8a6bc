"""MariaDB's and MySQL's named lock of a session."""

from __future__ import annotations

from kit_django.conf import get_settings
from kit_django.runner.databases.locks import SessionId, SessionLock


class MysqlLock(SessionLock):
    # Names of locks are server-wide, and MySQL allows them 64 characters.
    key_sql = "CONCAT('kit_', LEFT(SHA2(CONCAT(DATABASE(), '/', %s), 256), 60))"

    def try_acquire(self) -> bool:
        row = self.query(
            "SELECT name, CONNECTION_ID(), GET_LOCK(name, 0)"
            f" FROM (SELECT {self.key_sql} AS name) AS own",
            [get_settings().history_table],
        )
        assert row is not None
        self.key, self.session_id, acquired = row
        return bool(acquired)

    def other_holder(self) -> str:
        row = self.query("SELECT IS_USED_LOCK(%s), CONNECTION_ID()", [self.key])
        assert row is not None
        number, mine = row
        return "" if number in (None, mine) else self._connection(number)

    def _connection(self, number: SessionId) -> str:
        row = self.query(
            "SELECT `USER`, `HOST`, NOW() - INTERVAL `TIME` SECOND, `COMMAND`"
            " FROM information_schema.PROCESSLIST WHERE `ID` = %s",
            [number],
        )
        if row is None:
            return f"connection {number}, of which this user may see no more"
        user, host, since, command = row
        return f"connection {number} of user {user} from {host}, in {command!r} since {since:%F %T}"

    def release(self) -> None:
        self.query("SELECT RELEASE_LOCK(%s)", [self.key])
