"""Whatever a database holds is data: it never becomes code, in Python or in SQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commands.test_db_sync import CLEAN, execute, models, query_all
from tests.commands.test_db_sync_options import BEYOND_DJANGO
from tests.quoting import quote_literal, quote_name

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.projects import Project

CANARY = "open('canary', 'w').close()"
NAMES = [
    'x"; DROP TABLE victim; --',
    "x`; DROP TABLE victim; --",
    "x'; DROP TABLE victim; --",
    f'"""\n{CANARY}\n"""',
    f"x\n{CANARY}\n#",
    f"x'); {CANARY}; ('",
    "back\\slash\\' + {CANARY}",
    "100% of %s and %(name)s",
    '"quoted"',
    "`ticked`",
    "class",
    "objects",
    "__double__",
    "2fa",
    "ключ",
    "🦊",
    "a.b",
    "{braces}",
    "models",
]


def sync_and_use(project: Project) -> None:
    project.run("db_sync", "--skip-migrations", check=0)
    compile(models(project), "models.py", "exec")
    assert project.run("check", check=0).lines == [CLEAN]
    query_all(project)
    assert list(project.folder.rglob("canary")) == []
    assert "victim" in project.connection.introspection.table_names()


def names_for(connection: BaseDatabaseWrapper) -> list[str]:
    """MySQL has no names beyond the basic plane."""
    if connection.vendor == "mysql":
        return [name for name in NAMES if all(ord(char) < 0x10000 for char in name)]
    return NAMES


def create(connection: BaseDatabaseWrapper, table: str, columns: list[str]) -> None:
    """A table with rows, without ever handing its names to anything but our own quoting."""
    defined = ", ".join(f"{quote_name(connection, name)} varchar(20)" for name in columns)
    quoted = quote_name(connection, table)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {quoted} (id integer NOT NULL PRIMARY KEY, {defined})", None)
        cursor.execute(f"INSERT INTO {quoted} (id) VALUES (1)", None)


@pytest.fixture
def victim(connection: BaseDatabaseWrapper) -> None:
    execute(connection, "CREATE TABLE victim (id integer NOT NULL PRIMARY KEY)")


@pytest.mark.usefixtures("victim")
def test_names_of_tables(project: Project) -> None:
    connection = project.connection
    for number, name in enumerate(names_for(connection)):
        create(connection, name, [f"column_{number}"])
    sync_and_use(project)


@pytest.mark.usefixtures("victim")
def test_names_of_columns(project: Project) -> None:
    create(project.connection, "holders", names_for(project.connection))
    sync_and_use(project)
    read = "from blog.models import Holder; print(len(Holder.objects.filter(pk=1).values()[0]))"
    shown = project.run("shell", "-v", "0", "-c", read, check=0)
    assert int(shown.stdout) == len(names_for(project.connection)) + 1


@pytest.mark.usefixtures("victim")
def test_names_of_indexes_and_constraints(project: Project) -> None:
    connection = project.connection
    create(connection, "holders", ["value"])
    for number, name in enumerate(names_for(connection)):
        quoted = quote_name(connection, name)
        table = f"holders_{number}"
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE {table} (id integer NOT NULL PRIMARY KEY, a integer, b integer,"
                f" CONSTRAINT {quote_name(connection, 'c' + name)} CHECK (a > b))",
                None,
            )
            cursor.execute(f"CREATE INDEX {quoted} ON {table} (a, b)", None)
            cursor.execute(
                f"CREATE UNIQUE INDEX {quote_name(connection, 'u' + name)} ON {table} (b, a)", None
            )
    sync_and_use(project)


@pytest.mark.usefixtures("victim")
def test_texts_in_defaults_and_checks(project: Project) -> None:
    connection = project.connection
    for number, text in enumerate(names_for(connection)):
        literal = quote_literal(connection, text)
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE texts_{number} (id integer NOT NULL PRIMARY KEY,"
                f" a varchar(60) DEFAULT {literal},"
                f" b varchar(60) CHECK (b IN ({literal}, 'x')),"
                f" c varchar(60) CHECK (c <> {literal}))",
                None,
            )
    sync_and_use(project)


@pytest.mark.databases("postgresql", "mysql")
@pytest.mark.usefixtures("victim")
def test_comments(project: Project) -> None:
    connection = project.connection
    for number, text in enumerate(names_for(connection)):
        literal = quote_literal(connection, text)
        table = f"commented_{number}"
        inline = f" COMMENT {literal}" if connection.vendor == "mysql" else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE {table} (id integer NOT NULL PRIMARY KEY{inline}){inline}", None
            )
            if connection.vendor == "postgresql":
                cursor.execute(f"COMMENT ON TABLE {table} IS {literal}", None)
                cursor.execute(f"COMMENT ON COLUMN {table}.id IS {literal}", None)
    sync_and_use(project)


@pytest.mark.databases("postgresql", "mysql")
@pytest.mark.usefixtures("victim")
def test_labels_of_enums(project: Project) -> None:
    connection = project.connection
    labels = ", ".join(quote_literal(connection, text) for text in names_for(connection))
    kind = f"enum({labels})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            kind = quote_name(connection, NAMES[0])
            cursor.execute(f"CREATE TYPE {kind} AS ENUM ({labels})", None)
        cursor.execute(f"CREATE TABLE moods (id integer NOT NULL PRIMARY KEY, mood {kind})", None)
    sync_and_use(project)


def test_the_round_trip_carries_hostile_names(project: Project) -> None:
    """Keys, relations, checks and indexes of such names come back, and none of it is run."""
    connection = project.connection
    names = [name for name in names_for(connection) if len(name) < 40]
    for number, name in enumerate(names):
        table, column = quote_name(connection, name), quote_name(connection, f"{name}_")
        execute(
            connection,
            f"CREATE TABLE {table} (number integer NOT NULL PRIMARY KEY, {column} integer NOT NULL,"
            f" other integer, FOREIGN KEY ({column}) REFERENCES {table} (number),"
            f" CONSTRAINT above_{number} CHECK ({column} >= 0))",
        )
        execute(connection, f"CREATE INDEX by_{number} ON {table} (other)")
    result = json.loads(
        project.run("db_sync", "--skip-migrations", "--verify", "--format", "json", check=0).stdout
    )
    assert [each for each in result["losses"] if each["kind"] not in BEYOND_DJANGO] == []
    assert result["facts"] > 10 * len(names)
