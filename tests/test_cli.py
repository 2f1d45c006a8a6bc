"""``kit`` and ``manage.py kit``: Kit's own spelling of the same commands."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from kit_django.cli import find_manage
from kit_django.management.commands.kit import COMMANDS, OF_OTHERS, django_name

if TYPE_CHECKING:
    from pathlib import Path

    from tests.projects import Project


def kit(project: Project, *arguments: str, folder: str = ".") -> subprocess.CompletedProcess[str]:
    """Run the console script as its entry point does."""
    command = [sys.executable, "-c", "from kit_django.cli import main; main()", *arguments]
    return subprocess.run(
        command,
        cwd=project.folder / folder,
        env=project.environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_every_command_has_its_spelling(project: Project) -> None:
    made = project.run("kit", "make:migration", "create_users_table", check=0)
    assert made.stdout.startswith(f"Created migration: migrations{os.sep}2")
    assert "All migrations completed" in project.run("kit", "migrate", check=0).stdout
    assert "(applied)" in project.run("kit", "migrate:status", check=0).stdout
    rolled_back = project.run("kit", "migrate:rollback", "--step", "1", check=0)
    assert rolled_back.lines[-1] == "Rollback completed successfully!"
    fresh = project.run("kit", "migrate:fresh", "--force", check=0)
    assert fresh.lines[-1] == "Fresh migration completed successfully!"
    project.run("kit", "db:sync", check=0)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["migrate:rollback", "--step", "0"], 2, "must be a whole number, 1 or more"),
        (["migrate:rollback", "--batch", "7"], 0, "Nothing to roll back."),
        (["migrate:status", "--nonsense"], 2, "unrecognized arguments: --nonsense"),
        (["migrate:resolve", "x", "--applied"], 1, "No migration is called 'x'"),
        (["migrate:rolback"], 2, "Did you mean migrate:rollback?"),
        (["nonsense"], 2, "Known: make:migration, migrate, "),
        (["serve"], 2, "Here that is: python manage.py runserver."),
        (["migrate_status"], 0, "Migration Status"),
        (["migrate:rollback", "--help"], 0, "--step N"),
        ([], 0, "migrate:rollback     roll back the last migration"),
        (["--help"], 0, "db:sync              migrate, and bring the models"),
    ],
)
def test_exit_codes_and_words_pass_through(
    project: Project, arguments: list[str], code: int, words: str
) -> None:
    result = project.run("kit", *arguments, check=code)
    assert words in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_is_there_outside_of_a_project(
    project: Project, tmp_path: Path, arguments: list[str]
) -> None:
    result = kit(project, *arguments, folder=str(tmp_path))
    assert result.returncode == 0
    assert "migrate:rollback     roll back the last migration" in result.stdout
    assert "Run it in a Django project" in result.stdout


def test_a_program_may_call_it_too(project: Project) -> None:
    with pytest.raises(CommandError, match="kit has no command 'nothing'"):
        call_command("kit", "nothing")


def test_words_of_laravel_and_rails_lead_on(project: Project) -> None:
    with pytest.raises(CommandError, match="Here that is: python manage"):
        call_command("kit", "tinker")
    with pytest.raises(CommandError, match="Here that is: kit migrate:status"):
        call_command("kit", "db:migrate:status")


def test_each_such_word_leads_to_a_command_there_is() -> None:
    for meant in OF_OTHERS.values():
        program, name, *_ = meant.replace(",", "").split()
        assert program != "kit" or name in COMMANDS


def test_all_names_are_those_of_commands() -> None:
    from django.core.management import get_commands

    assert {django_name(name) for name in COMMANDS} <= get_commands().keys()


def test_the_script_finds_the_project_from_a_folder_within(project: Project) -> None:
    done = kit(project, "migrate:status", folder="blog")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Migration Status\n")


def test_the_script_hands_on_arguments_and_exit_code(project: Project) -> None:
    done = kit(project, "migrate:rollback", "--step", "0")
    assert done.returncode == 2


def test_without_a_project_there_is_a_clear_error(project: Project, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    done = kit(project, "migrate", folder=str(nowhere))
    assert done.returncode == 2
    assert done.stderr.startswith(f"kit: there is no manage.py in {nowhere}")
    assert "Traceback" not in done.stderr


def test_the_nearest_project_is_the_one(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "manage.py").touch()
    assert find_manage(inner) == tmp_path / "manage.py"
    (tmp_path / "a" / "manage.py").touch()
    assert find_manage(inner) == tmp_path / "a" / "manage.py"
