"""``migrate``: Django's command, with kit's migrations in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.runner.conftest import SOURCE, creates, method

if TYPE_CHECKING:
    from tests.projects import Project
    from tests.runner.conftest import Migrations

A, B, C = "20240101120000_a", "20240101120001_b", "20240101120002_c"
AUTH = 'INSTALLED_APPS += ["django.contrib.contenttypes", "django.contrib.auth"]'


def write(project: Project, name: str, up: str, attributes: str = "", folder: str = "") -> None:
    import textwrap

    body = f"{attributes}\n\n{method('up', up)}" if attributes else method("up", up)
    source = SOURCE.format(body=textwrap.indent(body, "    "))
    project.write(f"{folder or 'migrations'}/{name}.py", source)


def tables(project: Project) -> set[str]:
    return set(project.connection.introspection.table_names())


def test_djangos_migrations_come_first_and_are_silent_when_there_is_nothing(
    project: Project,
) -> None:
    project.configure(AUTH)
    write(project, A, creates("users"))
    lines = project.run("migrate", check=0).lines
    assert lines[0] == "Operations to perform:"
    assert "  Applying auth.0001_initial... OK" in lines
    assert lines[-3:] == [
        "Running migrations...",
        f"Applying migration: {A}",
        "All migrations completed successfully!",
    ]
    assert project.run("migrate", check=0).lines == ["Nothing to migrate."]
    write(project, B, creates("posts"))
    assert project.run("migrate", check=0).lines == [
        "Running migrations...",
        f"Applying migration: {B}",
        "All migrations completed successfully!",
    ]


def test_only_djangos_is_not_nothing(project: Project) -> None:
    project.configure(AUTH)
    lines = project.run("migrate", check=0).lines
    assert "Nothing to migrate." not in lines
    assert "All migrations completed successfully!" not in lines


def test_switched_off_migrations_are_none_to_all_commands(project: Project) -> None:
    """As Django sees it: ``--run-syncdb`` makes those tables, but for the ones that kit makes."""
    project.configure('INSTALLED_APPS += ["shop"]')
    for app, name in (("blog", "User"), ("shop", "Item")):
        project.write(f"{app}/__init__.py", "")
        project.write(f"{app}/migrations/__init__.py", "")
        project.write(f"{app}/models.py", MODEL.format(name=name, table=f"{name.lower()}s"))
    write(project, A, creates("users") + "\nschema.execute('SELECT * FROM items')")
    write(project, B, creates("tags"), folder="blog/kit_migrations")
    assert "Apply all migrations: (none)" in project.run("migrate", "shop", check=0).stdout
    project.configure('MIGRATION_MODULES = {"blog": None, "shop": None}')
    assert f"Applying migration: {B}" in project.run("migrate", "blog", check=0).lines
    project.run("migrate", "--run-syncdb", check=0)
    assert tables(project) >= {"users", "tags", "items"}
    lines = project.run("db_sync", check=0).lines
    assert any("blog/models.py: Tag" in line for line in lines)
    assert "managed = False" not in project.file("blog/models.py").read_text(encoding="utf-8")


def test_djangos_notices_are_kept(project: Project) -> None:
    project.configure('INSTALLED_APPS += ["shop"]')
    project.write("shop/__init__.py", "")
    project.write("shop/migrations/__init__.py", "")
    project.write(
        "shop/models.py",
        "from django.db import models\nclass Item(models.Model):\n    pass\n",
    )
    lines = project.run("migrate", check=0).lines
    assert any("'shop' have changes that are not yet reflected" in line for line in lines)
    assert not any("No migrations to apply" in line for line in lines)


def test_silence_is_silence(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    outcome = migrations.migrate(verbosity=0)
    assert (outcome.stdout, outcome.stderr) == ("", "")
    assert migrations.applied() == [A]


def test_verbosely_each_operation_is_told(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    assert "  create table 'users'" in migrations.migrate(verbosity=2).lines


# Dependencies in both directions

REVIEWS = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunSQL("INSERT INTO products (name) VALUES ('from django')")]
"""


