"""What the shells offer at the cursor, in real ones where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kit_django.management.commands.kit import COMMANDS
from kit_django.management.completing import SCRIPTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.projects import Project

A = "20240101120000_create_posts_table"


@pytest.fixture
def posts(project: Project) -> Project:
    project.migration(
        A,
        "from kit_django import Migration\n\n\nclass Creates(Migration):\n"
        "    def up(self, schema):\n"
        "        with schema.create_table('posts') as table:\n            table.id()\n",
    )
    project.run("migrate", check=0)
    return project


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["kit", "migrate:st"], ["migrate:status"]),
        (["kit", "comp"], ["completion"]),
        (["manage.py", "migrate_st"], ["migrate_status"]),
        (["manage.py", "check", "--dep"], ["--deploy"]),
        (["kit", "migrate:rollback", "--ste"], ["--step"]),
        (["kit", "migrate:rollback", "--to", "2024"], [A]),
        (["kit", "migrate:resolve", ""], [A]),
        (["kit", "migrate", "--to=2"], [f"--to={A}"]),
        (["kit", "migrate", "bl"], ["blog"]),
        (["kit", "db:sync", "--app", ""], ["blog", "kit_django"]),
        (["kit", "db:table", "po"], ["posts"]),
        (["kit", "db:sync", "--table", "p"], ["posts"]),
        (["kit", "db:show", "--database", "d"], ["default"]),
        (["kit", "db:show", "--format", ""], ["json", "text"]),
        (["kit", "migrate:rollback", "--step", ""], []),
        (["kit", "nothing", ""], []),
    ],
)
def test_what_may_stand_at_the_cursor(posts: Project, words: list[str], found: list[str]) -> None:
    assert posts.run("kit", "complete", *words, check=0).lines == found


def test_without_an_answer_of_the_database_nothing_is_offered(project: Project) -> None:
    project.configure("DATABASES['default']['NAME'] = '/nowhere/at/all'")
    result = project.run("kit", "complete", "kit", "db:table", "", check=0)
    assert (result.stdout, result.stderr) == ("", "")


def test_an_unknown_shell_is_told_which_there_are(project: Project) -> None:
    result = project.run("kit", "completion", "tcsh", check=2)
    assert "kit completion bash | zsh | fish" in result.stderr
    assert project.run("kit", "completion", "bash", check=0).stdout == SCRIPTS["bash"]


BASH = """\
eval "$(kit completion bash)"
line="$1"
COMP_LINE="$line" COMP_POINT=${#line}
_kit_complete
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = "kit completion fish | source; complete -C$argv[1]"
ZSH = """\
compdef() { : }
compadd() { print -l -- "${@[3,-1]}" }
_files() { print files }
eval "$(kit completion zsh)"
words=("${(@s: :)1}") CURRENT=${#words}
_kit_complete
"""


def in_shell(project: Project, tmp_path: Path, shell: str, source: str, line: str) -> list[str]:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    scripts = tmp_path / "bin"
    scripts.mkdir()
    kit = scripts / "kit"
    kit.write_text(f"#!{sys.executable}\nfrom kit_django.cli import main\nmain()\n")
    kit.chmod(0o755)
    options = {"zsh": ["-f"], "fish": ["--no-config"], "bash": ["--norc"]}[shell]
    rest = [line] if shell == "fish" else [shell, line]
    done = subprocess.run(
        [shell, *options, "-c", source, *rest],
        cwd=project.folder,
        env=project.environment({"PATH": f"{scripts}:{os.environ['PATH']}", "HOME": str(tmp_path)}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("shell", "source"), [("bash", BASH), ("zsh", ZSH), ("fish", FISH)])
def test_real_shells_complete(posts: Project, tmp_path: Path, shell: str, source: str) -> None:
    assert in_shell(posts, tmp_path, shell, source, "kit migrate:rollback --to 2024") == [A]


@pytest.mark.databases("sqlite")
def test_bash_goes_on_behind_a_colon(posts: Project, tmp_path: Path) -> None:
    """Which begins another word to it."""
    assert in_shell(posts, tmp_path, "bash", BASH, "kit migrate:st") == ["status"]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("name", COMMANDS)
def test_each_commands_help_ends_with_examples(project: Project, name: str) -> None:
    text = project.run("kit", name, "--help", check=0).stdout
    command = name.replace(":", "_")
    assert "\nexamples:\n" in text
    assert text.partition("\nexamples:\n")[2].startswith(f"  manage.py {command}")
    assert [line for line in text.splitlines() if len(line) > 80] == []
