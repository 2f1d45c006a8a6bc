"""Kit's migrations and Django's in one project: whose an app is, and who hears of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kit_django import signals
from tests.commands.test_migrate import AUTH, MODEL, tables, write
from tests.runner.conftest import creates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.dispatch import Signal

    from tests.projects import Project
    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"
EVENTS = (
    "migrations_started",
    "migration_started",
    "migration_ended",
    "migrations_ended",
    "no_pending_migrations",
)


@pytest.fixture
def started(project: Project) -> Project:
    """``blog`` as ``startapp`` leaves it, with a model of a table that kit makes."""
    project.write("blog/migrations/__init__.py", "")
    project.write("blog/models.py", MODEL.format(name="User", table="users"))
    project.configure(AUTH)
    write(project, A, creates("users"))
    return project


def test_an_empty_package_of_migrations_is_no_obstacle(started: Project) -> None:
    result = started.run("migrate", "--run-syncdb", check=0)
    assert "changes that are not yet reflected" not in result.stdout
    assert "users" in tables(started)
    assert started.run("migrate", check=0).lines == ["Nothing to migrate."]
    assert started.run("check", check=0).stdout.startswith("System check identified no issues")
    started.run("db_sync", check=0)
    assert "managed = False" not in started.file("blog/models.py").read_text()


LOOKED_AT = """
from django.apps import apps
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.state import ProjectState
from kit_django.management.commands.migrate import Command
found = Command.autodetector(ProjectState(), ProjectState.from_apps(apps))
found.changes(graph=MigrationGraph())
print(sorted(found.generated_operations))
"""


def test_migrate_looks_for_no_changes_in_kits_apps_where_no_app_has_djangos_migrations(
    project: Project,
) -> None:
    model = "from django.db import models\n\n\nclass Post(models.Model):\n    pass\n"
    project.write("blog/models.py", model)
    assert project.run("shell", "-v", "0", "-c", LOOKED_AT, check=0).lines == ["[]"]


def test_makemigrations_leaves_kits_apps_out(started: Project) -> None:
    started.configure('INSTALLED_APPS += ["shop"]')
    started.write("shop/__init__.py", "")
    started.write("shop/migrations/__init__.py", "")
    started.write("shop/models.py", MODEL.format(name="Item", table="items"))
    assert "Create model Item" in started.run("makemigrations", "--check", check=1).stdout
    named = started.run("makemigrations", "blog", "shop", check=0)
    assert "blog is kit's" in named.stderr
    assert started.file("shop/migrations/0001_initial.py").exists()
    result = started.run("makemigrations", "--check", check=0)
    assert (result.stdout, result.stderr) == ("No changes detected\n", "")
    result = started.run("makemigrations", "blog", check=0)
    assert (result.stdout, "blog is kit's" in result.stderr) == ("", True)
    assert [path.name for path in started.file("blog/migrations").glob("*.py")] == ["__init__.py"]


DJANGOS = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel("User", [("id", models.BigAutoField(primary_key=True))], {"db_table": "users"}),
    ]
"""


def test_migrations_that_appear_in_a_kit_app_are_found(started: Project) -> None:
    started.write("blog/migrations/0001_initial.py", DJANGOS)
    result = started.run("check", check=0)
    assert "kit_django.W002" in result.stderr
    assert "0001_initial" in result.stderr
    started.configure('KIT = {"MODELS": {"blog": ["legacy_*"]}}')
    assert "W002" not in started.run("check", check=0).stderr


USERS = """\
from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    id = models.BigAutoField(primary_key=True)

    class Meta:
        db_table = "users"
"""

USERS_TABLES = """\
with schema.create_table("users") as table:
    table.id()
    table.string("password", max_length=128)
    table.datetime("last_login", null=True)
    table.boolean("is_superuser", default=False)
    table.string("username", max_length=150, unique=True)
    for name in ("first_name", "last_name"):
        table.string(name, max_length=150, default="")
    table.string("email", max_length=254, default="")
    table.boolean("is_staff", default=False)
    table.boolean("is_active", default=True)
    table.datetime("date_joined")
for name, other in (("users_groups", "group"), ("users_user_permissions", "permission")):
    with schema.create_table(name) as table:
        table.id()
        table.foreign_id("user_id", references="users", on_delete="cascade")
        table.integer(f"{other}_id")
        table.foreign_key([f"{other}_id"], references=f"auth_{other}", on_delete="cascade")
"""

ADMIN = """
INSTALLED_APPS += [
    "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.admin",
    "django.contrib.sessions", "django.contrib.messages",
]
AUTH_USER_MODEL = "blog.User"
SILENCED_SYSTEM_CHECKS = ["admin.E403", "admin.E408", "admin.E409", "admin.E410"]
"""


