"""How long it takes to apply N migrations: the floor, kit_django, Django.

Each migration makes one table with a key, a unique text, two points in time and a foreign key to
the table before it. The floor is the same SQL straight through the driver, one transaction a
migration with its row of history. Times include the start-up of the command but for the floor.

    python -m benchmarks.migrations 100 500
    python -m benchmarks.migrations 100 --url postgresql://postgres@127.0.0.1/scratch

The database that ``--url`` names has to be empty, and has nothing in it but these tables after.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import database
from benchmarks.common import Project, best, print_table

MOST_FOR_DJANGO = 200  # its time grows with the square of the count

KIT = """\
from kit_django import Migration, Schema


class CreateTable{number}(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("table_{number}") as table:
            table.id()
            table.string("name", max_length=100, unique=True)
            {foreign_key}
            table.timestamps()
"""

DJANGO = """\
import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = {dependencies!r}
    operations = [
        migrations.CreateModel(
            name="Table{number}",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=100, unique=True)),
                {foreign_key}
                ("created_at", models.DateTimeField(db_default=Now())),
                ("updated_at", models.DateTimeField(db_default=Now())),
            ],
            options={{"db_table": "table_{number}"}},
        ),
    ]
"""


def kit_project(folder: Path, count: int, url: str) -> Project:
    project = Project(folder, ["kit_django", "blog"], url)
    for number in range(count):
        foreign_key = (
            f'table.foreign_id("parent_id", references="table_{number - 1}", on_delete="cascade")'
        )
        text = KIT.format(number=number, foreign_key=foreign_key if number else "")
        stamp = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
        project.write(f"migrations/{stamp:%Y%m%d%H%M%S}_create_table_{number}.py", text)
    return project


def django_project(folder: Path, count: int, url: str) -> Project:
    project = Project(folder, ["blog"], url)
    project.write("blog/migrations/__init__.py", "")
    for number in range(count):
        parent = (
            f'("parent", models.ForeignKey("blog.Table{number - 1}", '
            "on_delete=django.db.models.deletion.CASCADE)),"
        )
        text = DJANGO.format(
            number=number,
            dependencies=[("blog", f"{number - 1:04}_table")] if number else [],
            foreign_key=parent if number else "",
        )
        project.write(f"blog/migrations/{number:04}_table.py", text)
    return project


def floor(project: Project) -> float:
    """Seconds for the SQL that kit_django would run, straight through the driver."""
    printed = project.output("migrate", "--pretend", "--format", "json")
    scripts = [each["statements"] for each in json.loads(printed)["pretended"]]
    connection = database.connect(project.url, project.folder)
    started = time.perf_counter()
    for script in scripts:
        for statement in ("BEGIN", *script, "COMMIT"):
            database.execute(connection, statement)
    return time.perf_counter() - started


def measure(count: int, url: str, repeat: int) -> tuple[float, float, float | None, float]:
    """The floor, kit_django, Django, and a kit_django with nothing left to do."""
    with tempfile.TemporaryDirectory() as folder:
        kit = kit_project(Path(folder, "kit"), count, url)
        django = django_project(Path(folder, "django"), count, url)
        floors, kits, noops, peers = [], [], [], []
        for _ in range(repeat):
            database.empty(url, kit.folder)
            floors.append(floor(kit))
            database.empty(url, kit.folder)
            kits.append(kit.time("migrate"))
            noops.append(kit.time("migrate"))
            if count <= MOST_FOR_DJANGO:
                database.empty(url, django.folder)
                peers.append(django.time("migrate"))
    return best(floors), best(kits), best(peers) if peers else None, best(noops)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("counts", nargs="*", type=int, default=[10, 100, 500])
    parser.add_argument("--url", default="", help="an empty database; SQLite by default")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    rows = []
    for count in options.counts:
        floor_time, kit, django, noop = measure(count, options.url, options.repeat)
        rows.append(
            (
                count,
                f"{floor_time:.2f} s",
                f"{kit:.2f} s ({kit / floor_time:.1f})",
                f"{django:.2f} s ({django / floor_time:.1f})" if django else "-",
                f"{noop:.2f} s",
            )
        )
    head = ("migrations", "floor", "kit_django (ratio)", "Django (ratio)", "kit_django, no-op")
    print_table(head, rows)


if __name__ == "__main__":
    main()
