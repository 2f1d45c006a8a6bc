from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kit_django.schema.dialects.mysql import MARIADB
from kit_django.schema.dialects.postgresql import POSTGRESQL
from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.sql.made import Made

if TYPE_CHECKING:
    from kit_django.schema.dialects.base import Dialect


def made(dialect: Dialect, *statements: str) -> Made:
    found = Made(dialect)
    found.follow(statements)
    return found


@pytest.mark.parametrize(
    ("statements", "tables"),
    [
        (["CREATE TABLE Posts (id int)"], {(None, "posts")}),
        (['CREATE TABLE "Posts" (id int)'], {(None, "Posts")}),
        (["/* a */ create unlogged table if not exists a.b (id int)"], {("a", "b")}),
        (["CREATE TEMP TABLE t (id int)", "CREATE TEMPORARY TABLE u ()"], set()),
        (["CREATE TABLE a ()", "CREATE TABLE b ()", "DROP TABLE IF EXISTS a, b CASCADE"], set()),
        (["CREATE TABLE a.t ()", "ALTER TABLE a.t RENAME TO u"], {("a", "u")}),
        (["CREATE TABLE t (a int)", "ALTER TABLE t RENAME a TO b"], {(None, "t")}),
        (["CREATE TABLE t (a int)", "ALTER TABLE t RENAME COLUMN a TO b"], {(None, "t")}),
        (["CREATE TABLE t ()", "ALTER TABLE ONLY t SET SCHEMA s"], {("s", "t")}),
        (["CREATE TABLE p PARTITION OF t DEFAULT"], {(None, "p")}),
        (
            ["CREATE VIEW v AS SELECT 1", "CREATE INDEX i ON t (a)", "INSERT INTO t VALUES (1)"],
            set(),
        ),
        (["CREATE TABLE 'x", "DROP", "ALTER TABLE"], set()),
    ],
)
def test_tables_that_are_there_at_the_end(
    statements: list[str], tables: set[tuple[str | None, str]]
) -> None:
    assert made(POSTGRESQL, *statements).tables == tables


@pytest.mark.parametrize(
    ("statements", "tables"),
    [
        (["CREATE TABLE `a` (id int)", "RENAME TABLE a TO b"], {(None, "b")}),
        (["CREATE TABLE a (id int)", "ALTER TABLE a RENAME b"], {(None, "b")}),
        (
            ["CREATE OR REPLACE TABLE a (id int)", "CREATE TABLE B LIKE a"],
            {(None, "a"), (None, "B")},
        ),
        (
            ["CREATE TABLE a (x int)", "CREATE TABLE b (x int)", "RENAME TABLE a TO c, b TO a"],
            {(None, "c"), (None, "a")},
        ),
    ],
)
def test_mariadb_says_it_otherwise(
    statements: list[str], tables: set[tuple[str | None, str]]
) -> None:
    assert made(MARIADB, *statements).tables == tables


def test_a_rebuild_on_sqlite_makes_no_other_table() -> None:
    statements = [
        'CREATE TABLE "t" ("id" integer)',
        'CREATE TABLE "new__t" ("id" text)',
        'DROP TABLE "t"',
        'ALTER TABLE "new__t" RENAME TO "t"',
    ]
    assert made(SQLITE, *statements).tables == {(None, "t")}


def test_what_stands_around_tables() -> None:
    found = made(
        POSTGRESQL,
        "CREATE TYPE mood AS ENUM ('a')",
        "CREATE DOMAIN Age AS integer",
        "CREATE SEQUENCE IF NOT EXISTS s.numbers",
        "CREATE SCHEMA audit",
        "CREATE SCHEMA AUTHORIZATION me",
        "CREATE OR REPLACE FUNCTION f(a integer) RETURNS integer AS $$ CREATE TABLE x $$ LANGUAGE sql",
        "CREATE AGGREGATE most (integer) (SFUNC = f)",
        "CREATE EXTENSION hstore",
        "CREATE TYPE gone AS (a int)",
        "DROP TYPE gone",
    )
    assert list(found.objects) == [
        ("TYPE", (None, "mood")),
        ("DOMAIN", (None, "age")),
        ("SEQUENCE", ("s", "numbers")),
        ("SCHEMA", (None, "audit")),
        ("SCHEMA", (None, "me")),
        ("FUNCTION", (None, "f")),
        ("AGGREGATE", (None, "most")),
    ]
    meanings = made(
        POSTGRESQL,
        "CREATE OPERATOR signs.=== (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int)",
        "CREATE OPERATOR <-> (FUNCTION = int4mi, LEFTARG = int, RIGHTARG = int)",
        "CREATE OPERATOR CLASS by_x FOR TYPE int USING btree AS STORAGE int",
        "CREATE OPERATOR FAMILY s.all_x USING btree",
        "CREATE CAST (s.place AS double precision) WITH INOUT",
        "CREATE TEXT SEARCH CONFIGURATION ours (COPY = simple)",
        "CREATE TEXT SEARCH DICTIONARY gone (TEMPLATE = simple)",
        "DROP TEXT SEARCH DICTIONARY IF EXISTS gone",
    )
    assert list(meanings.objects) == [
        ("OPERATOR", ("signs", "===")),
        ("OPERATOR", (None, "<->")),
        ("OPERATOR CLASS", (None, "by_x")),
        ("OPERATOR FAMILY", ("s", "all_x")),
        ("CAST", (None, "s.place as double precision")),
        ("TEXT SEARCH CONFIGURATION", (None, "ours")),
    ]
    definer = "CREATE OR REPLACE DEFINER = `a`@`b` AGGREGATE FUNCTION g() RETURNS int RETURN 1"
    assert list(made(MARIADB, definer).objects) == [("FUNCTION", (None, "g"))]
