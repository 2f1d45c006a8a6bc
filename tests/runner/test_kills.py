"""A command that is ended at any moment, by a signal or by the server, leaves a database that the same
command puts right, or that it refuses to touch until a person has done as it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.runner.conftest import SOURCE, method

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.projects import Project

MOMENTS = 3 * int(os.environ.get("KIT_TEST_EXAMPLES", "1"))
COMMANDS = ["migrate", "migrate_rollback", "migrate_fresh"]
MIGRATIONS = {
    "20240101120000_create_users_and_posts": """
with schema.create_table("users") as table:
    table.id()
    table.string("name", unique=True)
with schema.create_table("posts") as table:
    table.id()
    table.string("title")
    table.string("nick", max_length=20, null=True)
    table.foreign_id("user_id", references="users", on_delete="cascade")
schema.run_sql("INSERT INTO users (name) VALUES ('x')", reverse="DELETE FROM users")
schema.run_sql(
    "INSERT INTO posts (title, user_id) SELECT 'one', id FROM users", reverse="DELETE FROM posts"
)
""",
    "20240101120001_tag_posts": """
with schema.alter_table("posts") as table:
    table.string("subtitle", null=True)
    table.index(["title"], name="posts_title")
    table.change("title").string(max_length=200).was.string(max_length=255)
with schema.create_table("tags") as table:
    table.id()
    table.foreign_id("post_id", references="posts")
""",
    "20240101120002_rename_tags_to_labels": """
schema.rename_table("tags", "labels")
with schema.alter_table("posts") as table:
    table.rename("subtitle", "tagline")
""",
    "20240101120003_drop_nick": """
with schema.alter_table("posts") as table:
    table.drop("nick").was.string(max_length=20, null=True)
""",
    "20240101120004_name_all_posts": """
Post = schema.model("posts")
Post.objects.create(title="two", user_id=Post.objects.get().user_id)
Post.objects.update(tagline="none")
""",
    "20240101120005_view_titles": """
schema.run_sql(
    "CREATE VIEW titles AS SELECT title FROM posts", reverse="DROP VIEW titles"
)
schema.run_sql("UPDATE posts SET tagline = title", reverse="UPDATE posts SET tagline = 'none'")
""",
    "20240101120006_index_users": """
with schema.alter_table("users") as table:
    table.integer("age", default=7)
schema.create_index("users", ["age"], name="users_age"CONCURRENTLY)
with schema.create_table("notes") as table:
    table.id()
    table.text("body")
""",
}
DOWN = {
    "20240101120004_name_all_posts": "schema.run_sql(\"DELETE FROM posts WHERE title = 'two'\")"
}
SHOP = {
    "models.py": """
from django.db import models


class Item(models.Model):
    name = models.CharField(max_length=50, unique=True)
    price = models.IntegerField(default=3)


class Sale(models.Model):
    item = models.ForeignKey(Item, models.CASCADE)
    day = models.DateField(null=True, db_index=True)
""",
    "migrations/__init__.py": "",
    "migrations/0001_initial.py": """
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Item", [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=50, unique=True)),
        ]),
        migrations.CreateModel("Sale", [
            ("id", models.BigAutoField(primary_key=True)),
            ("item", models.ForeignKey("shop.Item", models.CASCADE)),
        ]),
    ]
""",
    "migrations/0002_price.py": """
from django.db import migrations, models


def fill(apps, editor):
    apps.get_model("shop", "Item").objects.create(name="one", price=2)


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("Item", "price", models.IntegerField(default=3)),
        migrations.RunPython(fill),
        migrations.AddField("Sale", "day", models.DateField(null=True, db_index=True)),
    ]
""",
}
"""An app with migrations of Django's."""
ATTRIBUTES = {"20240101120006_index_users": "atomic = False"}


