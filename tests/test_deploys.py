"""The recipes for deployments are what their readers' tools can read, and their commands do what they say."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from configparser import ConfigParser
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.pages import blocks
from tests.projects import REPOSITORY
from tests.runner.conftest import SOURCE, creates, method

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.forks import ForkedProject
    from tests.projects import Result

PAGE = (REPOSITORY / "docs" / "deploys.md").read_text(encoding="utf-8")
A, B = "20240101120000_create_users", "20240101120001_create_posts"
STAND_IN = """#!/bin/sh
echo "python $*"
exit $CODE
"""
"""Says what it is asked, and ends as the test wants: starting Python takes long."""


def recipe(heading: str, language: str, number: int = 0) -> str:
    """The text of a block below a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [block.text for block in blocks(part) if block.language == language][number]


def strings(value: Any, key: str) -> Iterator[Any]:
    """What stands under a key, however deep."""
    if isinstance(value, list):
        for each in value:
            yield from strings(each, key)
    elif isinstance(value, dict):
        yield from (found for name, found in value.items() if name == key)
        for each in value.values():
            yield from strings(each, key)


def run(project: ForkedProject, words: list[str]) -> Result:
    assert words[:2] == ["python", "manage.py"]
    return project.run(*words[2:])


@pytest.fixture
def shop(project: ForkedProject) -> ForkedProject:
    write(project, A, creates("users"))
    return project


def write(project: ForkedProject, name: str, up: str) -> None:
    body = method("up", up).replace("\n", "\n    ")
    project.migration(name, SOURCE.format(body=f"    {body}"))


def test_the_entrypoint_migrates_and_hands_over(shop: ForkedProject) -> None:
    shop.write("entrypoint.sh", recipe("Docker", "sh"))
    lines = dict(line.split(" ", 1) for line in recipe("Docker", "dockerfile").splitlines())
    script, *_ = json.loads(lines["ENTRYPOINT"])[1:]
    assert lines["COPY"] == f"entrypoint.sh {script}"
    assert json.loads(lines["CMD"])

    shop.write("bin/python", STAND_IN).chmod(0o755)

    def begin(code: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "entrypoint.sh", "echo", "served"],
            cwd=shop.folder,
            env={"PATH": f"{shop.file('bin')}:{os.environ['PATH']}", "CODE": str(code)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    done = begin(0)
    assert (done.returncode, done.stderr) == (0, "")
    command, served = done.stdout.splitlines()
    assert served == "served"
    assert f"Applying migration: {A}" in run(shop, command.split()).stdout
    failed = begin(4)
    assert (failed.returncode, failed.stdout.splitlines()) == (4, [command])


@pytest.mark.parametrize("number", [0, 1], ids=["job", "init container"])
def test_what_kubernetes_is_told_migrates(shop: ForkedProject, number: int) -> None:
    told = yaml.safe_load(recipe("Kubernetes", "yaml", number))
    if number == 0:
        pod = told["spec"]["template"]["spec"]
        assert (told["apiVersion"], told["kind"]) == ("batch/v1", "Job")
        assert told["metadata"]["name"]
        assert pod["restartPolicy"] == "Never"  # a Job takes no Always
        assert [set(each) for each in pod["containers"]] == [{"name", "image", "command"}]
    (command,) = strings(told, "command")
    assert f"Applying migration: {A}" in run(shop, command).stdout


def test_heroku_and_systemd_migrate_before_they_serve(shop: ForkedProject) -> None:
    procfile = yaml.safe_load(recipe("Heroku", "yaml"))
    assert list(procfile) == ["release", "web"]
    assert f"Applying migration: {A}" in run(shop, procfile["release"].split()).stdout

    unit: Any = ConfigParser()
    unit.optionxform = str
    unit.read_string(recipe("systemd", "ini"))
    assert unit.sections() == ["Service"]
    python, manage, *words = shlex.split(unit["Service"]["ExecStartPre"])
    assert python.startswith("/")  # systemd wants it so
    assert manage == "/srv/shop/manage.py"
    assert unit["Service"]["ExecStart"].startswith("/")
    assert int(unit["Service"]["TimeoutStartSec"]) > int(words[words.index("--lock-timeout") + 1])
    assert run(shop, ["python", "manage.py", *words]).lines == ["Nothing to migrate."]


def test_ci_finds_what_is_not_as_it_should_be(
    shop: ForkedProject, wipe: Callable[[BaseDatabaseWrapper], None]
) -> None:
    shop.run("db_sync", check=0)  # as somebody did before the commit
    wipe(shop.connection)
    steps = [
        step.split() for step in strings(yaml.safe_load(recipe("GitHub Actions", "yaml")), "run")
    ]
    migrate, status, sync = steps
    assert [run(shop, step).code for step in steps] == [0, 0, 0]
    write(shop, B, creates("posts"))
    assert run(shop, status).code == 1
    assert [run(shop, step).code for step in (migrate, status, sync)] == [0, 0, 1]


def test_the_hooks_of_pre_commit_are_there() -> None:
    told = yaml.safe_load(recipe("Before a commit", "yaml"))
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    wanted = [hook["id"] for repo in told["repos"] for hook in repo["hooks"]]
    assert sorted(wanted) == sorted(hook["id"] for hook in hooks)
