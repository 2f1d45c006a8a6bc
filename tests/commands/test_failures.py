"""How a command fails: as JSON too, in harmless words, and with Django's migration by its name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import connection as default_connection

from tests.runner.conftest import creates

if TYPE_CHECKING:
    from tests.projects import Project
    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"


@pytest.mark.parametrize("command", ["migrate", "migrate_fresh"])
def test_a_failure_as_json_is_json(migrations: Migrations, command: str) -> None:
    migrations.write(A, f"print('by hand')\n{creates('users')}")
    migrations.write(B, "1 / 0")
    more = {"force": True} if command == "migrate_fresh" else {}
    outcome = migrations.run(command, format="json", **more)
    found = json.loads(outcome.stdout)
    assert outcome.code == found["exit_code"] == 1
    assert [each["name"] for each in found["applied"]] == [A]
    assert f"Migration {B} failed" in found["error"]
    assert found["advice"] == "Nothing of it is left. Mend its up(), then run migrate again."


@pytest.mark.parametrize(
    ("command", "options", "code"),
    [
        ("migrate_rollback", {"to": "nowhere"}, 1),
        ("migrate_resolve", {"name": "nothing", "resolution": "applied"}, 1),
        ("migrate", {"app_label": "nowhere"}, 1),
    ],
)
def test_a_refusal_as_json_is_json(
    migrations: Migrations, command: str, options: dict[str, str], code: int
) -> None:
    migrations.create_tables("users")
    migrations.migrate()
    arguments = [options.pop("name")] if "name" in options else []
    flags = ["--applied"] if options.pop("resolution", "") else []
    outcome = migrations.run(command, *arguments, *flags, format="json", **options)
    assert json.loads(outcome.stdout)["exit_code"] == outcome.code == code
    assert json.loads(outcome.stdout)["error"] == outcome.error


def test_texts_from_outside_steer_no_terminal_and_passwords_are_left_out(
    migrations: Migrations,
) -> None:
    migrations.write(A, "raise ValueError('\\x1b[2Jgone \\u202etxt')")
    outcome = migrations.run("migrate")
    assert "\\x1b[2Jgone \\u202etxt" in outcome.error
    assert "\x1b" not in outcome.error
    secret = "schema.run_sql(\"CREATE ROLE x y PASSWORD 'hunter2'; z\")"
    migrations.write(A, secret)
    outcome = migrations.run("migrate")
    assert "PASSWORD ***" in outcome.error
    assert "hunter2" not in outcome.error


def test_a_migration_of_djangos_that_finds_its_table_there_is_named(
    project: Project, vendor: str
) -> None:
    project.configure('INSTALLED_APPS += ["django.contrib.contenttypes"]')
    with default_connection.cursor() as cursor:
        cursor.execute("CREATE TABLE django_content_type (id integer)")
    result = project.run("migrate", check=1)
    assert "Django's migration contenttypes.0001_initial failed: " in result.stderr
    assert "`migrate contenttypes 0001_initial --fake`" in result.stderr
    left = "so part of it may be there" if vendor == "mysql" else "Nothing of it is left."
    assert left in result.stderr


IN_TWO_STEPS = """
from django.db import migrations


def fails(apps, editor):
    1 / 0


class Migration(migrations.Migration):
    atomic = {atomic}
    operations = [migrations.RunSQL("CREATE TABLE one (id integer)"), migrations.RunPython(fails)]
"""


@pytest.mark.parametrize("atomic", [True, False])
def test_what_is_left_of_a_migration_of_djangos_is_said(
    project: Project, vendor: str, atomic: bool
) -> None:
    project.configure('INSTALLED_APPS += ["shop"]')
    for name, text in {"__init__": "", "0001_one": IN_TWO_STEPS.format(atomic=atomic)}.items():
        project.write(f"shop/migrations/{name}.py", text)
    error = project.run("migrate", check=1).stderr
    assert "Django's migration shop.0001_one failed: ZeroDivisionError: division by zero." in error
    is_left = "one" in default_connection.introspection.table_names()
    assert is_left is (vendor == "mysql" or not atomic)
    assert ("Nothing of it is left." in error) is not is_left
    assert ("Undo by hand what is there" in error) is is_left


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "words", [("--format", "json", "--bogus"), ("--step", "--format=json", "x")]
)
def test_a_command_line_that_cannot_be_read_is_json(
    project: Project, words: tuple[str, ...]
) -> None:
    result = project.run("migrate_rollback", *words, check=2)
    found = json.loads(result.stdout)
    assert found["exit_code"] == 2
    assert found["error"] in result.stderr
