"""A runner that is killed at any moment leaves a database that the next run puts right, or that it
refuses to touch until a person has."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.projects import Project

MIGRATIONS = {
    "20240101120000_create_users_and_posts": """
        with schema.create_table("users") as table:
            table.id()
            table.string("name", unique=True)
        with schema.create_table("posts") as table:
            table.id()
            table.string("title")
            table.foreign_id("user_id", references="users", on_delete="cascade")
        schema.run_sql("INSERT INTO users (name) VALUES ('x')", reverse="DELETE FROM users")
        schema.run_sql(
            "INSERT INTO posts (title, user_id) SELECT 'one', id FROM users",
            reverse="DELETE FROM posts",
        )
""",
    "20240101120001_tag_posts": """
        with schema.alter_table("posts") as table:
            table.string("subtitle", null=True)
            table.index(["title"], name="posts_title")
        with schema.create_table("tags") as table:
            table.id()
            table.foreign_id("post_id", references="posts")
""",
}


def kill(project: Project, command: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The outcome of the clean run, and those of the killed ones."""
    for name, up in MIGRATIONS.items():
        project.migration(
            name,
            "from kit_django import Migration, Schema\n\n\nclass Written(Migration):\n"
            f"    def up(self, schema: Schema) -> None:{up}",
        )
    done = subprocess.run(
        [sys.executable, "-m", "tests.runner.kills", command],
        cwd=project.folder,
        env=project.environment({"DJANGO_SETTINGS_MODULE": "settings"}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    clean, *killed = json.loads(done.stdout)
    return clean, killed


@pytest.mark.long
@pytest.mark.parametrize("command", ["migrate", "migrate_rollback"])
@pytest.mark.databases("sqlite", "postgresql")
def test_with_one_transaction_each_kill_is_made_good_by_the_next_run(
    project: Project, command: str
) -> None:
    clean, killed = kill(project, command)
    assert clean["code"] == 0
    assert len(killed) > 10
    for outcome in killed:
        assert outcome["code"] == 0, outcome
        assert outcome["final"] == clean["final"], outcome
        assert not any(failed for _, _, failed in outcome["killed"]["history"]), outcome


@pytest.mark.long
@pytest.mark.parametrize("command", ["migrate", "migrate_rollback"])
@pytest.mark.databases("mysql")
def test_without_one_each_kill_is_made_good_or_stays_on_record(
    project: Project, command: str
) -> None:
    clean, killed = kill(project, command)
    assert clean["code"] == 0
    assert len(killed) > 10
    refused = [outcome for outcome in killed if outcome["code"] == 4]
    assert refused
    for outcome in killed:
        assert outcome["final"] == clean["final"], outcome
        failed = [name for name, _, failed in outcome["killed"]["history"] if failed]
        if failed:
            assert outcome["code"] == 4
            assert f"igration {failed[0]} stopped half-way" in outcome["error"], outcome
        else:
            assert outcome["code"] == 0, outcome