HOLDS = """
from django.contrib.auth.models import Permission
from blog.models import User

user = User.objects.get()
print(user.has_perm("blog.add_user"), user.groups.count())
print(Permission.objects.filter(content_type__app_label="blog").count())
"""


def test_a_user_model_of_kits_with_admin_and_content_types(project: Project) -> None:
    project.configure(ADMIN)
    project.write("blog/migrations/__init__.py", "")
    project.write("blog/models.py", USERS)
    auth = 'dependencies = [("auth", "0012_alter_user_first_name_max_length")]'
    write(project, A, USERS_TABLES, auth)
    result = project.run("migrate", check=1)
    assert 'run_before = [("admin", "0001_initial")]' in result.stderr
    assert "'users' of settings.AUTH_USER_MODEL" in result.stderr

    write(project, A, USERS_TABLES, f'{auth}\nrun_before = [("admin", "0001_initial")]')
    project.run("migrate", check=0)
    assert {"users", "users_groups", "django_admin_log"} <= tables(project)
    environment = {"DJANGO_SUPERUSER_PASSWORD": "x"}
    argv = ("createsuperuser", "--noinput", "--username", "ada", "--email", "a@example.org")
    project.run(*argv, check=0, env=environment)
    said = project.run("shell", "-v", "0", "-c", HOLDS, check=0).stdout.split()
    assert said == ["True", "0", "4"]


NOTES = """\
with schema.create_table("notes") as table:
    table.id()
    table.foreign_id("item_id", references="items")
"""


def test_what_run_syncdb_makes_is_there_for_kits_migrations(project: Project) -> None:
    project.configure('INSTALLED_APPS += ["shop"]')
    project.write("shop/__init__.py", "")
    project.write("shop/models.py", MODEL.format(name="Item", table="items"))
    write(project, A, NOTES)
    project.run("migrate", "--run-syncdb", check=0)
    assert {"items", "notes"} <= tables(project)


# Signals


@pytest.fixture
def heard() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """What each of kit's signals was sent with."""
    found: list[tuple[str, dict[str, Any]]] = []

    def receiver(name: str) -> Any:
        def hear(signal: Signal, sender: Any, **about: Any) -> None:
            assert (sender is None) == ("name" not in about)
            assert about.pop("using") == "default"
            assert isinstance(about.pop("duration_ms", 0), int)
            found.append((name, about))

        return hear

    receivers = {name: receiver(name) for name in EVENTS}
    for name, each in receivers.items():
        getattr(signals, name).connect(each, weak=False)
    yield found
    for name, each in receivers.items():
        getattr(signals, name).disconnect(each)


def test_signals_tell_of_a_run(
    migrations: Migrations, heard: list[tuple[str, dict[str, Any]]]
) -> None:
    one, two = migrations.create_tables("users", "posts")
    migrations.migrate()
    up: dict[str, Any] = {"method": "up"}
    assert heard == [
        ("migrations_started", {**up, "names": [one, two]}),
        ("migration_started", {**up, "name": one}),
        ("migration_ended", {**up, "name": one}),
        ("migration_started", {**up, "name": two}),
        ("migration_ended", {**up, "name": two}),
        ("migrations_ended", {**up, "names": [one, two]}),
    ]
    heard.clear()
    migrations.migrate()
    assert heard == [("no_pending_migrations", up)]
    heard.clear()
    assert migrations.run("migrate_rollback").code == 0
    assert [name for name, _ in heard] == list(EVENTS[:4])
    assert heard[1][1] == {"method": "down", "name": two}


def test_what_fails_has_not_ended(
    migrations: Migrations, heard: list[tuple[str, dict[str, Any]]]
) -> None:
    migrations.write(A, "schema.drop_table('nowhere')")
    assert migrations.run("migrate").code == 1
    assert [name for name, _ in heard] == ["migrations_started", "migration_started"]


RECEIVER = """
from django.db import connection
from django.db.models.signals import post_migrate


def hear(sender, stdout=None, **about):
    if sender.label == "blog":
        stdout.write(f"users: {'users' in connection.introspection.table_names()}")


post_migrate.connect(hear)
"""


def test_post_migrate_comes_behind_kits_last_migration(started: Project) -> None:
    with started.file("blog/models.py").open("a") as models:
        models.write(RECEIVER)
    lines = started.run("migrate", check=0).lines
    assert [line for line in lines if "users:" in line] == ["users: True"]
    assert lines[-1] == "All migrations completed successfully!"
    write(started, B, "schema.drop_table('nowhere')")
    assert "users:" not in started.run("migrate", check=1).stdout
