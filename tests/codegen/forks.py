"""A project whose ``manage.py`` is forked from a process that has the libraries already.

Starting Python anew for each of a test's many commands takes most of a second; a fork takes what
the command itself takes. Models are imported in the fork, as they are in a process of their own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.projects import REPOSITORY, Project, Result

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SERVER = """\
import json
import os
import sys
import tempfile
import traceback

import black
import dj_database_url
import django.contrib.postgres.apps
import django.core.management
import django.db.migrations.executor
import django.db.models
import inflect
import libcst


def run(argv, folder, environment):
    from django.core.management import execute_from_command_line

    os.chdir(folder)
    sys.path.insert(0, folder)
    os.environ.update(environment, DJANGO_SETTINGS_MODULE="settings")
    try:
        execute_from_command_line(["manage.py", *argv])
        return 0
    except SystemExit as stop:
        return stop.code or 0
    except BaseException:
        traceback.print_exc()
        return 70
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def forked(**request):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os._exit(run(**request))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8"))
    return {"code": code, "stdout": texts[0], "stderr": texts[1]}


answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
for line in sys.stdin:
    print(json.dumps(forked(**json.loads(line))), file=answers, flush=True)
answers.close()
"""


class ForkServer:
    """One process that answers one command after the other, in whatever folder."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-B", "-c", SERVER],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, argv: tuple[str, ...], folder: Path, environment: dict[str, str]) -> Result:
        request = {"argv": argv, "folder": str(folder), "environment": environment}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return Result(**json.loads(self.process.stdout.readline()))

    def close(self) -> None:
        self.process.communicate(timeout=10)


@dataclass(frozen=True)
class ForkedProject(Project):
    server: ForkServer | None = None

    def run(
        self,
        *argv: str,
        check: int | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float = 120,
    ) -> Result:
        assert self.server is not None
        result = self.server.run(argv, self.folder, self.environment(env))
        if check is not None:
            assert result.code == check, f"{argv} ended with {result.code}, not {check}: {result}"
        return result
