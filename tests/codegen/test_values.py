"""A row that was read can be saved, and is the same row afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.projects import Project

ONE = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
OTHER = "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a22"
QUERY = """
from blog.models import Kid, Parent
row = Parent.objects.get(other="b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a22")
row.full_clean()
row.save()
kid = row.kid_set.get()
kid.save()
print(Parent.objects.filter(pk=row.pk).count(), Parent.objects.count(), Kid.objects.count())
"""


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("declared", ["uuid", "UUID"])
def test_a_uuid_with_dashes_stays_as_it_is(project: Project, declared: str) -> None:
    with project.connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE parents (id {declared} PRIMARY KEY NOT NULL, other {declared})"
        )
        cursor.execute(
            f"CREATE TABLE kids (id integer PRIMARY KEY, parent_id {declared} REFERENCES parents (id))"
        )
        cursor.execute("INSERT INTO parents VALUES (%s, %s)", [ONE, OTHER])
        cursor.execute("INSERT INTO kids VALUES (1, %s)", [ONE])
    project.run("db_sync", "--skip-migrations", check=0)
    assert project.run("shell", "-v", "0", "-c", QUERY, check=0).lines == ["1 1 1"]
    with project.connection.cursor() as cursor:
        cursor.execute("SELECT p.id, p.other, k.parent_id FROM parents p JOIN kids k ON 1 = 1")
        assert cursor.fetchall() == [(ONE, OTHER, ONE)]


POSTGRESQL = """
CREATE TYPE mood AS ENUM ('ok', '3d', 'so, "so"');
CREATE SCHEMA other;
CREATE TYPE other.size AS ENUM ('s', 'l');
CREATE DOMAIN other.few AS integer DEFAULT 1 CHECK (VALUE > 0);
CREATE DOMAIN words AS text[];
CREATE DOMAIN stamp AS timestamptz DEFAULT now();
CREATE DOMAIN flag AS boolean DEFAULT true NOT NULL;
CREATE TABLE posts (
    id integer PRIMARY KEY,
    moods mood[] NOT NULL DEFAULT '{ok}',
    walks mood[][],
    words words,
    few other.few,
    fews other.few[],
    size other.size NOT NULL DEFAULT 's',
    at stamp,
    flag flag,
    address inet,
    addresses inet[],
    grid integer[][] NOT NULL DEFAULT '{}',
    span int4range NOT NULL DEFAULT '[1,2)',
    title varchar(9) NOT NULL DEFAULT '',
    data jsonb NOT NULL DEFAULT '{}'
);
INSERT INTO posts (id) VALUES (1);
INSERT INTO posts VALUES (2, '{ok,3d,"so, \\"so\\""}', '{{ok,3d},{ok,ok}}', '{a,b}', 2, '{1,NULL}',
    'l', now(), false, '10.0.0.1/8', '{10.0.0.1/8,::1}', '{{1,2},{3,4}}', '[2,5)', 'x', '[1]');
"""
MYSQL = """
CREATE TABLE posts (
    id integer PRIMARY KEY,
    title varchar(9) NOT NULL DEFAULT '',
    data json NOT NULL DEFAULT '{}',
    state enum('a', '') NOT NULL DEFAULT '',
    flag boolean NOT NULL DEFAULT true,
    day date NOT NULL DEFAULT '2024-01-01'
);
INSERT INTO posts (id) VALUES (1);
INSERT INTO posts VALUES (2, 'x', '[1]', 'a', false, '2024-05-05');
"""
SQLITE = """
CREATE TABLE posts (
    id integer PRIMARY KEY,
    title varchar(9) NOT NULL DEFAULT '',
    flag bool NOT NULL DEFAULT 1,
    day date NOT NULL DEFAULT '2024-01-01'
);
INSERT INTO posts (id) VALUES (1);
INSERT INTO posts VALUES (2, 'x', 0, '2024-05-05');
"""
SCHEMAS = {"mysql": MYSQL, "postgresql": POSTGRESQL, "sqlite": SQLITE}
SAVED = """
from blog.models import Post
for row in Post.objects.all():
    row.full_clean()
    row.save()
