"""A new user, with the built package and the words of the README only, on each database."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests import databases
from tests.forks import ForkedProject
from tests.pages import Reader
from tests.projects import REPOSITORY, environment

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.forks import ForkServer
    from tests.projects import Project

USERS, POSTS, EMAIL = (
    "20240101120000_create_users_table",
    "20240101120001_create_posts_table",
    "20240101120002_add_email_to_users",
)

SOURCES = {
    USERS: """\
from kit_django import Migration, Schema


class CreateUsersTable(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("users") as table:
            table.id()
            table.string("name", max_length=100)
            table.timestamps()

    def down(self, schema: Schema) -> None:
        schema.drop_table("users")
""",
    POSTS: """\
from kit_django import Migration, Schema


class CreatePostsTable(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("posts") as table:
            table.id()
            table.string("title", max_length=200)
            table.text("content")
            table.foreign_id("user_id", references="users", on_delete="cascade")
            table.timestamps()
            table.index(["user_id", "created_at"])

    def down(self, schema: Schema) -> None:
        schema.drop_table("posts")
""",
    EMAIL: """\
from kit_django import Migration, Schema


class AddEmailToUsers(Migration):
    def up(self, schema: Schema) -> None:
        with schema.alter_table("users") as table:
            table.string("email", unique=True, null=True)
""",
}

APPLIED_ALL = f"""\
Running migrations...
Applying migration: {USERS}
Applying migration: {POSTS}
Applying migration: {EMAIL}
All migrations completed successfully!
"""

STATUS_AFTER_TWO = f"""\
Migration Status
----------------
[✓] {USERS} (applied)
[✓] {POSTS} (applied)
[ ] {EMAIL} (pending)
"""

ROLLED_BACK_ONE = f"""\
Rolling back migrations...
Rolling back: {EMAIL}
Rollback completed successfully!
"""

ROLLED_BACK_THREE = f"""\
Rolling back migrations...
Rolling back: {EMAIL}
Rolling back: {POSTS}
Rolling back: {USERS}
Rollback completed successfully!
"""

SYNCED = """\
Syncing models...
Wrote blog/models.py: Post, User
Models synced successfully!
"""

BLOG_TESTS = """\
from blog.models import Post, User
from django.test import TransactionTestCase


class RowsAreGoneAfterEachTest(TransactionTestCase):
    def test_first(self):
        self.check()

    def test_second(self):
        self.check()

    def check(self):
        self.assertEqual((User.objects.count(), Post.objects.count()), (0, 0))
        user = User.objects.create(name="Ada")
        Post.objects.create(title="One", content="", user=user)
"""

PYTEST_TESTS = """\
import pytest
from blog.models import User


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_rows(turn):
    assert User.objects.count() == 0
    User.objects.create(name="Ada")


def test_the_fixture_is_there(migrator):
    assert migrator.before("20240101120000").model("django_content_type").objects.exists()
    migrator.assert_all_reversible()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_rows_in_transactions(turn):
    assert User.objects.count() == 0
    User.objects.create(name="Ada")
"""


@pytest.fixture
def newcomer(connection: BaseDatabaseWrapper, user_server: ForkServer, tmp_path: Path) -> Project:
    """A project that is set up as the README's section on installing says."""
    url = databases.url_of(connection)
    installed = user_server.kit_django
    reader = Reader(tmp_path, environment(url, installed), user_server)
    reader.follow(REPOSITORY / "README.md", until="## The workflow")
    return ForkedProject(reader.folder, url, connection, installed, user_server)


@pytest.fixture
def migrated(newcomer: Project) -> Project:
    """Migrated and synced, with Django's own tables in place."""
    for name, source in SOURCES.items():
        newcomer.migration(name, source)
    newcomer.run("db_sync", check=0)
    return newcomer


def tables(connection: BaseDatabaseWrapper) -> set[str]:
    return set(connection.introspection.table_names())


def test_the_six_commands_print_what_the_design_says(newcomer: Project) -> None:
    for name, source in SOURCES.items():
        words = name.partition("_")[2]
        newcomer.run("make_migration", words, check=0)
        (made,) = newcomer.file("migrations").glob(f"*_{words}.py")
        made.unlink()
        newcomer.migration(name, source)
    assert newcomer.run("migrate", check=0).stdout.endswith(f" OK\n{APPLIED_ALL}")
    assert newcomer.run("migrate", check=0).stdout == "Nothing to migrate.\n"
    assert newcomer.run("migrate_rollback", check=0).stdout == ROLLED_BACK_ONE
    assert newcomer.run("migrate_status", check=0).stdout == STATUS_AFTER_TWO
    newcomer.run("migrate", check=0)
    assert newcomer.run("migrate_rollback", "--step", "3", check=0).stdout == ROLLED_BACK_THREE
    assert tables(newcomer.connection).isdisjoint({"users", "posts"})
    assert newcomer.run("db_sync", check=0).stdout == APPLIED_ALL + SYNCED
    assert newcomer.run("db_sync", check=0).stdout == (
        "Nothing to migrate.\nSyncing models...\nThe models are up to date.\n"
    )
    assert "class Post(models.Model):" in newcomer.file("blog/models.py").read_text("utf-8")
    assert newcomer.run("check", check=0).stdout == (
        "System check identified no issues (0 silenced).\n"
    )


def test_fresh_and_kit_s_own_spelling(migrated: Project) -> None:
    printed = migrated.run("migrate_fresh", "--force", check=0).stdout
    end = APPLIED_ALL.replace("All migrations", "Fresh migration")
    assert printed.startswith("Dropping all tables...\nTables dropped.\n")
    assert printed.endswith(end)
    assert {"users", "posts", "auth_user"} < tables(migrated.connection)

    with_manage = migrated.run("kit", "migrate:status", check=0)
    code = "from kit_django.cli import main; main()"
    with_script = run_python(migrated, "blog", "-c", code, "migrate:status")
    assert with_manage.stdout == with_script.stdout == migrated.run("migrate_status").stdout


def test_test_databases_have_kit_s_tables(migrated: Project) -> None:
    migrated.write("blog/tests.py", BLOG_TESTS)
    result = migrated.run("test", "--noinput", check=0)
    assert "Ran 2 tests" in result.stderr

    migrated.write("blog/test_rows.py", PYTEST_TESTS)
    done = run_python(migrated, ".", "-m", "pytest", "-p", "no:cacheprovider", "-q", "blog")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


def run_python(project: Project, folder: str, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *argv],
        cwd=project.file(folder),
        env=project.environment({"DJANGO_SETTINGS_MODULE": "mysite.settings"}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
