"""--verify against the database's own dumps: what they show, it names."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from kit_django.codegen.verifying.otherwise import otherwise
from kit_django.schema.facts import Database, Index, IndexPart, Table
from tests import databases
from tests.commands.test_db_sync import execute
from tests.commands.test_db_sync_options import BEYOND_DJANGO, sync
from tests.dumps import differences
from tests.roundtrip import round_trip, soundness

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.dumps import Judge
    from tests.projects import Project
    from tests.roundtrip import RoundTrip

MORE = {
    "sqlite": """
        CREATE TABLE posts (id integer PRIMARY KEY, title varchar(9) DEFAULT 'a' UNIQUE ON CONFLICT
            REPLACE, n int CHECK (n>0), state text COLLATE nocase CHECK (state IN ('a','b')));
        CREATE VIEW titles AS SELECT title FROM posts;
        CREATE TRIGGER quiet AFTER DELETE ON posts BEGIN DELETE FROM posts; END;
        CREATE TRIGGER seen INSTEAD OF DELETE ON titles BEGIN DELETE FROM posts; END;
        CREATE VIRTUAL TABLE words USING fts5(word);
        CREATE TABLE few (a int, b int, PRIMARY KEY (b, a)) WITHOUT ROWID;
    """,
    "postgresql": """
        CREATE SCHEMA lab;
        CREATE TABLE lab.tests (id integer PRIMARY KEY);
        CREATE TABLE posts (id serial PRIMARY KEY, title varchar(9) UNIQUE, n int CHECK (n > 0),
            lab_id integer REFERENCES lab.tests ON DELETE CASCADE, CONSTRAINT few EXCLUDE (n WITH =));
        CREATE TABLE older () INHERITS (posts);
        CREATE VIEW titles AS SELECT title FROM posts;
        CREATE RULE quiet AS ON DELETE TO titles DO INSTEAD NOTHING;
        CREATE POLICY own ON posts USING (n > 0);
        CREATE STATISTICS together ON title, n FROM posts;
        CREATE TABLE wide (n bigint) PARTITION BY LIST (n);
        CREATE TABLE wide_one PARTITION OF wide FOR VALUES IN (1);
        CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq);
        CREATE PROCEDURE tidy() LANGUAGE sql AS 'SELECT 1';
        COMMENT ON COLUMN titles.title IS 'as it is read';
        GRANT SELECT ON titles TO PUBLIC;
        ALTER TABLE posts ALTER title SET STATISTICS 300;
        CREATE SEQUENCE numbers START 5;
    """,
    "mysql": """
        CREATE TABLE posts (id integer PRIMARY KEY AUTO_INCREMENT, title varchar(9) UNIQUE COMMENT 'it'
            , n integer unsigned, body text, KEY few (n) COMMENT 'few', FULLTEXT KEY words (body)
            , part integer NOT NULL DEFAULT 1) ENGINE=InnoDB ROW_FORMAT=COMPRESSED COMMENT 'all';
        CREATE TABLE parted (id integer PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3;
        CREATE TABLE kept (id integer PRIMARY KEY) WITH SYSTEM VERSIONING;
        CREATE VIEW titles AS SELECT title FROM posts;
        CREATE TRIGGER quiet BEFORE DELETE ON posts FOR EACH ROW SET @a = 1;
        CREATE PROCEDURE tidy() SELECT 1;
        CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO SELECT 1;
        CREATE SEQUENCE numbers START WITH 5;
    """,
}


@dataclass(frozen=True)
class Named:
    """What ``--verify`` said, as words by the tables that they are about."""

    said: dict[str, str]
    beside: str

    @classmethod
    def of(cls, report: Any) -> Named:
        said: dict[str, str] = {}
        for each in (*report["losses"], *report["otherwise"]):
            words = f"{each['kind']} | {each['about']} | {each['before']} | {each['after']}\n"
            said[each["table"]] = said.get(each["table"], "") + words.lower()
        beside = "\n".join(f"{each['kind']} {each['table']}" for each in report["beside"])
        return cls(said, beside.lower())

    def says(self, table: str, *words: str) -> bool:
        """Whether the table itself is said to be nothing that models make, or one of the words
        is said of it; for no table, of any."""
        if table and has(self.beside, table):
            return True
        said = self.said.get(table, "") if table else "\n".join([*self.said.values(), self.beside])
        return any(has(said, word) for word in words)


def has(text: str, word: str) -> bool:
    """A word is not part of another one."""
    return bool(re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", text))


# What a line of SQLite's pragmas is called in the report, where it has no name of its own.
KINDS = {
    "autoincrement": ["numbering"],
    "deferrable": ["deferrability"],
    "check": ["check", "check sql"],
    "collate": ["collation", "index"],
    "conflict": ["unique option"],
    "options": ["table option"],
}


def is_named(named: Named, part: str, line: str) -> bool:
    """Whether a difference of the dumps has its line in the report."""
    kind, *names = part.replace("`", "").split(" ")
    at = re.search(r"\bon (?:only )?(?:public\.)?([\w.]+)", line, re.IGNORECASE)
    if at and has(named.beside, at[1]):
        return True  # an index of a view or a partition, which is named
    if kind not in ("TABLE", "table") or names[0] == "ATTACH":
        own = [*names, names[-1].partition("(")[0], *(line.split() if kind == "COMMENT" else [])]
        return any(named.says("", name) or of_one_beside(named, name) for name in own)
    table = " ".join(names) if kind == "table" else ".".join(names).removeprefix("public.")
    if of_one_beside(named, table):
        return True
    if line.startswith((")", "/*", "PARTITION")):
        return named.says(table, "table option")
    word, *more = re.findall(r"[\w.]+|'[^']*'", line.partition("ALTER COLUMN ")[2] or line)
    if word in ("CONSTRAINT", "KEY", "UNIQUE", "FULLTEXT", "column", "constraint"):
        return named.says(table, *more[:2])
    if word in ("index", "foreign"):
        return named.says(table, *re.findall(r"'([^']*)'", line)[:1], *words_within(line))
    return named.says(table, *KINDS.get(word, [word]))


def of_one_beside(named: Named, name: str) -> bool:
    """What PostgreSQL names by a partition, and SQLite by a virtual table, goes with it."""
    found = re.findall(r"^(?:partition|virtual table) (\w+)", named.beside, re.MULTILINE)
    return any(name.startswith(f"{each}_") for each in found)


def words_within(line: str) -> list[str]:
    """The columns of an index that has no name."""
    return [] if "None" not in line else ["unique", "primary key", "index"]


def is_blank(difference: str, others: list[str]) -> bool:
    """Brackets around a default are none, nor is what the body of a routine makes."""
    bare = difference.replace("( ", "").replace(" )", "")
    signs = bare.replace(": - ", ": + "), bare.replace(": + ", ": - ")
    plain = [each.replace("( ", "").replace(" )", "") for each in others if each != difference]
    return "TEMPORARY TABLE" in difference or any(each in plain for each in {*signs} - {bare})


def assert_all_is_named(
    project: Project, other_connection: BaseDatabaseWrapper, dump: Judge
) -> tuple[Any, RoundTrip]:
    """The report as data, and what became of the models in the other database."""
    project.run("db_sync", "--skip-migrations", check=0)
    report = json.loads("\n".join(sync(project, "--verify", "--format", "json")))
    made = round_trip(project, other_connection, databases.url_of(other_connection))
    found = differences(dump(project.connection), dump(other_connection))
    assert found
    named = Named.of(report)
    unnamed = []
    for each in found:
        part, _, line = each.partition(": ")
        is_said = is_named(named, part, line.removeprefix("- ").removeprefix("+ "))
        unnamed += [] if is_said or is_blank(each, found) else [each]
    assert not unnamed, "\n".join(unnamed)
    return report, made


def test_real_schemas_come_back_and_what_their_dumps_show_is_named(
    corpus_schema: Path, project: Project, other_connection: BaseDatabaseWrapper, dump: Judge
) -> None:
    if project.connection.vendor == "postgresql":
        project.configure('INSTALLED_APPS += ["django.contrib.postgres"]')
    tables = project.connection.introspection.table_names()
    report, made = assert_all_is_named(project, other_connection, dump)
    assert [each for each in report["losses"] if each["kind"] not in BEYOND_DJANGO] == []
    assert report["facts"] > 200
    assert project.connection.introspection.table_names() == tables
    assert made.comparison is not None, made.problem
    assert made.refused == ()
    assert [each for each in made.comparison.losses if each.kind not in BEYOND_DJANGO] == []
    assert soundness(project).queries


def test_what_dumps_show_of_the_unusual_is_named(
    project: Project, other_connection: BaseDatabaseWrapper, dump: Judge, tmp_path: Path
) -> None:
    script = tmp_path / "more.sql"
    script.write_text(MORE[project.connection.vendor], encoding="utf-8")
    databases.load(project.connection, script)
    assert_all_is_named(project, other_connection, dump)


def test_an_index_on_the_same_columns_says_what_is_otherwise() -> None:
    parts = IndexPart("title", collation="german", descending=True), IndexPart("title")
    before, after = (
        Database("postgresql", (Table("posts", indexes=(Index("by_title", (part,)),)),))
        for part in parts
    )
    (found,) = otherwise(before, after, ())
    assert (found.kind, found.about) == ("index parts", "by_title")
    assert (found.before, found.after) == ("title collate german desc", "title")


@pytest.mark.databases("sqlite")
def test_one_line_says_a_kind(project: Project) -> None:
    execute(
        project.connection,
        "CREATE TABLE posts (id integer PRIMARY KEY, a INT, b INT, c INT)",
        "CREATE VIEW seen AS SELECT a FROM posts",
        "CREATE VIEW heard AS SELECT b FROM posts",
    )
    lines = sync(project, "--verify")
    assert "Otherwise: type: 3 of them (posts); -v 2 lists them." in lines
    assert "Beside the models: view: 2 of them (heard, seen); -v 2 lists them." in lines
    more = sync(project, "--verify", "-v", "2")
    assert "Otherwise: type: posts.b: INT -> integer" in more
    assert "Beside the models: view: heard" in more
