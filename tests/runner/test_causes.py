"""What is to be done fits what the database refused for: ``up()`` is not to be mended for a full disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit_django.runner.databases.causes import ADVICE, Cause

if TYPE_CHECKING:
    from tests.runner.conftest import Migrations

NAME = "20240101120000_a"
CREATES = "CREATE TABLE made (id integer)"
# On servers what takes a full disk, or another session, is raised by the server itself.
RAISES = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{}', MESSAGE = 'no'; END $$"
SIGNALS = "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = {}, MESSAGE_TEXT = 'no'"
PROVOKED: dict[str, dict[Cause, list[str]]] = {
    "sqlite": {
        "read-only": ["PRAGMA query_only = ON", CREATES],
        "disk": ["PRAGMA max_page_count = 1", CREATES],
    },
    "postgresql": {
        "read-only": ["SET TRANSACTION READ ONLY", CREATES],
        "rights": ["SET ROLE pg_monitor", "CREATE TABLE public.made (id integer)"],
        "connection": ["SELECT pg_terminate_backend(pg_backend_pid())"],
        "timeout": ["SET statement_timeout = 10", "SELECT pg_sleep(9)"],
        "disk": [RAISES.format("53100")],
        "room": [RAISES.format("53200")],
        "deadlock": [RAISES.format("40P01")],
        "lock": [RAISES.format("55P03")],
    },
    "mysql": {
        "read-only": ["SET SESSION TRANSACTION READ ONLY", CREATES],
        "timeout": [
            "SET max_statement_time = 0.01",
            "SELECT count(*) FROM seq_1_to_9999999 WHERE SLEEP(1)",
        ],
        "rights": [SIGNALS.format(1142)],
        "disk": [SIGNALS.format(1021)],
        "deadlock": [SIGNALS.format(1213)],
        "lock": [SIGNALS.format(1205)],
    },
}


TRIED_AGAIN = ("deadlock", "lock")
"""Where the migration has a transaction, which is tested elsewhere."""


def test_the_advice_fits_the_cause(migrations: Migrations, vendor: str) -> None:
    for cause, statements in PROVOKED[vendor].items():
        up = "\n".join(f"schema.run_sql({sql!r})" for sql in statements)
        migrations.write(NAME, up, attributes=f"atomic = {cause not in TRIED_AGAIN}")
        outcome = migrations.run("migrate")
        assert outcome.code == 1
        advice = ADVICE[cause].format(command="migrate")
        assert outcome.error.endswith(f"Nothing of it is left. {advice}"), outcome.error
