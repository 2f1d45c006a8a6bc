"""PostgreSQL's advisory locks of sessions."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import LockUnavailable
from kit_django.runner.databases.locks import SHARED, SessionLock

MARK = "kit_django.session"
KEY = "hashtextextended(concat_ws('/', current_database(), current_schema(), %s::text), 0)"
IS_LOCK = (
    "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = (SELECT oid"
    " FROM pg_database WHERE datname = current_database())"
    " AND ((l.classid::bigint << 32) | l.objid::bigint) = %s"
)


class PostgresLock(SessionLock):
    def session_of(self, connection: BaseDatabaseWrapper) -> Any:
        return self.ask("SELECT pg_backend_pid()", [], connection)

    def refuse_shared(self, keeper: BaseDatabaseWrapper) -> None:
        """A mark that one connection leaves in its session is not there for another; and a session
        stays the same while others take and give theirs."""
        before = self.ask("SELECT pg_backend_pid(), set_config(%s, %s, false)", [MARK, "1"])
        found = self.ask("SELECT current_setting(%s, true)", [MARK], keeper)
        if found in ((None,), ("",)):
            super().refuse_shared(keeper)
            after = self.ask("SELECT pg_backend_pid(), current_setting(%s, true)", [MARK])
            if before == after:
                self.ask("SELECT set_config(%s, '', false)", [MARK])
                return
        raise LockUnavailable(SHARED)

    def key_of(self, name: str) -> Any:
        row = self.ask(f"SELECT {KEY}", [name])
        assert row is not None
        return row[0]

    # A *blocking* pg_advisory_lock would deadlock with the holder's CREATE INDEX CONCURRENTLY,
    # which waits for every transaction that is older, that of the waiting lock included.
    def take(self, connection: BaseDatabaseWrapper, key: Any) -> bool:
        row = self.ask("SELECT pg_try_advisory_lock(%s)", [key], connection)
        return row == (True,)

    def has(self, connection: BaseDatabaseWrapper, key: Any) -> bool:
        sql = f"SELECT 1 FROM pg_locks l WHERE {IS_LOCK} AND l.pid = pg_backend_pid()"
        return self.ask(sql, [key], connection) is not None

    def question_of(self, keeper: BaseDatabaseWrapper, key: Any) -> tuple[str, list[Any]]:
        """Who looks through pg_locks waits for all locks of the server to be listed."""
        return "NOT pg_try_advisory_lock(%s)", [key]

    def lost(self) -> None:
        self.give_back(self.connection, self.keys[0])
        super().lost()

    def give_back(self, connection: BaseDatabaseWrapper, key: Any) -> None:
        self.ask("SELECT pg_advisory_unlock(%s)", [key], connection)

    def outlast(self, connection: BaseDatabaseWrapper) -> None:
        names = "('idle_session_timeout', 'statement_timeout')"
        self.ask(
            f"SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN {names}",
            [],
            connection,
        )

    def other_holder(self, key: Any) -> str:
        row = self.ask(
            "SELECT a.pid, a.application_name, a.usename, coalesce(a.client_hostname,"
            " host(a.client_addr), 'a local socket'), a.backend_start FROM pg_locks l"
            f" JOIN pg_stat_activity a ON a.pid = l.pid WHERE {IS_LOCK}"
            " AND a.pid <> pg_backend_pid()",
            [key],
        )
        if row is None:
            return ""
        pid, application, user, host, since = row
        named = f" ({application})" if application else ""
        return f"process {pid}{named} of user {user} from {host}, connected since {since:%F %T %Z}"
