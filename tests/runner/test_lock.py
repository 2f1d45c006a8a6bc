from __future__ import annotations

import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from django.db.utils import ConnectionHandler

from kit_django.exceptions import LockTimeout
from kit_django.runner.databases import database_of
from kit_django.runner.databases.locks import _keepers
from kit_django.runner.events import Event, Waiting
from kit_django.runner.history import History
from tests.runner.conftest import creates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper
    from pytest_django import Settings

    from tests.projects import Project
    from tests.runner.conftest import Migrations

SERVERS = pytest.mark.databases("postgresql", "mysql")
A, B = "20240101120000_a", "20240101120001_b"
SLOW = f"import time\n{creates('users')}\ntime.sleep(1.5)"


def ignore(event: Event) -> None:
    pass


@pytest.fixture
def rival(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """A second connection to the same database."""
    rival = connection.copy()
    rival.inc_thread_sharing()
    yield rival
    rival.close()


@SERVERS
def test_who_has_the_lock_keeps_others_out_and_is_named(
    connection: BaseDatabaseWrapper, rival: BaseDatabaseWrapper
) -> None:
    events: list[Event] = []
    with (
        database_of(rival).locked(0, ignore),
        pytest.raises(LockTimeout, match=r"still has the lock after 0\.1 s") as raised,
        database_of(connection).locked(0.1, events.append),
    ):
        raise AssertionError
    assert raised.value.exit_code == 3
    (event,) = events
    assert isinstance(event, Waiting)
    assert str(session_id(rival)) in event.holder
    assert "since 20" in event.holder
    assert event.holder.partition(" since ")[0] in str(raised.value)


def session_id(connection: BaseDatabaseWrapper) -> int:
    sql = "pg_backend_pid()" if connection.vendor == "postgresql" else "connection_id()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}")
        return int(cursor.fetchone()[0])


def test_a_timeout_of_nothing_asks_once(
    connection: BaseDatabaseWrapper, rival: BaseDatabaseWrapper
) -> None:
    started = time.monotonic()
    with (
        database_of(rival).locked(0, ignore),
        pytest.raises(LockTimeout),
        database_of(connection).locked(0, ignore),
    ):
        raise AssertionError
    assert time.monotonic() - started < 5


def test_the_lock_is_free_again_afterwards_and_can_be_held_twice_by_one(
    connection: BaseDatabaseWrapper, rival: BaseDatabaseWrapper
) -> None:
    with database_of(rival).locked(0, ignore), database_of(rival).locked(0, ignore):
        pass
    with database_of(connection).locked(0, ignore):
        pass


@SERVERS
def test_the_lock_goes_with_its_session(
    connection: BaseDatabaseWrapper, rival: BaseDatabaseWrapper
) -> None:
    holding = database_of(rival).locked(0, ignore)
    holding.__enter__()
    rival.close()
    with pytest.raises(LockTimeout), database_of(connection).locked(0.2, ignore):
        raise AssertionError  # a connection of its own holds it still
    _keepers[rival].close()
    with database_of(connection).locked(5, ignore):
        pass
    holding.__exit__(None, None, None)


def test_another_history_table_is_another_lock(
    connection: BaseDatabaseWrapper, rival: BaseDatabaseWrapper, settings: Settings
) -> None:
    with database_of(rival).locked(0, ignore):
        settings.KIT = {"HISTORY_TABLE": "another"}
        with database_of(connection).locked(0, ignore):
            pass


def test_another_database_is_another_lock(
    connection: BaseDatabaseWrapper, other_connection: BaseDatabaseWrapper
) -> None:
    with database_of(connection).locked(0, ignore), database_of(other_connection).locked(0, ignore):
        pass


@pytest.mark.databases("postgresql")
def test_another_schema_is_another_lock(
    connection: BaseDatabaseWrapper, rival: BaseDatabaseWrapper
) -> None:
    with rival.cursor() as cursor:
        cursor.execute("CREATE SCHEMA tenant; SET search_path = tenant")
    with database_of(rival).locked(0, ignore), database_of(connection).locked(0, ignore):
        pass


