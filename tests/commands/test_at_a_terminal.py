"""What a person sees at a terminal, and what a pipe does not get."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from kit_django.management.reporting import duration
from tests.commands.terminal import COLOUR, left_standing, shown

if TYPE_CHECKING:
    from tests.projects import Project

SOURCE = """\
from kit_django import Migration, Schema


class Creates(Migration):
    def up(self, schema: Schema) -> None:
        {up}
        with schema.create_table("{table}") as table:
            table.id()
"""
NAMES = [f"2024010112000{number}_create_{letter}" for number, letter in enumerate("abc")]


@pytest.fixture
def three(project: Project) -> Project:
    for name in NAMES:
        project.migration(name, SOURCE.format(table=name[-1], up="pass"))
    return project


def without_times(lines: list[str]) -> list[str]:
    return [re.sub(r"  [\d.]+ m?s$", "  T", line) for line in lines]


def test_each_migration_has_its_time_and_its_place_among_all(three: Project) -> None:
    text, code = shown(three, "migrate")
    assert code == 0
    assert without_times(left_standing(text)) == [
        "Running migrations...",
        *(f"Applying migration: {name}  T" for name in NAMES),
        "All migrations completed successfully!",
    ]
    assert f"Applying migration: {NAMES[1]} (2 of 3) ..." in text
    text, _ = shown(three, "migrate_rollback", "--step", "2", columns=30)
    assert without_times(left_standing(text))[1:3] == [
        f"Rolling back: {name}  T" for name in NAMES[:0:-1]
    ]
    passing = [each for line in text.split("\n") for each in line.split("\r")[:-1] if each]
    assert passing
    assert [line for line in passing if len(line) >= 30] == []


@pytest.mark.databases("sqlite")
def test_what_a_migration_notes_and_a_failure_stand_behind_its_line(three: Project) -> None:
    failing = SOURCE.format(table="b", up="raise ValueError('too bad')")
    three.migration(NAMES[1], failing)
    text, code = shown(three, "migrate")
    lines = left_standing(text)
    assert code == 1
    assert f"Applying migration: {NAMES[1]}" in lines
    assert lines[-1].startswith(f"CommandError: Migration {NAMES[1]} failed in ")
    assert "..." not in lines[-2]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("arguments", "env", "is_coloured"),
    [
        ([], {}, True),
        (["--no-color"], {}, False),
        ([], {"NO_COLOR": "1"}, False),
        (["--force-color"], {"NO_COLOR": "1"}, True),
        (["--format", "json"], {}, False),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "migrate_status", "db_show", "db_sync"])
def test_colour_is_as_djangos_own_commands_have_it(
    three: Project, command: str, arguments: list[str], env: dict[str, str], is_coloured: bool
) -> None:
    text, code = shown(three, command, *arguments, env=env)
    assert code == 0
    assert bool(COLOUR.search(text)) is is_coloured
    if "json" in arguments:
        json.loads(text)


@pytest.mark.databases("sqlite")
def test_no_file_gets_colours_or_progress(three: Project) -> None:
    for words in (["migrate"], ["migrate_status"], ["db_sync"], ["db_show"]):
        result = three.run(*words, check=0)
        assert "\x1b" not in result.stdout + result.stderr
        assert "\r" not in result.stdout
    assert "\x1b[" in three.run("migrate_status", "--force-color").stdout


def test_status_has_batches_and_a_summary(three: Project) -> None:
    three.run("migrate", "--to", NAMES[1], "--step", check=0)
    text, code = shown(three, "migrate_status")
    assert (left_standing(text), code) == (
        [
            "Migration Status",
            "----------------",
            f"[✓] {NAMES[0]} (applied, batch 1)",
            f"[✓] {NAMES[1]} (applied, batch 2)",
            f"[ ] {NAMES[2]} (pending)",
            "",
            "2 applied in 2 batches, 1 pending.",
        ],
        0,
    )
    assert f"[✓] {NAMES[0]} (applied)" in three.run("migrate_status").lines
    three.run("migrate", check=0)
    assert (
        left_standing(shown(three, "migrate_status", "--pending")[0])[-1] == "Nothing is pending."
    )


@pytest.mark.databases("sqlite")
def test_an_empty_project_gets_a_hint(project: Project) -> None:
    text, _ = shown(project, "migrate_status")
    assert left_standing(text) == [
        "There are no migrations yet. make_migration create_users_table makes one."
    ]


def test_very_verbosely_the_sql_is_shown_as_it_runs(project: Project) -> None:
    up = 'schema.run_sql("CREATE TABLE told (id integer)")'
    project.migration(NAMES[0], SOURCE.format(table="a", up=up))
    lines = project.run("migrate", "-v", "3", check=0).lines
    at = [number for number, line in enumerate(lines) if line.startswith("    CREATE TABLE")]
    created = [lines[number].split("(")[0].replace("`", '"').strip() for number in at]
    assert created[-2:] == ["CREATE TABLE told", 'CREATE TABLE "a"']
    assert at[-1] < lines.index("  create table 'a'")
    assert "CREATE TABLE" not in project.run("migrate_status", "-v", "3").stdout
    project.migration(NAMES[1], SOURCE.format(table="b", up="pass"))
    document = project.run("migrate", "-v", "3", "--format", "json", check=0).stdout
    assert json.loads(document)["applied"][0]["name"] == NAMES[1]


@pytest.mark.databases("postgresql")
def test_no_secret_is_shown(project: Project) -> None:
    up = "schema.run_sql(\"DO $$BEGIN IF false THEN ALTER USER x PASSWORD 'hush-hush'; END IF; END$$\")"
    project.migration(NAMES[0], SOURCE.format(table="a", up=up))
    result = project.run("migrate", "-v", "3", check=0)
    assert "ALTER USER x PASSWORD" in result.stdout
    assert "hush-hush" not in result.stdout + result.stderr


def test_times_are_said_as_people_say_them() -> None:
    assert [duration(ms) for ms in (0, 999, 1000, 59_940, 125_000)] == [
        "0 ms",
        "999 ms",
        "1.0 s",
        "59.9 s",
        "2 min 5 s",
    ]


# A pipe that nobody reads any more


def run_closed(project: Project, *arguments: str, reads: int = 0) -> tuple[int, str]:
    """The exit code and stderr of a command whose reader leaves behind so many lines."""
    with project.start(*arguments) as done:
        assert done.stdout is not None
        assert done.stderr is not None
        for _ in range(reads):
            assert done.stdout.readline()
        done.stdout.close()
        said = done.stderr.read()
    return done.returncode, said


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("reads", [0, 1])
def test_a_run_goes_on_though_nobody_reads_it(three: Project, reads: int, atomic: bool) -> None:
    """What a migration prints itself included."""
    loud = "[print('x' * 90_000, flush=True) for _ in range(3)]"
    source = SOURCE.format(table="b", up=loud)
    if not atomic:
        source = source.replace("    def up", "    atomic = False\n\n    def up")
    three.migration(NAMES[1], source)
    assert run_closed(three, "migrate", "-v", "3", reads=reads) == (0, "")
    status = json.loads(three.run("migrate_status", "--format", "json", check=0).stdout)
    assert [each["status"] for each in status] == ["applied"] * 3
    assert run_closed(three, "migrate_rollback", "--all", "--force") == (0, "")
    assert "(applied" not in three.run("migrate_status").stdout


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["migrate_status"], 0),
        (["migrate_status", "--check"], 1),
        (["kit", "db:show"], 0),
        (["kit", "--help"], 0),
        (["migrate_status", "--help"], 0),
        (["db_sync", "--diff"], 0),
        (["migrate", "--pretend"], 0),
    ],
)
def test_what_only_looks_ends_quietly_as_well(
    three: Project, arguments: list[str], code: int
) -> None:
    assert run_closed(three, *arguments) == (code, "")


@pytest.mark.databases("sqlite")
def test_an_error_keeps_its_exit_code_where_nobody_hears_it(three: Project) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        three.command("migrate_rollback", "--to", "nowhere"),
        cwd=three.folder,
        env=three.environment(),
        stdout=writing,
        stderr=writing,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 1
