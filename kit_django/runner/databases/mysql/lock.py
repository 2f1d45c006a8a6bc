"""MariaDB's and MySQL's named lock of a session."""

from __future__ import annotations

from kit_django.conf import get_settings
from kit_django.runner.databases.locks import SessionLock


class MysqlLock(SessionLock):
    # Names of locks are server-wide, and MySQL allows them 64 characters.
    def try_acquire(self) -> bool:
        row = self.query(
            "SELECT name, CONNECTION_ID(), GET_LOCK(name, 0) FROM (SELECT CONCAT('kit_', LEFT(SHA2(CONCAT("
            "DATABASE(), '/', %s), 256), 60)) AS name) AS own",
            [get_settings().history_table],
        )
        assert row is not None
        self.key, self.session_id, acquired = row
        return bool(acquired)

    def holder(self) -> str:
        row = self.query(
            "SELECT `ID`, `USER`, `HOST`, NOW() - INTERVAL `TIME` SECOND, `COMMAND`"
            " FROM information_schema.PROCESSLIST WHERE `ID` = IS_USED_LOCK(%s)",
            [self.key],
        )
        if row is None:
            return "a connection that this user may not see"
        number, user, host, since, command = row
        return f"connection {number} of user {user} from {host}, in {command!r} since {since:%F %T}"

    def release(self) -> None:
        self.query("SELECT RELEASE_LOCK(%s)", [self.key])
