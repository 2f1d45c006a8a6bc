"""A throw-away Django project whose ``manage.py`` runs as it does for a user."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.backends.base.base import BaseDatabaseWrapper

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
DEBUG = True
SECRET_KEY = "tests"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["kit_django", "blog"]
DATABASES = {"default": dj_database_url.config()}
KIT = {"MODELS": {"blog": ["*"]}}
"""

FILES = {
    "manage.py": MANAGE,
    "settings.py": SETTINGS,
    "urls.py": "urlpatterns = []\n",
    "blog/__init__.py": "",
    "blog/models.py": "from django.db import models\n\n# Create your models here.\n",
}


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit code."""

    stdout: str
    stderr: str
    code: int

    @property
    def lines(self) -> list[str]:
        return self.stdout.splitlines()


@dataclass(frozen=True)
class Project:
    """A project in a folder: one app ``blog`` that takes all tables, no migrations yet."""

    folder: Path
    database_url: str
    connection: BaseDatabaseWrapper = field(repr=False)
    kit_django: Path = REPOSITORY

    @classmethod
    def create(cls, folder: Path, database_url: str, connection: BaseDatabaseWrapper) -> Project:
        project = cls(folder, database_url, connection)
        for name, text in FILES.items():
            project.write(name, text)
        return project

    def file(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project, and the folders that it needs."""
        path = self.file(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def configure(self, lines: str) -> None:
        """Add lines to the end of the settings."""
        with self.file("settings.py").open("a", encoding="utf-8") as settings:
            settings.write(f"\n{lines}\n")

    def migration(self, filename: str, source: str) -> Path:
        """Write ``migrations/<filename>``; the suffix ``.py`` may be left out."""
        return self.write(f"migrations/{filename.removesuffix('.py')}.py", source)

    def run(
        self,
        *argv: str,
        check: int | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        timeout: float = 120,
    ) -> Result:
        """Run ``manage.py`` to its end. ``check`` is the exit code that it must have."""
        done = subprocess.run(
            self.command(*argv),
            cwd=self.folder,
            env=self.environment(env),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
        return checked(argv, Result(done.stdout, done.stderr, done.returncode), check)

    def start(self, *argv: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start ``manage.py`` and go on, for tests of two at once."""
        return subprocess.Popen(
            self.command(*argv),
            cwd=self.folder,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def command(self, *argv: str) -> list[str]:
        return [sys.executable, "-W", "error", "manage.py", *argv]

    def environment(self, changes: Mapping[str, str] | None = None) -> dict[str, str]:
        return environment(self.database_url, self.kit_django, changes)


def checked(argv: tuple[str, ...], result: Result, code: int | None) -> Result:
    """The result, which must have that exit code unless it is None."""
    assert code in (None, result.code), f"{argv} ended with {result.code}, not {code}: {result}"
    return result


def environment(
    database_url: str, kit_django: Path, changes: Mapping[str, str] | None = None
) -> dict[str, str]:
    """This process's own, less its settings, with a database and the folder of kit_django."""
    inherited = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    return {
        **inherited,
        "DATABASE_URL": database_url,
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": str(kit_django),
        **(changes or {}),
    }
