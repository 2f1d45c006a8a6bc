"""MariaDB and MySQL."""

from __future__ import annotations

from contextlib import AbstractContextManager

from kit_django.runner.databases.base import Database
from kit_django.runner.databases.causes import Cause
from kit_django.runner.databases.locks import Lock
from kit_django.runner.databases.mysql.lock import MysqlLock
from kit_django.runner.databases.mysql.session import MysqlSession
from kit_django.runner.databases.mysql.wipe import tables, wipe
from kit_django.runner.databases.sessions import Session
from kit_django.runner.databases.wiping import Run, WipeOptions, runner
from kit_django.runner.events import Report
from kit_django.schema.dialects import dialect_of
from kit_django.schema.keys import Key

OPEN = """
    SELECT p.ID, p.USER, t.trx_started, LEFT(SUBSTRING_INDEX(p.INFO, CHAR(10), 1), 80)
    FROM information_schema.INNODB_TRX t
    JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
    WHERE p.ID <> %s ORDER BY t.trx_started LIMIT 3
"""


CODES: dict[Cause, tuple[int, ...]] = {
    "lock": (1205,),
    "deadlock": (1213,),
    "timeout": (1317, 1969, 3024),
    "connection": (0, 1053, 1927, 2002, 2003, 2006, 2013, 2055, 4031),
    "rights": (1044, 1045, 1142, 1143, 1227, 1370),
    "read-only": (1290, 1792, 1836),
    "disk": (3, 28, 1021, 1114),
}
CAUSES = {code: cause for cause, codes in CODES.items() for code in codes}


class MySQL(Database):
    causes = CAUSES
    utc_now = "UTC_TIMESTAMP(6)"
    collation_of_any_text = "utf8mb4_bin"

    def quoted_table(self, table: str) -> str:
        quote = dialect_of(self.connection).quote_name
        return f"{quote(str(self.connection.settings_dict['NAME']))}.{quote(table)}"

    def lock(self) -> Lock:
        return MysqlLock(self.connection)

    def cancel(self) -> None:
        self.from_outside(f"KILL QUERY {self.connection.connection.thread_id():d}")

    def blocker(self) -> str:
        """Who waits for a lock of a table is told by no view that is always there; the transactions
        that are open are."""
        found = self.from_outside(OPEN, [self.connection.connection.thread_id()])
        return "; ".join(
            f"connection {number} of user {user}, whose transaction is open since {since:%F %T}: "
            f"{query or 'no statement under way'}"
            for number, user, since, query in found
        )

    def session(self, lock: Lock | None) -> Session:
        return MysqlSession(self.connection, lock)

    def read_only(self) -> AbstractContextManager[None]:
        return self.between(
            "SET SESSION TRANSACTION READ ONLY", "SET SESSION TRANSACTION READ WRITE"
        )

    def wipe(self, options: WipeOptions, report: Report, timeout: float) -> None:
        self.wipe_by(runner(self.connection), options)  # each statement commits

    def tables_to_wipe(self, options: WipeOptions) -> list[Key]:
        return tables(self.connection)

    def refuse_without_rights(self, probe: str, report: Report, timeout: float) -> None:
        """Each statement commits: both are ones that do nothing."""
        quote = dialect_of(self.connection).quote_name
        self.execute(f"DROP TABLE IF EXISTS {quote(probe)}")
        for _, there in tables(self.connection)[:1]:
            self.execute(f"CREATE TABLE IF NOT EXISTS {quote(there)} (id integer)")

    def own_schema(self) -> str:
        return str(self.connection.settings_dict["NAME"])

    def wipe_by(self, run: Run, options: WipeOptions) -> None:
        wipe(run, self.connection, options)


DATABASE = MySQL
