"""What the benchmarks share: throw-away projects, timed commands, tables of ratios."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

MANAGE = """\
import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
execute_from_command_line(sys.argv)
"""

SETTINGS = """\
from pathlib import Path

import dj_database_url

try:
    import MySQLdb
except ImportError:
    import pymysql

    pymysql.install_as_MySQLdb()

BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY = "benchmarks"
DEBUG = True
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = {apps!r}
DATABASES = {{"default": dj_database_url.config(default=f"sqlite:///{{BASE_DIR / 'db.sqlite3'}}")}}
KIT = {{"MODELS": {{"blog": ["*"]}}}}
"""


class Project:
    """A project in a folder, with one app ``blog``."""

    def __init__(self, folder: Path, apps: Sequence[str], url: str = "") -> None:
        self.folder = folder
        self.url = url
        self.write("manage.py", MANAGE)
        self.write("settings.py", SETTINGS.format(apps=list(apps)))
        self.write("blog/__init__.py", "")

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def time(self, *argv: str) -> float:
        """Seconds that one command of ``manage.py`` takes, start-up included."""
        started = time.perf_counter()
        self.output(*argv)
        return time.perf_counter() - started

    def output(self, *argv: str) -> str:
        """What one command of ``manage.py`` prints."""
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        if self.url:
            environment["DATABASE_URL"] = self.url
        done = subprocess.run(
            [sys.executable, "manage.py", *argv],
            cwd=self.folder,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        return done.stdout


def best(times: Iterable[float]) -> float:
    """The least of several measurements: noise only ever adds."""
    return min(times)


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A Markdown table."""
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
