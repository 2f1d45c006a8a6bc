from __future__ import annotations

import getpass
import json
import re
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from kit_django.runner import status, who
from kit_django.runner.files import MigrationFile
from kit_django.runner.history import History
from kit_django.runner.history_table import LATER
from tests.runner.conftest import creates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries

    from tests.projects import Project
    from tests.runner.conftest import Migrations

A, B, C, D, E = (f"2024010112000{number}_{letter}" for number, letter in enumerate("abcde"))
HEAD = ["Migration Status", "----------------"]


@pytest.fixture
def five(migrations: Migrations) -> Migrations:
    """A is applied, B edited since, C's file is gone, D failed, E is pending."""
    for name in (A, B, C, D):
        migrations.write(name, creates(name[-1]))
    migrations.migrate()
    migrations.write(B, creates("b"), attributes="atomic = False")
    (migrations.folder / f"{C}.py").unlink()
    migrations.execute(
        f"UPDATE kit_migrations SET applied_at = NULL, statements = 1 WHERE name = '{D}'"
    )
    migrations.write_source(E, "raise SystemExit\n")
    return migrations


def test_each_state_has_its_words(five: Migrations) -> None:
    outcome = five.run("migrate_status")
    assert outcome.lines == [
        *HEAD,
        f"[✓] {A} (applied)",
        f"[✓] {B} (applied, edited since)",
        f"[✓] {C} (applied, file missing)",
        f"[ ] {D} (failed)",
        f"[ ] {E} (pending)",
    ]
    assert outcome.code == 0


def test_with_no_migrations_there_is_only_the_head(migrations: Migrations) -> None:
    assert migrations.run("migrate_status").lines == HEAD
    assert migrations.connection.introspection.table_names() == []


def test_line_endings_are_no_edit(migrations: Migrations) -> None:
    path = migrations.write(A, creates("a"))
    migrations.migrate()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert migrations.run("migrate_status", check=True).code == 0


def test_pending_shows_only_that(five: Migrations) -> None:
    outcome = five.run("migrate_status", pending=True)
    assert outcome.lines == [*HEAD, f"[ ] {E} (pending)"]
    assert outcome.code == 1


def test_pending_is_0_where_nothing_is(migrations: Migrations) -> None:
    migrations.write(A)
    migrations.migrate()
    outcome = migrations.run("migrate_status", pending=True)
    assert (outcome.lines, outcome.code) == (HEAD, 0)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda migrations: migrations.write(B),
        lambda migrations: migrations.write(A, "1 / 1"),
        lambda migrations: (migrations.folder / f"{A}.py").unlink(),
        lambda migrations: migrations.execute(
            "UPDATE kit_migrations SET applied_at = NULL, statements = 1"
        ),
    ],
    ids=["pending", "edited", "missing", "failed"],
)
def test_check_finds_what_needs_care(migrations: Migrations, break_it: object) -> None:
    assert callable(break_it)
    migrations.write(A)
    migrations.migrate()
    assert migrations.run("migrate_status", check=True).code == 0
    break_it(migrations)
    assert migrations.run("migrate_status", check=True).code == 1


def test_as_json_each_migration_is_an_object(five: Migrations) -> None:
    found = json.loads(five.run("migrate_status", format="json").stdout)
    assert [(each["name"], each["status"], each["batch"]) for each in found] == [
        (A, "applied", 1),
        (B, "edited", 1),
        (C, "missing", 1),
        (D, "failed", 1),
        (E, "pending", None),
    ]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT.*\+00:00", found[0]["applied_at"])
    assert found[4]["applied_at"] is None


def test_verbosely_batch_time_and_duration_are_shown(five: Migrations) -> None:
    lines = five.run("migrate_status", verbosity=2).lines
    (line,) = (line for line in lines if A in line)
    told = (
        rf"\[✓\] {A} \(applied, batch 1, {datetime.now(UTC):%Y-%m-%d} \d\d:\d\d:\d\d UTC, \d+ ms, "
        rf"by {re.escape(f'{getpass.getuser()}@{socket.gethostname()}')}\)"
    )
    assert re.fullmatch(told, line)


@pytest.mark.usefixtures("nameless_user")
def test_a_user_without_a_name_is_left_out(five: Migrations) -> None:
    (line,) = (line for line in five.run("migrate_status", verbosity=2).lines if A in line)
    assert line.endswith(f" ms, on {socket.gethostname()})")


@pytest.fixture
def nameless_user(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a container that runs under a number which is in no list of users."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 987654321)
    who.username.cache_clear()
    yield
    who.username.cache_clear()


def test_a_name_of_any_bytes_can_be_kept(
    migrations: Migrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ильja\U0001f419\udcff")
    who.username.cache_clear()
    migrations.write(A)
    migrations.migrate()
    who.username.cache_clear()
    (found,) = json.loads(migrations.run("migrate_status", format="json").stdout)
    assert (found["username"], found["host"]) == ("ильja\U0001f419?", socket.gethostname())


@pytest.mark.parametrize(
    "lacking",
    [
        ["host", "username"],
        ["environment", "host", "username"],
        ["statement", "environment", "host", "username"],
    ],
)
def test_a_history_of_an_older_release_goes_on(migrations: Migrations, lacking: list[str]) -> None:
    migrations.write(A)
    migrations.migrate()
    for column in lacking:
        migrations.execute(f"ALTER TABLE kit_migrations DROP COLUMN {column}")
    (line,) = (line for line in migrations.run("migrate_status", verbosity=2).lines if A in line)
    assert line.endswith(" ms)")
    (row,) = History(migrations.connection).rows()
    assert row.environment == (None if "environment" in lacking else "test")
    migrations.write(B)
    migrations.migrate()
    old, new = json.loads(migrations.run("migrate_status", format="json").stdout)
    assert (old["host"], old["username"]) == (None, None)
    assert (new["host"], new["username"]) == (socket.gethostname(), getpass.getuser())


def test_in_such_a_history_what_failed_can_be_resolved(migrations: Migrations) -> None:
    migrations.write(A)
    migrations.migrate()
    migrations.execute("UPDATE kit_migrations SET applied_at = NULL, statements = 1")
    for column in LATER:
        migrations.execute(f"ALTER TABLE kit_migrations DROP COLUMN {column}")
    outcome = migrations.run("migrate_resolve", A, "--applied")
    assert (outcome.code, outcome.error) == (0, "")
    assert migrations.applied() == [A]


def test_it_is_one_query(
    migrations: Migrations, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    migrations.create_tables("a", "b", "c")
    migrations.migrate()
    with django_assert_num_queries(1, connection=migrations.connection):
        migrations.run("migrate_status")


@pytest.mark.parametrize(("encoding", "tick"), [("utf-8", "✓"), ("ascii", "x"), ("latin-1", "x")])
def test_where_there_is_no_tick_it_is_an_x(project: Project, encoding: str, tick: str) -> None:
    project.run("make_migration", "create_users_table", check=0)
    project.run("migrate", check=0)
    result = project.run("migrate_status", env={"PYTHONIOENCODING": encoding}, check=0)
    assert result.lines[2].startswith(f"[{tick}] ")


def test_pending_files_are_not_compared_with_each_other(
    migrations: Migrations, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        migrations.write(f"202401011300{number:02}_x{number}", creates(f"x{number}"))
    compared: list[object] = []
    equals = MigrationFile.__eq__

    def counted(one: MigrationFile, other: object) -> bool:
        compared.append(other)
        return equals(one, other)

    monkeypatch.setattr(MigrationFile, "__eq__", counted)
    assert len(status.read(migrations.connection)) == 60
    assert len(compared) <= 60