def test_a_migration_runs_before_the_django_migration_that_needs_it(project: Project) -> None:
    project.configure(AUTH + ' + ["reviews"]')
    project.write("reviews/__init__.py", "")
    project.write("reviews/migrations/__init__.py", "")
    project.write("reviews/migrations/0001_initial.py", REVIEWS)
    write(
        project,
        B,
        creates("products") + "\nschema.execute('SELECT * FROM auth_user')",
        'run_before = [("reviews", "0001_initial")]\n'
        'dependencies = [("auth", "0012_alter_user_first_name_max_length")]',
    )
    write(project, A, creates("after") + "\nschema.execute('SELECT * FROM django_content_type')")
    lines = project.run("migrate", check=0).lines
    order = [line for line in lines if "reviews.0001" in line or "Applying migration:" in line]
    assert order == [
        f"Applying migration: {B}",
        "  Applying reviews.0001_initial... OK",
        f"Applying migration: {A}",
    ]
    assert project.run("migrate", check=0).lines == ["Nothing to migrate."]


@pytest.mark.parametrize("attribute", ["dependencies", "run_before"])
def test_a_django_migration_that_there_is_not_stops_everything(
    project: Project, attribute: str
) -> None:
    project.configure(AUTH)
    write(project, A, creates("users"), f'{attribute} = [("auth", "9999_future")]')
    result = project.run("migrate", check=1)
    assert "names the Django migration auth.9999_future, which there is not" in result.stderr
    assert tables(project) == set()


def test_a_dependency_that_will_not_run_stops_everything(project: Project) -> None:
    project.configure(AUTH)
    write(
        project,
        A,
        creates("users"),
        'dependencies = [("auth", "0001_initial")]',
        folder="blog/kit_migrations",
    )
    result = project.run("migrate", "blog", check=1)
    assert "depends on the Django migration auth.0001_initial" in result.stderr
    assert tables(project) == set()
    project.run("migrate", check=0)
    assert "users" in tables(project)


# Labels of apps


def test_with_a_label_of_djangos_only_djangos_run(project: Project) -> None:
    project.configure(AUTH)
    write(project, A, creates("users"))
    lines = project.run("migrate", "contenttypes", check=0).lines
    assert "  Applying contenttypes.0001_initial... OK" in lines
    assert tables(project) == {"django_content_type", "django_migrations"}
    again = project.run("migrate", "contenttypes", check=0).lines
    assert "  No migrations to apply." in again
    project.run("migrate", "contenttypes", "0001", check=0)


def test_with_a_label_of_kits_only_that_folder_runs(project: Project) -> None:
    project.configure(AUTH)
    write(project, A, creates("users"))
    write(project, B, creates("posts"), folder="blog/kit_migrations")
    lines = project.run("migrate", "blog", check=0).lines
    assert [line for line in lines if "Applying" in line] == [f"Applying migration: {B}"]
    assert tables(project) == {"posts", "kit_migrations"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nothing"], 1, "No installed app with label 'nothing'."),
        (["blog"], 1, "App 'blog' does not have migrations."),
        (["--database", "nowhere"], 2, "invalid choice: 'nowhere'"),
        (["--lock-timeout", "abc"], 2, "must be a number of seconds"),
        (["--lock-timeout", "-1"], 2, "must be a number of seconds"),
        (["--format", "xml"], 2, "invalid choice: 'xml'"),
        (["--prune"], 1, "only when an app is specified"),
    ],
)
def test_arguments_that_mean_nothing(
    project: Project, arguments: list[str], code: int, message: str
) -> None:
    write(project, A, creates("users"))
    result = project.run("migrate", *arguments, check=code)
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert tables(project) == set()


def test_a_kit_migration_in_place_of_a_label_is_told_how_to_be_gone_to(project: Project) -> None:
    write(project, B, creates("posts"), folder="blog/kit_migrations")
    assert f"migrate --to {B}" in project.run("migrate", "blog", B, check=2).stderr
    result = project.run("migrate", B, check=2)
    assert "is one of kit's migrations" in result.stderr
    assert f"Say migrate --to {B}" in result.stderr


# Looking, and recording only


def test_plan_lists_both(project: Project) -> None:
    project.configure(AUTH)
    write(project, A, creates("users"))
    lines = project.run("migrate", "--plan", check=0).lines
    assert "auth.0001_initial" in lines
    assert lines[-2:] == ["Planned kit migrations:", f"  {A}"]
    assert tables(project) == set()
    project.run("migrate", check=0)
    assert project.run("migrate", "--plan", check=0).lines == [
        "Planned operations:",
        "  No planned migration operations.",
        "Planned kit migrations:",
        "  No planned kit migrations.",
    ]


