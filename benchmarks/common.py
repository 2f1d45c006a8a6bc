"""What the benchmarks share: throw-away projects, timed commands, tables of medians and ratios."""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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

    def processor_time(self, *argv: str) -> float:
        """Seconds of the processor that one command takes, whatever else the machine does."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.output(*argv)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def output(self, *argv: str) -> str:
        """What one command of ``manage.py`` prints."""
        return self.script("manage.py", *argv)

    def script(self, *argv: str) -> str:
        """What one of the project's scripts prints."""
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as a person's Python keeps it
        if self.url:
            environment["DATABASE_URL"] = self.url
        return run([sys.executable, *argv], self.folder, environment)


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """What a command prints. Raises CalledProcessError, with what it said, where it fails."""
    usual = {**(os.environ if environment is None else environment)}
    # What users have not set, and what would have each start compile everything again.
    for odd in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"):
        usual.pop(odd, None)
    done = subprocess.run(
        command, cwd=folder, env=usual, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
        done.check_returncode()
    return done.stdout


@dataclass
class Measured:
    """The times of several things that were done side by side, in seconds."""

    title: str
    base: str
    """What the others are compared with."""
    times: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, seconds: float) -> None:
        self.times.setdefault(name, []).append(seconds)

    def median(self, name: str) -> float:
        return statistics.median(self.times[name])

    def ratio(self, name: str) -> float:
        """The median of the ratios of each round: what slows one down slows its neighbours down."""
        pairs = zip(self.times[name], self.times[self.base], strict=True)
        return statistics.median(own / base for own, base in pairs)

    def rows(self) -> Iterable[Sequence[str]]:
        for name, times in self.times.items():
            spread = f"{min(times):.2f} to {max(times):.2f}"
            yield name, f"{self.median(name):.2f} s", spread, f"{self.ratio(name):.2f}"

    def print(self) -> None:
        print(f"\n{self.title}\n")
        print_table(("", "median", "spread", f"over {self.base}"), self.rows())


def print_json(measured: Iterable[Measured], path: Path | None) -> None:
    """All times and ratios, for programs."""
    if path is None:
        return
    found = [
        {
            "title": each.title,
            "base": each.base,
            "times": each.times,
            "ratios": {name: each.ratio(name) for name in each.times},
        }
        for each in measured
    ]
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A Markdown table."""
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def parser(description: str) -> argparse.ArgumentParser:
    """The options that the benchmarks have in common."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--url", default="", help="a database to use up; SQLite by default")
    made.add_argument("--repeat", type=int, default=3)
    made.add_argument("--json", type=Path, help="a file for all times and ratios")
    return made
