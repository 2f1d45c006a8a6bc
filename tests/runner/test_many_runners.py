"""Many runners at once on one database, as when a deployment starts all its processes: each migration
is run once, and nobody ends with an error but who waited for the lock too long."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.runner.conftest import SOURCE, creates, method

if TYPE_CHECKING:
    from tests.forks import ForkedProject
    from tests.projects import Result

pytestmark = pytest.mark.long

RUNNERS = 12
TABLES = ["users", "posts", "tags", "votes"]
NAMES = [f"2024010112000{number}_create_{table}" for number, table in enumerate(TABLES)]
MIGRATE, STATUS = ("migrate",), ("migrate_status",)
ROLLBACK = ("migrate_rollback", "--all", "--force")
FRESH = ("migrate_fresh", "--force")
SYNC = ("db_sync",)
DIES_ONCE = """
import os, pathlib, signal
marker = pathlib.Path(__file__).with_suffix(".died")
# A rehearsal ends here, and what only looks ahead is not watched.
is_run = any(type(each).__name__ in ("Watch", "Journal") for each in schema.connection.execute_wrappers)
if is_run and not marker.exists():
    marker.touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def write(project: ForkedProject, number: int, before: str = "", after: str = "") -> None:
    up = f"{before}{creates(TABLES[number])}\n{after}"
    down = f"schema.drop_table({TABLES[number]!r})"
    body = textwrap.indent(f"{method('up', up)}\n\n{method('down', down)}", "    ")
    project.migration(NAMES[number], SOURCE.format(body=body))


def write_all(project: ForkedProject) -> None:
    for number in range(len(TABLES)):
        write(project, number)


def counted(results: list[Result], words: str) -> Counter[str]:
    """How often each migration was told of behind these words."""
    lines = [line for result in results for line in result.lines]
    return Counter(line.removeprefix(words) for line in lines if line.startswith(words))


def assert_sound(results: list[Result], *codes: int) -> None:
    for result in results:
        assert result.code in codes, result
        assert "Traceback" not in result.stderr, result
        if result.code == 3:
            assert "still has the lock" in result.stderr, result


def assert_all_applied(project: ForkedProject) -> None:
    status = project.run("migrate_status", check=0)
    assert [line for line in status.lines if line.startswith("[")] == [
        f"[✓] {name} (applied)" for name in NAMES
    ]
    assert set(TABLES) <= set(project.connection.introspection.table_names())


def test_twelve_on_an_empty_database(project: ForkedProject) -> None:
    write_all(project)
    results = project.run_at_once(*[MIGRATE] * RUNNERS, STATUS, STATUS)
    assert_sound(results, 0, 3)
    assert counted(results, "Applying migration: ") == dict.fromkeys(NAMES, 1)
    assert_all_applied(project)


def test_twelve_where_some_are_applied_already(project: ForkedProject) -> None:
    write(project, 0)
    project.run("migrate", check=0)
    write_all(project)
    results = project.run_at_once(*[MIGRATE] * RUNNERS, STATUS, STATUS)
    assert_sound(results, 0, 3)
    assert counted(results, "Applying migration: ") == dict.fromkeys(NAMES[1:], 1)
    assert_all_applied(project)


def test_twelve_of_which_one_is_killed_while_it_holds_the_lock(project: ForkedProject) -> None:
    write_all(project)
    write(project, 1, before=DIES_ONCE)
    *results, looked = project.run_at_once(*[MIGRATE] * RUNNERS, STATUS)
    (killed,) = [result for result in results if result.code == -9]
    others = [result for result in results if result is not killed]
    assert_sound([*others, looked], 0, 3)
    assert counted(others, "Applying migration: ") == dict.fromkeys(NAMES[1:], 1)
    assert_all_applied(project)


@pytest.mark.databases("mysql")
def test_one_that_is_killed_half_way_stops_the_others_with_what_to_do(
    project: ForkedProject,
) -> None:
    write_all(project)
    write(project, 1, after=DIES_ONCE)
    results = project.run_at_once(*[MIGRATE] * 4)
    assert sorted(result.code for result in results) == [-9, 4, 4, 4]
    for result in results:
        assert result.code == -9 or f"{NAMES[1]} stopped half-way" in result.stderr
    project.run("migrate_resolve", NAMES[1], "--applied", check=0)
    assert_sound(project.run_at_once(*[MIGRATE] * 4), 0)
    assert_all_applied(project)


@pytest.mark.parametrize("other", [ROLLBACK, FRESH], ids=["rollback", "fresh"])
def test_beside_one_that_takes_back(project: ForkedProject, other: tuple[str, ...]) -> None:
    write_all(project)
    project.run("migrate", check=0)
    results = project.run_at_once(*[MIGRATE, other, STATUS] * 3)
    assert_sound(results, 0, 3)
    last = project.run("migrate", check=0)
    if other == ROLLBACK:
        applied = counted([*results, last], "Applying migration: ")
        assert applied == counted(results, "Rolling back: ")
    assert_all_applied(project)


def test_beside_db_sync(project: ForkedProject) -> None:
    write_all(project)
    results = project.run_at_once(SYNC, *[MIGRATE, STATUS] * 3)
    assert_sound(results, 0, 3)
    assert counted(results, "Applying migration: ") == dict.fromkeys(NAMES, 1)
    assert_all_applied(project)
    project.run("db_sync", "--check", check=0)


@pytest.mark.parametrize("other", [ROLLBACK, FRESH, SYNC], ids=["rollback", "fresh", "sync"])
def test_beside_another_where_one_is_killed_while_it_holds_the_lock(
    project: ForkedProject, other: tuple[str, ...]
) -> None:
    write_all(project)
    write(project, 1, before=DIES_ONCE)
    results = project.run_at_once(*[MIGRATE, other, STATUS] * 2)
    (killed,) = [result for result in results if result.code == -9]
    assert_sound([result for result in results if result is not killed], 0, 3)
    project.run("migrate", check=0)
    assert_all_applied(project)
