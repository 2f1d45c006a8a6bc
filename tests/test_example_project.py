"""The example blog, run from a copy as ``make demo`` and a browser would."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests import databases
from tests.forks import ForkedProject
from tests.projects import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.forks import ForkServer
    from tests.projects import Project

SHOWN = """\
The posts, through the generated models:
- Hello, database, by Ada; comments: 2; tags: databases, django
- What a rollback undoes, by Grace; comments: 1; tags: databases
- A draft, by Ada; comments: 0; tags: releases
"""

CHANGED = """\
     updated_at = models.DateTimeField(auto_now=True, db_default=Now())
+    subtitle = models.CharField(max_length=120, null=True, blank=True)
     tags = models.ManyToManyField("Tag", through="PostTag")
"""

BROWSE = """\
from django.contrib.auth.models import User
from django.test import Client

client = Client()
client.force_login(User.objects.create_superuser("admin"))
for path in {paths!r}:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    print(response.content.decode())
"""


@pytest.fixture
def blog(fork_server: ForkServer, connection: BaseDatabaseWrapper, tmp_path: Path) -> Project:
    """A copy of the example project on the database that is tested."""
    folder = tmp_path / "copy"
    ignored = shutil.ignore_patterns("*.sqlite3", "__pycache__")
    shutil.copytree(REPOSITORY / "example_project", folder / "example_project", ignore=ignored)
    shutil.copy(REPOSITORY / "manage.py", folder)
    return ForkedProject(folder, databases.url_of(connection), connection, server=fork_server)


def demo(blog: Project) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "example_project.demo"],
        cwd=blog.folder,
        env=blog.environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def models(blog: Project) -> str:
    return blog.file("example_project/blog/models.py").read_text(encoding="utf-8")


def test_the_demo_shows_rows_and_can_be_run_again(blog: Project) -> None:
    before = models(blog)
    files = sorted(blog.file("example_project/migrations").glob("*.py"))
    first = demo(blog)
    assert "Applying migration: 20240101120004_add_email_to_users" in first
    assert SHOWN in first
    assert CHANGED in first
    assert "diagram.svg: 5 tables, 5 foreign keys." in first
    again = demo(blog)
    assert "Nothing to migrate." in again
    assert SHOWN in again
    assert models(blog) == before  # what was written into it by hand is there, and is no drift
    assert sorted(blog.file("example_project/migrations").glob("*.py")) == files


def test_its_pages_and_its_admin_show_the_rows(blog: Project) -> None:
    blog.run("migrate", check=0)
    blog.run("loaddata", "blog", check=0)
    paths = ["/", "/posts/hello-database/", "/admin/blog/post/", "/admin/blog/post/1/change/"]
    shown = blog.run("shell", "-c", BROWSE.format(paths=paths), check=0).stdout
    for row in ("What a rollback undoes", "From someone who has left.", "databases"):
        assert row in shown


def test_its_migrations_go_down_and_up_again(blog: Project) -> None:
    blog.run("migrate", check=0)
    blog.run("migrate_rollback", "--all", check=0)
    left = blog.connection.introspection.table_names()
    assert {"users", "posts", "comments", "tags", "post_tags"}.isdisjoint(left)
    blog.run("migrate", check=0)
    blog.run("loaddata", "blog", check=0)


@pytest.mark.databases("sqlite")
def test_the_diagram_in_the_readme_is_what_the_command_draws(blog: Project) -> None:
    blog.run("migrate", check=0)
    blog.run("db_diagram", "--app", "blog", "-o", "blog.svg", check=0)
    drawn = blog.file("blog.svg").read_text(encoding="utf-8")
    assert drawn == (REPOSITORY / "docs" / "blog.svg").read_text(encoding="utf-8")
