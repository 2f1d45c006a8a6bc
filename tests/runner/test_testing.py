"""What kit_django.testing gives a project's own tests."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from kit_django.testing import State, migrating
from tests.commands.test_migrate import write
from tests.runner.conftest import creates

if TYPE_CHECKING:
    from tests.projects import Project
    from tests.runner.conftest import Migrations

A, B, C = "20240101120000_a", "20240101120001_b", "20240101120002_c"
SPLIT = """\
with schema.alter_table("users") as table:
    table.string("first", max_length=40, default="")
Users = schema.model("users")
for user in Users.objects.all():
    Users.objects.filter(pk=user.pk).update(first=user.name.split()[0])
"""
DROP_FIRST = """\
with schema.alter_table("users") as table:
    table.drop("first")
"""


@pytest.fixture
def three(migrations: Migrations) -> Migrations:
    migrations.write(A, creates("users"))
    migrations.write(B, SPLIT, DROP_FIRST)
    migrations.write(C, "with schema.alter_table('users') as table:\n    table.integer('size')")
    migrations.migrate()
    return migrations


def ada(state: State) -> None:
    people: Any = state.model("users")
    people.objects.create(name="Ada Lovelace")


def test_before_and_after_a_migration(three: Migrations) -> None:
    with migrating() as migrator:
        ada(migrator.before(B))
        assert three.applied() == [A]
        people: Any = migrator.after("b").model("users")
        assert people.objects.get().first == "Ada"
        assert three.applied() == [A, B]
        assert not hasattr(migrator.before(B).model("users"), "first")
        ada(migrator.after(A))
    assert three.applied() == [A, B, C]
    assert three.execute("SELECT count(*) FROM users") == [(0,)]


def test_what_comes_back_whole_is_reversible(three: Migrations) -> None:
    with migrating() as migrator:
        migrator.assert_reversible(B, ada)
        migrator.assert_all_reversible()
    assert three.applied() == [A, B, C]


def test_rows_that_do_not_come_back_are_told(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.write(
        B,
        "with schema.alter_table('users') as table:\n    table.drop('name')",
        "with schema.alter_table('users') as table:\n    table.string('name', default='')",
    )
    with migrating() as migrator:
        migrator.before(B)
        with pytest.raises(AssertionError, match="is not taken back whole") as found:
            migrator.assert_reversible(B, ada)
        assert "name='Ada Lovelace'" in str(found.value)
    assert migrations.applied() == []


ONCE = """\
if not schema.has_table("kept"):
    with schema.create_table("users") as table:
        table.id()
"""


def test_tables_that_come_back_otherwise_are_told(migrations: Migrations) -> None:
    migrations.write(
        A, ONCE, "if schema.has_table('users'):\n    schema.rename_table('users', 'kept')"
    )
    with migrating() as migrator, pytest.raises(AssertionError, match="- table users"):
        migrator.assert_all_reversible()


TESTS = """
from kit_django.testing import MigrationTestCase


class Migrations(MigrationTestCase):
    def test_one(self):
        self.migrator.before("20240101120000_a")
        self.migrator.assert_all_reversible()
        self.migrator.assert_models_agree()

    def test_two(self):
        from blog.models import User

        User.objects.create(name="Ada")
"""

PYTEST = """
import pytest


def test_migrator(migrator):
    state = migrator.after("20240101120000")
    state.model("users").objects.create(name="Ada")
    migrator.assert_reversible("20240101120000")


def test_agreement(migrator):
    from blog.models import User

    assert User.objects.count() == 0
    migrator.assert_models_agree()
"""


def pytest_of(project: Project, *argv: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "blog", *argv],
        cwd=project.folder,
        env=project.environment({"DJANGO_SETTINGS_MODULE": "settings"}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout + done.stderr


def test_unittest_and_pytest(project: Project) -> None:
    write(project, A, creates("users"))
    project.run("db_sync", check=0)
    project.write("blog/tests.py", TESTS)
    result = project.run("test", "--noinput", check=0)
    assert "Ran 2 tests" in result.stderr
    project.write("blog/test_rows.py", PYTEST)
    assert "2 passed" in pytest_of(project)
    with project.file("blog/models.py").open("a") as models:
        models.write("\n\nUser._meta.get_field('name').null = True\n")
    assert "The models differ" in pytest_of(project, "-k", "agreement")