Post(id=3).save()
Post.objects.create(id=4)
"""


def test_rows_that_were_read_are_the_same_when_they_are_saved(project: Project) -> None:
    vendor = project.connection.vendor
    if vendor == "postgresql":
        project.configure('INSTALLED_APPS += ["django.contrib.postgres"]')
    execute(project, *filter(str.strip, SCHEMAS[vendor].split(";\n")))
    rows = "SELECT * FROM posts ORDER BY id"
    before = execute(project, rows)
    project.run("db_sync", "--skip-migrations", check=0)
    project.run("check", "--database", "default", check=0)
    project.run("shell", "-v", "0", "-c", SAVED, check=0)
    *read, saved, created = execute(project, rows)
    assert read == before
    assert without_time(saved) == without_time(created) == without_time(before[0])
    assert project.run("db_sync", "--skip-migrations", "--check").code == 0


@pytest.mark.databases("mysql")
def test_a_zero_date_is_none_whatever_the_driver_makes_of_it(project: Project) -> None:
    execute(
        project,
        "SET sql_mode = ''",
        """CREATE TABLE posts (id integer PRIMARY KEY,
            at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
            seen datetime NOT NULL DEFAULT '0000-00-00 00:00:00')""",
        "INSERT INTO posts VALUES (1, DEFAULT, DEFAULT), (2, '2024-05-05', '2024-05-05')",
    )
    project.run("db_sync", "--skip-migrations", check=0)
    ask = """
from blog.models import Post
for row in Post.objects.order_by("-seen", "id"):
    print(row.pk, row.at and row.at.year, row.seen and row.seen.year)
"""
    assert project.run("shell", "-v", "0", "-c", ask, check=0).lines == [
        "2 2024 2024",
        "1 None None",
    ]


def without_time(row: tuple[Any, ...]) -> list[Any]:
    return [each for each in row[1:] if not isinstance(each, datetime)]


def execute(project: Project, *statements: str) -> list[tuple[Any, ...]]:
    """Run the statements as they are; the rows of the last one."""
    with project.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.mark.databases("postgresql")
def test_patterns_take_other_schemas_and_what_none_takes_is_named(project: Project) -> None:
    names = [("lab_a", "t"), ("lab_b", "u")]
    execute(project, *(f"CREATE SCHEMA {schema}" for schema, _ in names))
    execute(
        project,
        *(f"CREATE TABLE {schema}.{name} (id integer PRIMARY KEY)" for schema, name in names),
    )
    printed = project.run("db_sync", "--skip-migrations", check=0).lines
    assert "No app takes these tables: lab_a.t, lab_b.u." in printed
    project.configure('KIT = {"MODELS": {"blog": ["lab_?.*"]}}')
    project.run("db_sync", "--skip-migrations", check=0)
    written = project.file("blog/models.py").read_text("utf-8")
    assert "class T(" in written
    assert "class U(" in written


SURROUNDINGS = [
    "CREATE SCHEMA other",
    "CREATE SEQUENCE other.numbers",
    "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    "CREATE TYPE span AS RANGE (subtype = float8)",
    "CREATE TEXT SEARCH CONFIGURATION plain (COPY = english)",
    """CREATE TABLE posts (
        id integer PRIMARY KEY, number bigint DEFAULT nextval('other.numbers'),
        title text COLLATE folded, span span
    )""",
    "CREATE INDEX found ON posts USING gin (to_tsvector('plain', title))",
]


@pytest.mark.databases("postgresql")
def test_verify_makes_what_models_stand_on(project: Project) -> None:
    execute(project, *SURROUNDINGS)
    lines = project.run("db_sync", "--verify", "-v", "2", check=0).lines
    assert lines[-1] == "19 of 19 facts survive the way through the models."
    assert [line for line in lines if line.startswith("Lost: ")] == []
    assert "Beside the models: range: span" in lines