@pytest.mark.databases("sqlite")
def test_sqlites_lock_is_a_file_that_names_its_holder_and_goes_with_it(
    connection: BaseDatabaseWrapper, rival: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    with (
        database_of(rival).locked(0, ignore),
        pytest.raises(LockTimeout, match=rf"{socket.gethostname()}:{os.getpid()} since 20"),
        database_of(connection).locked(0.1, ignore),
    ):
        raise AssertionError
    assert list(tmp_path.glob("*.lock")) == []


@pytest.mark.databases("sqlite")
def test_a_lock_file_that_a_killed_runner_left_locks_nothing(
    connection: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    left = tmp_path / "default.sqlite3.kit_migrations.lock"
    left.write_text("elsewhere:1 since long ago")
    assert database_of(connection).lock().running() == ""
    with database_of(connection).locked(0, ignore):
        assert str(os.getpid()) in left.read_text()


@pytest.mark.databases("sqlite")
def test_a_database_in_memory_needs_no_lock(connection: BaseDatabaseWrapper) -> None:
    memory = ConnectionHandler(
        {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    )
    with database_of(memory["default"]).locked(0, ignore):
        pass
    memory["default"].connection.close()  # Django keeps one in memory open


@pytest.mark.databases("sqlite")
def test_a_folder_that_cannot_be_written_to_is_a_clear_error(
    migrations: Migrations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> int:
        raise PermissionError(13, "Permission denied")

    migrations.create_tables("users")
    monkeypatch.setattr(os, "open", refuse)  # root may write anywhere
    outcome = migrations.run("migrate")
    monkeypatch.undo()
    assert outcome.code == 1
    assert (
        "default.sqlite3.kit_migrations.lock cannot be opened: Permission denied" in outcome.error
    )
    assert migrations.tables == set()


def test_migrate_that_cannot_have_the_lock_ends_with_3(
    migrations: Migrations, rival: BaseDatabaseWrapper
) -> None:
    migrations.create_tables("users")
    with database_of(rival).locked(0, ignore):
        outcome = migrations.run("migrate", lock_timeout=0.1)
    assert outcome.code == 3
    assert outcome.lines[0].startswith("Waiting for another runner, up to 0.1 s: ")
    assert migrations.tables == set()


@pytest.mark.databases("sqlite")
def test_a_busy_sqlite_is_waited_for_and_given_up(
    migrations: Migrations, rival: BaseDatabaseWrapper
) -> None:
    migrations.create_tables("users")
    with rival.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        outcome = migrations.run("migrate", lock_timeout=0.2)
        cursor.execute("ROLLBACK")
    assert outcome.code == 3
    assert "another process that writes to the database" in outcome.error
    assert migrations.tables == set()
    assert migrations.execute("PRAGMA foreign_keys") == [(1,)]
    migrations.migrate()


@pytest.mark.databases("sqlite")
def test_a_busy_sqlite_that_is_free_again_is_migrated(
    migrations: Migrations, rival: BaseDatabaseWrapper
) -> None:
    migrations.create_tables("users")
    with rival.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, lambda: rival.connection.rollback())
    timer.start()
    outcome = migrations.migrate()
    timer.join()
    assert outcome.lines[0].startswith("Waiting for another runner")
    assert migrations.tables == {"users"}


# Two at once, as on two hosts of one deployment


def test_of_two_runners_one_applies_and_the_other_finds_nothing_left(project: Project) -> None:
    project.migration(A, source(SLOW))
    project.migration(B, source(creates("posts")))
    runners = [project.start("migrate") for _ in range(2)]
    outputs = [runner.communicate(timeout=60) for runner in runners]
    assert [runner.returncode for runner in runners] == [0, 0], outputs
    applied = [out for out, _ in outputs if f"Applying migration: {A}" in out]
    waited = [out for out, _ in outputs if "Waiting for another runner" in out]
    assert len(applied) == len(waited) == 1
    assert applied != waited
    assert waited[0].splitlines()[1:] == ["Nothing to migrate."]
    with project.connection.cursor() as cursor:
        cursor.execute("SELECT name FROM kit_migrations ORDER BY id")
        assert cursor.fetchall() in ([(A,), (B,)], ((A,), (B,)))


def test_djangos_own_migrations_are_run_by_one_only(project: Project) -> None:
    project.configure('INSTALLED_APPS += ["django.contrib.contenttypes", "django.contrib.auth"]')
    project.migration(A, source(creates("posts")))
    runners = [project.start("migrate") for _ in range(3)]
    outputs = [runner.communicate(timeout=120) for runner in runners]
    assert [runner.returncode for runner in runners] == [0, 0, 0], outputs


@pytest.mark.databases("postgresql")
def test_a_concurrent_index_does_not_deadlock_with_a_runner_that_waits(project: Project) -> None:
    project.migration(A, source(SLOW))
    concurrently = 'schema.create_index("users", ["name"], concurrently=True)'
    project.migration(
        B,
        source(concurrently).replace("    def up", "    atomic = False\n\n    def up"),
    )
    runners = [project.start("migrate") for _ in range(3)]
    outputs = [runner.communicate(timeout=60) for runner in runners]
    assert [runner.returncode for runner in runners] == [0, 0, 0], outputs


def source(body: str) -> str:
    import textwrap

    return (
        "from kit_django import Migration, Schema\n\n\nclass Written(Migration):\n"
        "    def up(self, schema: Schema) -> None:\n" + textwrap.indent(body, " " * 8) + "\n"
    )


# A session that is lost on the way


@SERVERS
def test_another_session_may_go_on_where_the_lock_is_held(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    reconnects = "def should_run(self, connection):\n    connection.close()\n    return True"
    migrations.write(B, creates("posts"), attributes=reconnects)
    migrations.migrate()
    assert migrations.tables == {"users", "posts"}


LOSES_THE_LOCK = """
def should_run(self, connection):
    from kit_django.runner.databases.locks import _keepers

    _keepers[connection].close()
    return True
"""


@SERVERS
def test_a_lock_that_is_lost_stops_the_run(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.write(B, creates("posts"), attributes=LOSES_THE_LOCK)
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert "The session that holds the lock was lost" in outcome.error
    assert migrations.applied() == [A]
    assert migrations.tables == {"users"}


GIVES_BACK = {
    "postgresql": "SELECT pg_advisory_unlock_all()",
    "mysql": "SELECT RELEASE_ALL_LOCKS()",
}


@SERVERS
def test_a_migration_cannot_give_the_lock_back(
    migrations: Migrations, rival: BaseDatabaseWrapper
) -> None:
    tries = """
from kit_django.runner.databases import database_of
from django.db import connection
rival = connection.copy()
assert not database_of(rival).lock().try_acquire()
rival.close()
"""
    migrations.write(A, f"schema.run_sql({GIVES_BACK[rival.vendor]!r})\n{tries}")
    migrations.write(B, tries)
    migrations.migrate()


@SERVERS
@pytest.mark.parametrize("atomic", [True, False])
def test_a_session_that_is_killed_during_a_migration(
    migrations: Migrations, rival: BaseDatabaseWrapper, atomic: bool
) -> None:
    kill = cuts(migrations.connection)
    asked = "schema.execute('SELECT 1')"  # as far as it is gone through beforehand
    body = f"{creates('users')}\n{asked}\n{kill}\n{creates('posts')}"
    migrations.write(A, body, attributes=f"atomic = {atomic}")
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert f"Migration {A} failed in " in outcome.error
    migrations.connection.close()
    if atomic and rival.vendor == "postgresql":
        assert (migrations.tables, migrations.history()) == (set(), [])
    else:
        assert migrations.history() == [(A, 1, False)]
        assert migrations.run("migrate").code == 4


def cuts(connection: BaseDatabaseWrapper) -> str:
    """Code that has the server end the session that the connection has now."""
    victim = session_id(connection)
    kills = {"postgresql": f"SELECT pg_terminate_backend({victim})", "mysql": f"KILL {victim}"}
    return f"""
from django.db import connection
other = connection.copy()
with other.cursor() as cursor:
    cursor.execute({kills[connection.vendor]!r})
other.close()
import time
time.sleep(0.2)
"""


@SERVERS
@pytest.mark.parametrize("atomic", [True, False])
def test_a_session_that_is_killed_before_anything_began_leaves_nothing(
    migrations: Migrations, atomic: bool
) -> None:
    kill = cuts(migrations.connection)
    migrations.write(A, f"{kill}\n{creates('users')}", attributes=f"atomic = {atomic}")
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert "Nothing of it is left. " in outcome.error
    assert "on record as failed" not in outcome.error
    migrations.connection.close()
    migrations.write(A, creates("users"), attributes=f"atomic = {atomic}")
    migrations.migrate()
    assert migrations.tables == {"users"}


# A person who has had enough


def interrupt(project: Project, *arguments: str, after: str) -> tuple[int, str]:
    """Send Ctrl-C once a line has been printed that begins so."""
    runner = project.start(*arguments)
    assert runner.stdout is not None
    assert runner.stdout.readline().startswith(after) or runner.stdout.readline().startswith(after)
    time.sleep(0.3)
    runner.send_signal(signal.SIGINT)
    _, errors = runner.communicate(timeout=30)
    return runner.returncode, errors


def test_ctrl_c_in_a_migration_leaves_nothing_of_it(project: Project) -> None:
    project.migration(A, source(SLOW.replace("1.5", "20")))
    code, errors = interrupt(project, "migrate", after="Applying")
    assert code == 1
    assert f"Migration {A} failed in " in errors
    assert "it was interrupted by SIGINT. " in errors
    assert errors.rstrip().endswith("Run migrate again.")
    assert "Traceback" not in errors
    assert set(project.connection.introspection.table_names()) <= {"kit_migrations"}
    with project.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kit_migrations")
        assert cursor.fetchone() == (0,)


def test_ctrl_c_while_waiting_is_no_traceback(project: Project, rival: BaseDatabaseWrapper) -> None:
    project.migration(A, source(creates("users")))
    with database_of(rival).locked(0, ignore):
        code, errors = interrupt(project, "migrate", after="Waiting for another runner")
    assert (code, errors) == (1, "CommandError: Interrupted: it was interrupted by SIGINT.\n")


# Those who look, while a runner is at work


@pytest.fixture
def at_work(migrations: Migrations, rival: BaseDatabaseWrapper) -> Iterator[Migrations]:
    """One has been applied, one is under way, as another runner with the lock would have it."""
    migrations.write(A, creates("users"))
    migrations.migrate()
    migrations.write(B, creates("posts"))
    with database_of(rival).locked(0, ignore):
        claim = History(rival).claim(B, 2, "c")
        History(rival).begin_statement(claim, 1)
        yield migrations


def test_what_runs_is_shown_as_running_and_not_as_failed(at_work: Migrations) -> None:
    outcome = at_work.run("migrate_status", check=True)
    assert outcome.code == 1
    assert outcome.lines[3].startswith(f"[ ] {B} (running, by ")
    assert " since 20" in outcome.lines[3]


@pytest.mark.parametrize(("option", "code"), [("check_unapplied", 1), ("plan", 0), ("pretend", 0)])
def test_a_look_ahead_meanwhile_answers_its_own_question(
    at_work: Migrations, option: str, code: int
) -> None:
    outcome = at_work.run("migrate", **{option: True})
    assert outcome.code == code, outcome.error
    assert "Another runner is at work: " in outcome.stderr


@pytest.mark.parametrize("resolution", ["--applied", "--rolled-back"])
def test_what_runs_cannot_be_resolved(at_work: Migrations, resolution: str) -> None:
    outcome = at_work.run("migrate_resolve", B, resolution, lock_timeout=0.1)
    assert outcome.code == 3
    assert at_work.history()[-1] == (B, 2, False)


def test_a_runner_whose_migration_nobody_sees_is_told_of(
    migrations: Migrations, rival: BaseDatabaseWrapper
) -> None:
    migrations.write(A, creates("users"))
    with database_of(rival).locked(0, ignore):
        lines = migrations.run("migrate_status").lines
    assert lines[2] == f"[ ] {A} (pending)"
    assert lines[3].startswith("Another runner is at work: ")


def test_a_runner_that_was_killed_before_its_first_statement_needs_no_person(
    migrations: Migrations,
) -> None:
    migrations.write(A, creates("users"), "schema.drop_table('users')")
    migrations.migrate()
    migrations.write(B, creates("posts"))
    History(migrations.connection).claim(B, 2, "c")
    assert migrations.run("migrate_status").lines[3] == f"[ ] {B} (pending)"
    migrations.migrate()
    assert migrations.applied() == [A, B]


def test_a_rollback_that_was_killed_before_its_first_statement_needs_no_person(
    migrations: Migrations,
) -> None:
    migrations.write(A, creates("users"), "schema.drop_table('users')")
    migrations.migrate()
    history = History(migrations.connection)
    assert history.reopen(history.rows()[0])
    assert migrations.run("migrate_status").lines[2] == f"[✓] {A} (applied)"
    assert migrations.run("migrate_rollback").code == 0
    assert (migrations.history(), migrations.tables) == ([], set())
