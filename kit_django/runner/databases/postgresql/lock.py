"""PostgreSQL's advisory lock of a session."""

from __future__ import annotations

from kit_django.conf import get_settings
from kit_django.runner.databases.locks import SessionLock


class PostgresLock(SessionLock):
    key_sql = "hashtextextended(concat_ws('/', current_database(), current_schema(), %s::text), 0)"

    # A *blocking* pg_advisory_lock would deadlock with the holder's CREATE INDEX CONCURRENTLY,
    # which waits for every transaction that is older, that of the waiting lock included.
    def try_acquire(self) -> bool:
        row = self.query(
            "SELECT key, pg_backend_pid(), pg_try_advisory_lock(key)"
            f" FROM (SELECT {self.key_sql} AS key) AS own",
            [get_settings().history_table],
        )
        assert row is not None
        self.key, self.session_id, acquired = row
        return bool(acquired)

    def other_holder(self) -> str:
        row = self.query(
            "SELECT a.pid, a.application_name, a.usename, coalesce(a.client_hostname,"
            " host(a.client_addr), 'a local socket'), a.backend_start FROM pg_locks l"
            " JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory'"
            " AND l.granted AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database"
            " WHERE datname = current_database())"
            " AND ((l.classid::bigint << 32) | l.objid::bigint)"
            " = %s AND a.pid <> pg_backend_pid()",
            [self.key],
        )
        if row is None:
            return ""
        pid, application, user, host, since = row
        named = f" ({application})" if application else ""
        return f"process {pid}{named} of user {user} from {host}, connected since {since:%F %T %Z}"

    def release(self) -> None:
        self.query("SELECT pg_advisory_unlock(%s)", [self.key])
