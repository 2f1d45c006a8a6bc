"""How long a database of tests takes: by running all migrations, and from the schema dump.

``python -m benchmarks.testdb [migrations] [database URL]``. Each way is taken twice in one process that
makes the database as Django's test runner does; what counts is the second time.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.common import Project, print_table

RUN = """\
import os, time

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django

django.setup()
from django.db import connection
from django.test.utils import setup_test_environment

setup_test_environment()
name = connection.settings_dict["NAME"]
for _ in range(2):
    started = time.perf_counter()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    print(time.perf_counter() - started)
    connection.creation.destroy_test_db(name, verbosity=0)
"""
MIGRATION = """\
from kit_django import Migration, Schema


class CreateTable(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("table_{number}") as table:
            table.id()
            table.string("name", max_length=100)
            table.timestamps()
            table.index(["name"])
"""


def main(count: int = 1000, url: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), ["kit_django", "blog"], url)
        for number in range(count):
            moment = f"20240101{number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}"
            name = f"migrations/{moment}_create_table_{number}.py"
            project.write(name, MIGRATION.format(number=number))
        project.write("run.py", RUN)
        running = times(project)
        project.output("migrate")
        project.output("schema_dump")
        loading = times(project)
        project.output("schema_dump", "--check")
    rows = [
        ("all migrations", f"{running[1]:.2f}", "1"),
        ("from the dump, the first time", f"{loading[0]:.2f}", ratio(loading[0], running[1])),
        ("from the dump, from then on", f"{loading[1]:.2f}", ratio(loading[1], running[1])),
    ]
    print_table([f"{count} migrations", "seconds", "ratio"], rows)


def times(project: Project) -> list[float]:
    return [float(line) for line in project.script("run.py").splitlines()]


def ratio(one: float, other: float) -> str:
    return f"{one / other:.3f}"


if __name__ == "__main__":
    count, *url = sys.argv[1:] or ["1000"]
    main(int(count), *url)