def test_check_is_1_while_either_has_something_pending(project: Project) -> None:
    project.configure(AUTH)
    write(project, A, creates("users"))
    assert project.run("migrate", "--check", check=1).stdout == ""
    project.run("migrate", "auth", check=0)
    assert project.run("migrate", "--check", check=1).stdout == ""
    project.run("migrate", check=0)
    assert project.run("migrate", "--check", check=0).stdout == ""
    write(project, B, creates("posts"))
    result = project.run("migrate", "--check", "--format", "json", check=1)
    assert json.loads(result.stdout) == {"pending": [B], "django_pending": False}


def test_fake_records_both_and_runs_none(project: Project) -> None:
    project.configure(AUTH)
    write(project, A, creates("users"))
    lines = project.run("migrate", "--fake", check=0).lines
    assert f"Faking migration: {A}" in lines
    assert tables(project) == {"django_migrations", "kit_migrations"}
    project.run("migrate", "--check", check=0)


def test_as_json_there_is_nothing_but_json(project: Project) -> None:
    project.configure(AUTH)
    write(project, A, creates("users"))
    report = json.loads(project.run("migrate", "--format", "json", check=0).stdout)
    assert [each["name"] for each in report["applied"]] == [A]
    assert "auth.0001_initial" in report["django"]
    again = json.loads(project.run("migrate", "--format", "json", check=0).stdout)
    assert (again["applied"], again["django"]) == ([], [])


@pytest.mark.parametrize("style", ["text", "json"])
def test_pretend_shows_djangos_sql_too(project: Project, style: str) -> None:
    project.configure(AUTH)
    write(project, A, creates("users"))
    result = project.run("migrate", "--pretend", "--format", style, check=0)
    assert "auth.0001_initial" in result.stdout
    assert "auth_user" in result.stdout
    assert tables(project) == set()


# Tables that test runners make

MODEL = """
from django.db import models


class {name}(models.Model):
    name = models.CharField(max_length=255)

    class Meta:
        db_table = "{table}"
"""


def test_run_syncdb_makes_no_table_of_an_app_that_kit_owns(project: Project) -> None:
    project.write("blog/models.py", MODEL.format(name="Ghost", table="ghosts"))
    project.configure('INSTALLED_APPS += ["shop"]')
    project.write("shop/__init__.py", "")
    project.write("shop/models.py", MODEL.format(name="Item", table="items"))
    write(project, A, creates("users"))
    project.run("migrate", "--run-syncdb", check=0)
    assert tables(project) == {"items", "users", "kit_migrations"}


def test_where_no_app_is_named_kit_makes_its_tables_first(project: Project) -> None:
    project.configure("KIT = {}")
    both = MODEL.format(name="User", table="users") + MODEL.format(name="Own", table="own")
    project.write("blog/models.py", both)
    write(project, A, creates("users"))
    project.run("migrate", "--run-syncdb", check=0)
    assert tables(project) == {"users", "own", "kit_migrations"}


TESTS = """
from django.test import TestCase, TransactionTestCase

from blog.models import User


class First(TransactionTestCase):
    def test_one(self):
        User.objects.create(name="left over")


class Second(TransactionTestCase):
    def test_two(self):
        self.assertEqual(list(User.objects.all()), [])
        User.objects.create(name="x")


class Third(TestCase):
    def test_three(self):
        User.objects.create(name="in a transaction")
        self.assertEqual(User.objects.count(), 1)
"""


@pytest.mark.parametrize(
    "setting",
    [
        "",
        "KIT = {}",
        'DATABASES["default"]["TEST"] = {"MIGRATE": False}',
        'MIGRATION_MODULES = dict.fromkeys(["contenttypes", "auth", "blog"])',
    ],
)
def test_djangos_test_runner_makes_kits_tables(project: Project, setting: str) -> None:
    project.configure(AUTH)
    project.configure(setting)
    project.write("blog/models.py", MODEL.format(name="User", table="users"))
    project.write("blog/tests.py", TESTS)
    write(
        project,
        A,
        creates("users") + "\nschema.execute('SELECT * FROM auth_user')",
        'dependencies = [("auth", "0001_initial")]',
    )
    result = project.run("test", "--noinput", check=0)
    assert "Ran 3 tests" in result.stderr
    assert tables(project) == set()
