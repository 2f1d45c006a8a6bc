"""What the benchmarks of ``apply`` and ``noop`` have migrations do, as each tool wants to be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from benchmarks.common import Project

Kind = Literal["create", "alter"]
TABLES_TO_ALTER = 20

KIT_CREATE = """\
from kit_django import Migration, Schema


class CreateTable{number}(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("table_{number}") as table:
            table.id()
            table.string("name", max_length=100, unique=True)
            {parent}
            table.timestamps()
"""
KIT_ALTER = """\
from kit_django import Migration, Schema


class AddColumn{number}(Migration):
    def up(self, schema: Schema) -> None:
        with schema.alter_table("table_{table}") as table:
            table.integer("column_{number}", null=True)
"""

DJANGO_CREATE = """\
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
                {parent}
                ("created_at", models.DateTimeField(db_default=Now())),
                ("updated_at", models.DateTimeField(db_default=Now())),
            ],
            options={{"db_table": "table_{number}"}},
        ),
    ]
"""
DJANGO_ALTER = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = {dependencies!r}
    operations = [
        migrations.AddField("table{table}", "column_{number}", models.IntegerField(null=True))
    ]
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: the table of that number is made, or the column of that number added."""

    number: int
    kind: Kind

    @property
    def stamp(self) -> str:
        return f"{datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=self.number):%Y%m%d%H%M%S}"

    @property
    def slug(self) -> str:
        return f"create_table_{self.number}" if self.kind == "create" else f"add_{self.number}"

    @property
    def table(self) -> int:
        return self.number if self.kind == "create" else self.number % TABLES_TO_ALTER


def steps(kind: Kind, count: int) -> tuple[list[Step], list[Step]]:
    """What has to be there before, which is not measured, and what is measured.

    Each table points to the one before it; the columns go to twenty tables, one after the other.
    """
    if kind == "create":
        return [], [Step(number, "create") for number in range(count)]
    before = [Step(number, "create") for number in range(TABLES_TO_ALTER)]
    first = TABLES_TO_ALTER
    return before, [Step(number, "alter") for number in range(first, first + count)]


def write_kit(project: Project, wanted: list[Step]) -> None:
    for step in wanted:
        key = f'table.foreign_id("parent_id", references="table_{step.number - 1}", on_delete="cascade")'
        template = KIT_CREATE if step.kind == "create" else KIT_ALTER
        text = template.format(
            number=step.number, table=step.table, parent=key if step.number else ""
        )
        project.write(f"migrations/{step.stamp}_{step.slug}.py", text)


def write_django(project: Project, wanted: list[Step]) -> None:
    project.write("blog/migrations/__init__.py", "")
    for step in wanted:
        key = (
            f'("parent", models.ForeignKey("blog.Table{step.number - 1}", '
            "on_delete=django.db.models.deletion.CASCADE)),"
        )
        template = DJANGO_CREATE if step.kind == "create" else DJANGO_ALTER
        text = template.format(
            number=step.number,
            table=step.table,
            dependencies=[("blog", f"{step.number - 1:05}_step")] if step.number else [],
            parent=key if step.number else "",
        )
        project.write(f"blog/migrations/{step.number:05}_step.py", text)


def numbered(wanted: list[Step], scripts: list[list[str]]) -> Iterator[tuple[Step, str]]:
    """Each step with its SQL as one text."""
    for step, script in zip(wanted, scripts, strict=True):
        yield step, "".join(f"{statement};\n" for statement in script)


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
