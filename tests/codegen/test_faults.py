"""What kit cannot make anything of stops nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.codegen.test_drift import HEAD, Changes

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.projects import Project

BASES = [
    *("timestamp", "xml", "money", "point", "bit(3)", '"char"', "int4range", "pair", "mood"),
    *("stamp", "integer[]", "mood[]", "timestamptz", "numeric(10, 2)", "regclass"),
]
FIELD_THAT_RAISES = f"""{HEAD}

class OddField(models.IntegerField):
    def db_type(self, connection):
        if self.name == "odd":
            raise ZeroDivisionError("one of\\n my own")
        return super().db_type(connection)


class Odd(models.Model):
    id = models.IntegerField(primary_key=True)
    odd = OddField()

    class Meta:
        db_table = "odd"
"""
LONG_CHECK = " OR ".join(f"(a = {number} AND b = {number})" for number in range(400))


def execute(connection: BaseDatabaseWrapper, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("contrib", [False, True])
@pytest.mark.parametrize("base", BASES)
def test_a_domain_over_any_type_gets_a_field(project: Project, base: str, contrib: bool) -> None:
    if contrib:
        project.configure('INSTALLED_APPS += ["django.contrib.postgres"]')
    execute(
        project.connection,
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "CREATE TYPE pair AS (one integer, other integer)",
        "CREATE DOMAIN stamp AS timestamp",
        f"CREATE DOMAIN tried AS {base}",
        "CREATE TABLE posts (id integer PRIMARY KEY, at tried, many tried[])",
        "INSERT INTO posts VALUES (1, NULL, NULL)",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    project.run("check", "--database", "default", check=0)
    query = "from blog.models import Post; row = Post.objects.get(); row.full_clean(); row.save()"
    project.run("shell", "-v", "0", "-c", query, check=0)
    Changes(project).assert_settled()


@pytest.mark.databases("postgresql")
def test_a_domain_over_an_enum_has_its_choices(project: Project) -> None:
    execute(
        project.connection,
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "CREATE DOMAIN feeling AS mood",
        "CREATE TABLE posts (id integer PRIMARY KEY, mood feeling NOT NULL)",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    written = project.file("blog/models.py").read_text("utf-8")
    assert "choices=Mood.choices" in written
    Changes(project).assert_settled()


def test_a_foreign_key_over_several_columns_can_be_changed(project: Project) -> None:
    seats = "CREATE TABLE seats (a integer NOT NULL, b integer NOT NULL, PRIMARY KEY (a, b))"
    guests = (
        "CREATE TABLE guests (id integer PRIMARY KEY, a integer, b integer"
        ", CONSTRAINT guest_seat FOREIGN KEY (a, b) REFERENCES seats (a, b){action})"
    )
    execute(project.connection, seats, guests.format(action=""))
    project.run("db_sync", "--skip-migrations", check=0)
    execute(
        project.connection,
        "DROP TABLE guests",
        guests.format(action=" ON DELETE CASCADE"),
    )
    project.run("db_sync", "--skip-migrations", check=0)
    assert "ON DELETE CASCADE" in project.file("blog/models.py").read_text("utf-8")
    Changes(project).assert_settled()


@pytest.mark.parametrize("renamed", ["guest_chair", ""])
def test_a_foreign_key_over_several_columns_can_be_renamed_or_dropped(
    project: Project, renamed: str
) -> None:
    seats = "CREATE TABLE seats (a integer NOT NULL, b integer NOT NULL, PRIMARY KEY (a, b))"
    guests = (
        "CREATE TABLE guests (id integer PRIMARY KEY, a integer, b integer"
        ", CONSTRAINT guest_seat FOREIGN KEY (a, b) REFERENCES seats (a, b))"
    )
    execute(project.connection, seats, guests)
    project.run("db_sync", "--skip-migrations", check=0)
    key = f", CONSTRAINT {renamed} FOREIGN KEY (a, b) REFERENCES seats (a, b)" if renamed else ""
    execute(
        project.connection,
        "DROP TABLE guests",
        f"CREATE TABLE guests (id integer PRIMARY KEY, a integer, b integer{key})",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    written = project.file("blog/models.py").read_text("utf-8")
    assert "guest_seat" not in written
    assert renamed in written
    Changes(project).assert_settled()


def test_a_fault_in_one_table_leaves_the_others_to_be_written(project: Project) -> None:
    execute(
        project.connection,
        "CREATE TABLE odd (id integer PRIMARY KEY, odd integer NOT NULL)",
        "CREATE TABLE posts (id integer PRIMARY KEY, odd_id integer NOT NULL"
        ", FOREIGN KEY (odd_id) REFERENCES odd (id))",
    )
    project.write("blog/models.py", FIELD_THAT_RAISES)
    result = project.run("db_sync", "--skip-migrations", check=1)
    assert "table odd: ZeroDivisionError: one of my own, skipped." in result.lines
    assert "Traceback" not in result.stderr
    written = project.file("blog/models.py").read_text("utf-8")
    assert written.startswith(FIELD_THAT_RAISES)
    assert "class Post(" in written
    assert 'models.ForeignKey("Odd"' in written
    again = project.run("db_sync", "--skip-migrations", "--check", "--format", "json", check=1)
    assert json.loads(again.stdout)["skipped"] == [
        {"table": "odd", "reason": "ZeroDivisionError: one of my own"}
    ]
    told = project.run("db_sync", "--skip-migrations", "--traceback", check=1)
    assert "in db_type" in told.stderr


@pytest.mark.databases("postgresql", "mysql")
def test_a_long_check_is_written_so_that_python_can_read_it(project: Project) -> None:
    execute(
        project.connection,
        f"CREATE TABLE odd (id integer PRIMARY KEY, a integer, b integer, CHECK ({LONG_CHECK}))",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    assert "class Odd(" in project.file("blog/models.py").read_text("utf-8")
    project.run("check", check=0)
