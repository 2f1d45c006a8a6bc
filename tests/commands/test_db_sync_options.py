"""db_sync's looks: --check, --diff, --verify; and --prune."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commands.test_db_sync import execute, models

if TYPE_CHECKING:
    from tests.projects import Project

POSTS = "CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, title varchar(20) NOT NULL)"

# What Django's models have no words for. All else has to come back.
BEYOND_DJANGO = {
    "column option",
    "foreign key option",  # NOT VALID
    "index comment",
    "numbering option",
    "unique option",  # SQLite's ON CONFLICT, MariaDB's comments
    "deferrability",
    "foreign key on update",
    "index name",  # MySQL has one name in two tables
    "match",
    "null",  # SQLite's keys may be null
    "numbering",  # a serial comes back as an identity
    "on delete",  # RESTRICT
    "primary key",  # a table that has none gets one
    "primary key option",
    "table option",
    "trigger",
}


def sync(project: Project, *options: str, check: int = 0) -> list[str]:
    return project.run("db_sync", "--skip-migrations", *options, check=check).lines


def test_check_says_what_differs_and_writes_nothing(project: Project) -> None:
    execute(project.connection, POSTS)
    before = models(project)
    assert sync(project, "--check", check=1) == [
        "Comparing models...",
        "Would write blog/models.py: Post",
        "The models differ from the database.",
    ]
    assert models(project) == before


def test_check_is_content_after_a_sync(project: Project) -> None:
    execute(project.connection, POSTS)
    sync(project)
    assert sync(project, "--check")[-1] == "The models are up to date."


def test_check_sees_a_column_that_came_later(project: Project) -> None:
    execute(project.connection, POSTS)
    sync(project)
    execute(project.connection, "ALTER TABLE posts ADD COLUMN body text")
    assert "blog.Post.body: there is a new column body." in sync(project, "--check", check=1)


def test_check_runs_no_migration(project: Project) -> None:
    project.migration("20240101120000_create_posts_table", "raise SystemExit('not to be run')\n")
    project.run("db_sync", "--check", check=0)


def test_diff_shows_what_would_be_written(project: Project) -> None:
    execute(project.connection, POSTS)
    before = models(project)
    printed = sync(project, "--diff")
    assert printed[:2] == ["--- blog/models.py", "+++ blog/models.py"]
    assert "+class Post(models.Model):" in printed
    assert models(project) == before


def test_the_differences_as_json(project: Project) -> None:
    execute(project.connection, POSTS)
    sync(project)
    execute(project.connection, "ALTER TABLE posts ADD COLUMN pages integer")
    report = json.loads("\n".join(sync(project, "--check", "--format", "json", check=1)))
    assert report["in_sync"] is report["written"] is False
    assert [(each["model"], each["about"]) for each in report["differences"]] == [
        ("blog.Post", "pages")
    ]


def test_a_class_whose_table_is_gone_stays_until_prune(project: Project) -> None:
    execute(project.connection, POSTS, "CREATE TABLE tags (id integer NOT NULL PRIMARY KEY)")
    sync(project)
    execute(project.connection, "DROP TABLE tags")
    assert "by hand: blog.Tag: its table is gone; --prune takes the class away." in sync(project)
    assert "class Tag(" in models(project)
    sync(project, "--prune")
    assert "class Tag(" not in models(project)
    assert "class Post(" in models(project)


def test_prune_leaves_a_class_with_methods_unless_forced(project: Project) -> None:
    execute(project.connection, POSTS)
    sync(project)
    method = "\n    def shout(self):\n        return self.title.upper()\n"
    project.write("blog/models.py", models(project) + method)
    execute(project.connection, "DROP TABLE posts")
    sync(project, "--prune")
    assert "def shout" in models(project)
    sync(project, "--prune", "--force")
    assert "class Post(" not in models(project)


def test_verify_says_what_it_found(project: Project) -> None:
    execute(project.connection, "CREATE TABLE visits (page varchar(20))")
    printed = sync(project, "--verify")
    assert "Lost: primary key: visits: () -> ('page',)" in printed
    assert printed[-1].endswith("facts survive the way through the models.")


@pytest.mark.databases("postgresql", "mysql")
def test_verify_drops_what_it_made(project: Project) -> None:
    execute(project.connection, POSTS)
    sync(project, "--verify")
    listing = (
        "SELECT datname FROM pg_database"
        if project.connection.vendor == "postgresql"
        else "SHOW DATABASES"
    )
    with project.connection.cursor() as cursor:
        cursor.execute(listing)
        names = [name for (name,) in cursor.fetchall()]
    assert [name for name in names if name.startswith("kit_verify")] == []


def test_the_report_is_the_same_in_each_run(project: Project) -> None:
    """Python mixes its sets anew in each process."""
    columns = ", ".join(f"c{number} integer" for number in range(8))
    execute(project.connection, f"CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, {columns})")
    sync(project)
    execute(project.connection, "DROP TABLE posts", POSTS)
    command = ("db_sync", "--skip-migrations", "--check")
    said = [project.run(*command, check=1, env={"PYTHONHASHSEED": seed}).lines for seed in "012"]
    gone = [line for line in said[0] if "is gone" in line]
    assert [line.split(":")[0].rpartition(".")[2] for line in gone] == [
        f"c{number}" for number in range(8)
    ]
    assert said[0] == said[1] == said[2]
