"""Signals, and statements that wait for others."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.runner.conftest import creates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from pytest_django import Settings

    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"
SLOW = {
    "postgresql": "SELECT pg_sleep(20)",
    "mysql": "CREATE TABLE slow AS SELECT SLEEP(20) AS n",
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000000)"
        " SELECT max(i) FROM n"
    ),
}


@pytest.fixture
def rival(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    rival = connection.copy()
    rival.inc_thread_sharing()
    yield rival
    rival.close()


KILLED_AT: list[float] = []


def kill_amid(number: signal.Signals) -> None:
    """Once the slow statement has begun."""
    while not os.environ["KIT_TEST_IS_SLOW"]:
        time.sleep(0.05)
    time.sleep(0.5)
    KILLED_AT.append(time.monotonic())
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("attributes", ["", "atomic = False"])
def test_a_signal_ends_the_statement_and_says_where_things_stand(
    migrations: Migrations,
    number: signal.Signals,
    attributes: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = f"schema.run_sql({SLOW[migrations.connection.vendor]!r}, reverse='SELECT 1')"
    slow = f"import os\nos.environ['KIT_TEST_IS_SLOW'] = '1'\n{slow}"
    migrations.write(A, f"{creates('users')}\n{slow}", attributes=attributes)
    monkeypatch.setenv("KIT_TEST_IS_SLOW", "")
    thread = threading.Thread(target=kill_amid, args=(number,))
    thread.start()
    outcome = migrations.run("migrate")
    thread.join()
    assert time.monotonic() - KILLED_AT[-1] < 2
    assert outcome.code == 1
    assert f"it was interrupted by {number.name}" in outcome.error
    assert "Nothing of it is left." in outcome.error or "was undone." in outcome.error
    assert "Run migrate again." in outcome.error
    assert migrations.tables == set()
    assert migrations.history() == []
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.databases("postgresql", "mysql")
@pytest.mark.parametrize("seconds", [1, 2])
def test_a_statement_waits_for_a_lock_so_long_and_says_for_whom(
    migrations: Migrations,
    rival: BaseDatabaseWrapper,
    monkeypatch: pytest.MonkeyPatch,
    seconds: int,
) -> None:
    monkeypatch.setattr("kit_django.runner.execution.PAUSES", (0.01,))
    migrations.write(A, creates("users"))
    migrations.migrate()
    with rival.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM users")
        change = "with schema.alter_table('users') as table:\n    table.string('x', null=True)"
        migrations.write(B, change, attributes="statement_lock_timeout = 60")
        outcome = migrations.run("migrate", statement_lock_timeout=seconds)
        cursor.execute("ROLLBACK")
    assert outcome.code == 1
    assert "Nothing of it is left." in outcome.error
    assert "with --statement-lock-timeout; then run migrate again." in outcome.error
    assert "It waited for " in outcome.error
    assert ("tried again" in outcome.stderr) is (rival.vendor == "postgresql")
    migrations.migrate()


def test_a_lock_that_is_given_back_is_not_waited_for_in_vain(
    migrations: Migrations, rival: BaseDatabaseWrapper, settings: Settings
) -> None:
    if rival.vendor != "postgresql":
        pytest.skip("only there a migration with a transaction waits for locks of tables")
    settings.KIT = {**settings.KIT, "STATEMENT_LOCK_TIMEOUT": 0.5}
    migrations.write(A, creates("users"))
    migrations.migrate()
    migrations.write(B, "schema.drop_table('users')")
    with rival.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM users")
        timer = threading.Timer(1.0, rival.connection.rollback)
        timer.start()
        outcome = migrations.migrate()
        timer.join()
    assert "Nothing of it is left. It is tried again in 1 s." in outcome.stderr
    assert "then run migrate again" not in outcome.stderr
    assert migrations.tables == set()


@pytest.mark.databases("postgresql")
def test_what_has_committed_in_its_middle_is_not_tried_again(
    migrations: Migrations, rival: BaseDatabaseWrapper, settings: Settings
) -> None:
    settings.KIT = {**settings.KIT, "STATEMENT_LOCK_TIMEOUT": 0.2}
    migrations.write(A, creates("users"))
    migrations.migrate()
    migrations.write(B, "schema.run_sql('COMMIT; SET lock_timeout = 100; DROP TABLE users')")
    with rival.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM users")
        outcome = migrations.run("migrate")
        cursor.execute("ROLLBACK")
    assert "tried again" not in outcome.stderr
    assert "it stays on record as failed" in outcome.error


@pytest.mark.parametrize("atomic", [True, False])
def test_a_statement_takes_so_long_and_no_longer(migrations: Migrations, atomic: bool) -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    )
    slow = {
        "sqlite": endless,
        "postgresql": "SELECT pg_sleep(5)",
        "mysql": "SELECT SLEEP(5) FROM users",
    }
    migrations.write(A, creates("users"))
    migrations.migrate()
    migrations.execute("INSERT INTO users (name) VALUES ('x')")
    body = f"schema.run_sql({slow[migrations.connection.vendor]!r})"
    migrations.write(B, body, attributes=f"atomic = {atomic}")
    outcome = migrations.run("migrate", statement_timeout=0.3)
    assert "Give the statement more time with --statement-timeout" in outcome.error
    assert migrations.history() == [(A, 1, True)]


def test_what_fails_after_the_commit_is_not_called_undone(migrations: Migrations) -> None:
    body = f"{creates('users')}\nfrom django.db import transaction\ntransaction.on_commit(lambda: 1 / 0)"
    migrations.write(A, body)
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    if migrations.connection.features.can_rollback_ddl:
        assert "It is applied all the same" in outcome.error
        assert migrations.applied() == [A]
    else:
        assert "was undone." in outcome.error
        assert migrations.history() == []
