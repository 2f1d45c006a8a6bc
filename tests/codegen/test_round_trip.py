"""Database -> models.py -> database: what was there comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import databases
from tests.commands.test_db_sync_options import BEYOND_DJANGO
from tests.roundtrip import Soundness, round_trip, soundness, write_with_inspectdb

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.projects import Project


# What real schemas have that the corpus has not.
FOUND_IN_THE_WILD = {
    "sqlite": """
        CREATE TABLE matrix ("first" integer, "last" integer, done bool NOT NULL DEFAULT false);
        CREATE INDEX matrix_index ON matrix (first, last);
        CREATE INDEX matrix_undone ON matrix (last) WHERE NOT done;
        CREATE TABLE flags (id integer NOT NULL PRIMARY KEY, f bool, CHECK (f IN (0, 1)));
        CREATE UNIQUE INDEX flags_on ON flags (id) WHERE f = 1;
    """,
    "postgresql": """
        CREATE SCHEMA kept;
        CREATE EXTENSION ltree SCHEMA kept;
        CREATE DOMAIN counter AS bigint DEFAULT 7 CHECK (VALUE > 0);
        CREATE TYPE place AS (x integer, y integer);
        CREATE FUNCTION is_tidy(text) RETURNS boolean LANGUAGE sql IMMUTABLE
            AS 'SELECT length($1) > 0';
        CREATE TABLE users (id counter PRIMARY KEY, name varchar(80) NOT NULL UNIQUE, at place, way kept.ltree
            , spare counter DEFAULT NULL, CHECK (is_tidy(name)), UNIQUE (spare)
            , CONSTRAINT again UNIQUE (name));
        CREATE SEQUENCE users_id_seq OWNED BY users.id;
        ALTER TABLE users ALTER id SET DEFAULT nextval('users_id_seq');
        CREATE INDEX users_name_3b42b832_like ON users (name varchar_pattern_ops);
        CREATE TABLE notes (user_id bigserial NOT NULL, body text, PRIMARY KEY (user_id, body)
            , FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE
            , FOREIGN KEY (user_id) REFERENCES users);
        CREATE TABLE kinds (kind varchar(9)
            , CHECK ((kind)::text = ANY (ARRAY[('a'::varchar)::text, ('b'::varchar)::text])));
        CREATE INDEX notes_body ON notes (body);
        CREATE INDEX notes_body_too ON notes (body);
    """,
    "mysql": """
        CREATE TABLE clients (id integer PRIMARY KEY, name tinytext, UNIQUE KEY Name (name(100)));
        CREATE TABLE files (id integer PRIMARY KEY, name varchar(90), size tinyint(1) unsigned
            , KEY Name (name), KEY idle (size, name) /*M! IGNORED */
            , UNIQUE KEY login (size), UNIQUE KEY size (size));
        CREATE TABLE parts (id integer PRIMARY KEY, of_id integer AUTO_INCREMENT UNIQUE
            , FOREIGN KEY (of_id) REFERENCES clients (id)) AUTO_INCREMENT = 9;
        CREATE TABLE shots (id integer PRIMARY KEY AUTO_INCREMENT, last_id integer DEFAULT 0
            , FOREIGN KEY (last_id) REFERENCES shots (id));
        CREATE TABLE pages (url varchar(400) PRIMARY KEY, name varchar(300) UNIQUE);
        CREATE TABLE links (id integer PRIMARY KEY, url varchar(400) UNIQUE
            , FOREIGN KEY (url) REFERENCES pages (url));
        CREATE TABLE words (word varchar(20000), kind enum('a', 'b') PRIMARY KEY
            , lang char(2) COLLATE utf8mb4_bin) COLLATE latin1_german1_ci;
        CREATE TABLE runs (id integer NOT NULL AUTO_INCREMENT, host varchar(90) NOT NULL
            , is_on tinyint(1) CHECK (is_on IN (0, 1)), PRIMARY KEY (host), KEY id (id, host(9)));
    """,
}


def test_what_real_schemas_have_comes_back(
    project: Project, other_connection: BaseDatabaseWrapper, tmp_path: Path
) -> None:
    script = tmp_path / "wild.sql"
    script.write_text(FOUND_IN_THE_WILD[project.connection.vendor], encoding="utf-8")
    databases.load(project.connection, script)
    project.run("db_sync", "--skip-migrations", check=0)
    assert soundness(project) == Soundness(imports=True, checks=True, queries=True)
    again = project.run("db_sync", "--skip-migrations", check=0)
    assert again.lines[-1] == "The models are up to date."
    result = round_trip(project, other_connection, databases.url_of(other_connection))
    assert result.refused == ()
    assert result.comparison is not None
    lost = [loss for loss in result.comparison.losses if loss.kind not in BEYOND_DJANGO]
    assert lost == []


def test_the_harness_sees_what_inspectdb_loses(
    project: Project, other_connection: BaseDatabaseWrapper
) -> None:
    with project.connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, slug varchar(20) NOT NULL"
            ", stars integer NOT NULL DEFAULT 3, CHECK (stars < 6))"
        )
        cursor.execute("CREATE INDEX posts_stars ON posts (stars, slug)")
    write_with_inspectdb(project)
    result = round_trip(project, other_connection, databases.url_of(other_connection))
    assert result.comparison is not None, result.problem
    kinds = {loss.kind for loss in result.comparison.losses}
    assert {"index", "check", "default"} <= kinds
    assert result.share < 1
