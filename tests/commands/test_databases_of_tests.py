"""A database of tests starts from the schema dump, and is a copy from the second one on."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from kit_django.runner.databases import database_of
from tests import databases
from tests.dumps import assert_same
from tests.runner.conftest import creates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import DjangoDbBlocker

    from tests.dumps import Judge
    from tests.projects import Project
    from tests.runner.conftest import Migrations, Outcome


@pytest.fixture(autouse=True)
def templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vendor: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """What a test keeps goes with it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    if vendor == "postgresql":
        with django_db_blocker.unblock(), connections["default"]._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database d WHERE datname LIKE 'kit_template_%%'"
                " AND shobj_description(d.oid, 'pg_database') LIKE %s",
                [f"kit_django: {tmp_path}%"],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP DATABASE "{name}"')


def as_a_test_runner(migrations: Migrations) -> Outcome:
    """In an empty database, as Django's ``create_test_db`` does it."""
    databases.wipe(migrations.connection)
    outcome = migrations.run("migrate", run_syncdb=True, interactive=False)
    assert outcome.code == 0, outcome.error
    return outcome


def prepared(migrations: Migrations) -> list[str]:
    names = migrations.create_tables("posts", "tags")
    migrations.migrate()
    assert migrations.run("schema_dump").code == 0
    return names


def test_the_second_database_is_a_copy(migrations: Migrations, dump: Judge) -> None:
    names = prepared(migrations)
    expected = dump(migrations.connection)
    copies = database_of(migrations.connection).templates("key", "origin") is not None
    for is_copied in (False, copies, copies):
        outcome = as_a_test_runner(migrations)
        assert ("Loading schema dump" in outcome.stdout) is not is_copied
        assert migrations.applied() == names
        assert_same(dump(migrations.connection), expected)
    migrations.write("20250101000000_later", up=creates("later"))
    assert "Applying migration: 20250101000000_later" in as_a_test_runner(migrations).lines
    migrations.run("schema_dump")
    assert "Loading schema dump" in as_a_test_runner(migrations).stdout
    as_a_test_runner(migrations)
    assert migrations.applied() == [*names, "20250101000000_later"]


def test_a_dump_that_does_not_fit_is_told_of_once_in_silence(
    migrations: Migrations, capsys: pytest.CaptureFixture[str]
) -> None:
    names = prepared(migrations)
    (migrations.folder / f"{names[0]}.py").unlink()
    databases.wipe(migrations.connection)
    outcome = migrations.run("migrate", run_syncdb=True, interactive=False, verbosity=0)
    assert (outcome.code, outcome.stdout) == (0, "")
    assert capsys.readouterr().err.count("is not used") == 1


@pytest.mark.databases("sqlite")
def test_a_folder_of_somebody_else_is_not_used(migrations: Migrations, tmp_path: Path) -> None:
    prepared(migrations)
    as_a_test_runner(migrations)
    (folder,) = tmp_path.glob("kit_django_*")
    assert len(list(folder.iterdir())) == 1
    folder.chmod(0o777)
    assert "Loading schema dump" in as_a_test_runner(migrations).stdout


MODELS = """\
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=40)

    class Meta:
        db_table = "authors"


class Book(models.Model):
    title = models.CharField(max_length=40)
    author = models.ForeignKey(Author, models.CASCADE)

    class Meta:
        db_table = "books"
"""
UP = """\
with schema.create_table("authors") as table:
    table.id()
    table.string("name", max_length=40)
with schema.create_table("books") as table:
    table.id()
    table.string("title", max_length=40)
    table.foreign_id("author_id", references="authors")
schema.run_sql("INSERT INTO authors (id, name) VALUES (1, 'Ann')")
schema.run_sql("INSERT INTO books (id, title, author_id) VALUES (1, 'One', 1)")
"""
TESTS = """\
from django.test import TransactionTestCase

from blog.models import Author, Book


class First(TransactionTestCase):
    serialized_rollback = True

    def test_one(self):
        self.check()

    def test_two(self):
        self.check()

    def check(self):
        self.assertEqual(Book.objects.get().author.name, "Ann")
        Author.objects.create(name="another")


class Second(First):
    pass
"""
KEPT = """\
from django.test import TestCase

from blog.models import Author, Book


class Kept(TestCase):
    def test_rows(self):
        self.assertEqual(Book.objects.get().author.name, "Ann")
        Author.objects.create(name="another")
"""


def library(project: Project) -> None:
    from tests.runner.conftest import SOURCE, method

    body = "".join(f"    {line}\n" for line in method("up", UP).splitlines())
    project.migration("20240101120000_create_books", SOURCE.format(body=body))
    project.write("blog/models.py", MODELS)
    project.write("blog/tests.py", TESTS)
    project.write("blog/kept.py", KEPT)
    project.configure('KIT["DUMP_ROWS"] = ["authors", "books"]')
    project.run("migrate", check=0)
    project.run("schema_dump", check=0)


def test_rows_of_migrations_come_back_between_tests(project: Project, tmp_path: Path) -> None:
    library(project)
    result = project.run("test", "-v", "2", check=0, env={"TMPDIR": str(tmp_path)})
    assert "Loading schema dump" in result.stdout
    assert "Ran 4 tests" in result.stderr
    project.run("test", check=0, env={"TMPDIR": str(tmp_path)})


@pytest.mark.long
def test_side_by_side_and_kept(project: Project, tmp_path: Path) -> None:
    """Django's runner with its own copies, and pytest-django with a database for each worker."""
    library(project)
    keeping = {"TMPDIR": str(tmp_path)}
    for arguments in (
        ["--parallel", "2"],
        ["blog.kept", "--keepdb"],
        ["blog.kept", "--keepdb"],
        ["--noinput"],
    ):
        project.run("test", *arguments, check=0, env=keeping)
    kept = "blog/kept.py"
    for file, *more in (
        ("blog/tests.py", "-n", "2"),
        (kept, "--reuse-db"),
        (kept, "--reuse-db"),
        (kept, "--create-db"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *more, file],
            cwd=project.folder,
            env={**project.environment(keeping), "DJANGO_SETTINGS_MODULE": "settings"},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
