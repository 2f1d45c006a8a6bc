"""Commands, ``manage.py`` first of all, that are forked from a process that has the libraries already.

Starting Python anew for each of a test's many commands takes most of a second; a fork takes what
the command itself takes. Settings and models are read in the fork, as they are in a process of
their own. What Python itself is told, and another copy of kit_django, need a process of their own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.projects import REPOSITORY, Project, Result, checked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SERVER = """\
import importlib
import json
import os
import pkgutil
import runpy
import signal
import sys
import tempfile
import traceback

import black
import dj_database_url
import django.contrib.postgres.apps
import django.core.exceptions
import django.core.management
import django.db.migrations.executor
import django.db.models
import libcst

try:
    import MySQLdb
except ImportError:
    try:
        import pymysql
    except ImportError:
        pass
    else:
        pymysql.install_as_MySQLdb()

BACKENDS = [f"django.db.backends.{each}.base" for each in ("sqlite3", "postgresql", "mysql")]
# What django.setup(), the checks and the first query import, whatever the settings say.
USUAL = [
    "django.core.cache.backends.locmem",
    "django.core.management.commands.makemigrations",
    "django.core.serializers.json",
    "django.core.serializers.python",
    "django.middleware.csrf",
    "django.template.defaulttags",
    "django.template.loader_tags",
    "django.templatetags.i18n",
    "django.test.client",
    "django.utils.translation.reloader",
    "django.views.csrf",
    "django.views.debug",
    "django.views.defaults",
    "django.views.generic",
    "logging.config",
    "logging.handlers",
    "sqlparse",
]
for name in (*BACKENDS, *USUAL):
    try:
        importlib.import_module(name)
    except (ImportError, django.core.exceptions.ImproperlyConfigured):
        pass  # a driver that is not there

import kit_django

for module in pkgutil.walk_packages(kit_django.__path__, "kit_django."):
    importlib.import_module(module.name)
import inflection


def run(argv, folder, environment, stdin, timeout):
    os.chdir(folder)
    sys.argv = argv
    sys.path.insert(0, folder)
    os.environ.clear()
    os.environ.update(environment)
    signal.alarm(timeout)
    try:
        if os.path.exists(argv[0]):
            runpy.run_path(argv[0], run_name="__main__")
        else:
            django.core.management.execute_from_command_line(argv)
        return 0
    except SystemExit as stop:
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
            return 1
        return stop.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def begin(**request):
    files = [tempfile.TemporaryFile() for _ in range(3)]
    files[0].write(request["stdin"].encode())
    files[0].seek(0)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for number, file in enumerate(files):
                os.dup2(file.fileno(), number)
            code = run(**request)
        finally:
            os._exit(code)
    return child, files


def end(child, files):
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    texts = []
    for file in files:
        file.seek(0)
        texts.append(file.read().decode("utf-8"))
        file.close()
    return {"code": code, "stdout": texts[1], "stderr": texts[2]}


requests, answers = (os.fdopen(os.dup(number), mode, encoding="utf-8") for number, mode in enumerate("rw"))
for line in requests:
    begun = [begin(**request) for request in json.loads(line)]
    print(json.dumps([end(*each) for each in begun]), file=answers, flush=True)
requests.close()
answers.close()
"""


class ForkServer:
    """One process that answers one command after the other, or several at once, in whatever folder.

    ``kit_django`` is the folder that it imports kit_django from.
    """

    def __init__(self, kit_django: Path = REPOSITORY) -> None:
        self.kit_django = kit_django
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", SERVER],
            env={**os.environ, "PYTHONPATH": str(kit_django), "PYTHONIOENCODING": "utf-8"},
            cwd=kit_django,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, timeout: float, **request: Any) -> Result:
        """Run ``argv``, a file of ``folder`` or ``django-admin`` with its arguments, to its end."""
        (result,) = self.run_at_once(timeout, request)
        return result

    def run_at_once(self, timeout: float, *requests: dict[str, Any]) -> list[Result]:
        """Run several at the same time, to the end of all."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = [{**request, "timeout": int(timeout)} for request in requests]
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        return [Result(**each) for each in json.loads(self.process.stdout.readline())]

    def close(self) -> None:
        self.process.communicate(timeout=60)  # it may still be at its imports


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
        is_for_python = any(name.startswith("PYTHON") for name in env or {})
        if self.server is None or is_for_python or self.kit_django != self.server.kit_django:
            return super().run(*argv, check=check, env=env, stdin=stdin, timeout=timeout)
        result = self.server.run(timeout, **self._request(argv, env, stdin))
        return checked(argv, result, check)

    def run_at_once(self, *commands: tuple[str, ...], timeout: float = 240) -> list[Result]:
        """Run ``manage.py`` with each of these arguments, all at the same time and to their ends."""
        assert self.server is not None
        return self.server.run_at_once(timeout, *map(self._request, commands))

    def _request(
        self, argv: tuple[str, ...], env: Mapping[str, str] | None = None, stdin: str = ""
    ) -> dict[str, Any]:
        return {
            "argv": ["manage.py", *argv],
            "folder": str(self.folder),
            "environment": self.environment(env),
            "stdin": stdin,
        }
