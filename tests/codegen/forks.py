"""A project whose ``manage.py`` is forked from a process that has the libraries already.

Starting Python anew for each of a test's many commands takes most of a second; a fork takes what
the command itself takes. Models are imported in the fork, as they are in a process of their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.projects import Project, Result

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

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


def run(argv):
    from django.core.management import execute_from_command_line

    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
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


def forked(argv):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os._exit(run(argv))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8"))
    return {"code": code, "stdout": texts[0], "stderr": texts[1]}


sys.path.insert(0, os.getcwd())
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
for line in sys.stdin:
    print(json.dumps(forked(json.loads(line))), file=answers, flush=True)
answers.close()
"""


@dataclass(frozen=True)
class ForkedProject(Project):
    """``server`` answers one command after the other; ``close`` ends it."""

    server: subprocess.Popen[str] | None = None

    @classmethod
    def start_in(
        cls, folder: Path, database_url: str, connection: BaseDatabaseWrapper
    ) -> ForkedProject:
        plain = Project.create(folder, database_url, connection)
        server = subprocess.Popen(
            [sys.executable, "-W", "error", "-B", "-c", SERVER],
            cwd=folder,
            env=plain.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        return cls(folder, database_url, connection, plain.kit_django, server)

    def run(
        self,
        *argv: str,
        check: int | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float = 120,
    ) -> Result:
        assert self.server is not None
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        print(json.dumps(argv), file=self.server.stdin, flush=True)
        result = Result(**json.loads(self.server.stdout.readline()))
        if check is not None:
            assert result.code == check, f"{argv} ended with {result.code}, not {check}: {result}"
        return result

    def close(self) -> None:
        assert self.server is not None
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.close()
        self.server.stdout.close()
        self.server.wait(timeout=10)