@pytest.fixture
def matrix(project: Project, vendor: str) -> Callable[[str], dict[str, Any]]:
    project.configure('INSTALLED_APPS += ["django.contrib.contenttypes", "shop"]')
    for name, text in {"__init__.py": "", **SHOP}.items():
        project.write(f"shop/{name}", text)
    for name, up in MIGRATIONS.items():
        concurrently = ", concurrently=True" if vendor == "postgresql" else ""
        parts = [ATTRIBUTES.get(name, ""), method("up", up.replace("CONCURRENTLY", concurrently))]
        parts += [method("down", DOWN[name])] if name in DOWN else []
        body = "\n\n".join(filter(None, parts)).replace("\n", "\n    ")
        project.migration(name, SOURCE.format(body=f"    {body}"))

    def run(command: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.runner.kills", command, str(MOMENTS)],
            cwd=project.folder,
            env=project.environment({"DJANGO_SETTINGS_MODULE": "settings"}),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    return run


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
def test_whatever_ends_a_command_is_made_good(
    matrix: Callable[[str], dict[str, Any]],
    command: str,
    vendor: str,
    record_property: Callable[[str, object], None],
) -> None:
    report = matrix(command)
    assert report["outcomes"]
    for outcome in report["outcomes"]:
        judge(outcome, report, command, vendor)
    record_property("figures", figures(report, command, vendor))


def judge(outcome: dict[str, Any], report: dict[str, Any], command: str, vendor: str) -> None:
    first, again, seen = outcome["first"], outcome["again"], brief(outcome)
    failed = names(first["state"], "failed")
    is_half_wiped = command == "migrate_fresh" and vendor == "mysql"
    is_between = is_between_migrations(first["state"], report["levels"])
    in_django = not (failed or is_between or is_half_wiped)
    if vendor != "mysql":
        assert set(failed) <= set(ATTRIBUTES), seen
    assert says_what_is_so(first, report["clean"]), seen
    if told := outcome["told"]:
        assert says_what_is_so(told, report["clean"]), seen
    if failed and command != "migrate_fresh":
        assert again["code"] == 4, seen
        assert f"igration {failed[0]} stopped half-way" in again["error"], seen
    elif in_django and again["code"]:  # what it had done may be done once more
        assert f"Django's migration {outcome['mended']} failed" in again["error"], seen
    else:
        assert again["code"] == 0, seen
    assert outcome["final"] == report["clean"], seen


def brief(outcome: dict[str, Any]) -> str:
    endings = [outcome[key] for key in ("first", "told", "again") if outcome[key]]
    said = [f"{each['code']} {each['error']!r} {each['state']}" for each in endings]
    return "\n".join([str(outcome["kill"]), *said])


def says_what_is_so(ending: dict[str, Any], clean: dict[str, Any]) -> bool:
    """Of a command that could still say something."""
    if ending["code"] == 0:
        return bool(ending["state"] == clean)
    failed, said = names(ending["state"], "failed"), ending["error"]
    if "Nothing of it is left" in said or "was undone." in said:
        return not failed
    return bool(failed) or "stays on record as failed" not in said


def is_between_migrations(state: dict[str, Any], levels: list[dict[str, Any]]) -> bool:
    return any(
        all(state[key] == level[key] for key in ("facts", "rows", "django"))
        and names(state, "applied") == names(level, "applied")
        for level in levels
    )


def names(state: dict[str, Any], standing: str) -> list[str]:
    return [name for name, _, found in state["history"] if found == standing]


def figures(report: dict[str, Any], command: str, vendor: str) -> str:
    outcomes = report["outcomes"]
    ways = Counter(outcome["kill"]["how"] for outcome in outcomes)
    by_hand = sum(bool(outcome["mended"]) for outcome in outcomes)
    listed = ", ".join(f"{count} by {way}" for way, count in ways.items())
    return (
        f"{command} on {vendor}: ended at {len(outcomes)} of {report['moments']} moments ({listed}); "
        f"{len(outcomes) - by_hand} made good by the same command, {by_hand} as its error said"
    )
