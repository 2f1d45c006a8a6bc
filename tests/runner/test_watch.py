from __future__ import annotations

from functools import partial

import pytest

from kit_django.runner.watch import Journal, calls_unknown_function, is_change
from kit_django.schema.dialects.mysql import MARIADB
from kit_django.schema.dialects.postgresql import POSTGRESQL
from kit_django.schema.dialects.sqlite import SQLITE


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (id int)",
        "insert into t values (1)",
        "  \n UPDATE t SET a = 1",
        "-- a word first\nDROP TABLE t",
        "/* two\nlines */ ALTER TABLE t ADD a int",
        "/*!40000 ALTER TABLE t DISABLE KEYS */",
        "WITH x AS (SELECT 1) DELETE FROM t",
        "CALL procedure()",
        "LOAD DATA INFILE 'x' INTO TABLE t",
        "SELECTED",
        "# why\nDROP TABLE t",
        "SELECT a INTO OUTFILE 'x' FROM t",
        "EXPLAIN ANALYZE DELETE FROM t",
        "ANALYZE FORMAT=JSON UPDATE t SET a = 1",
        "",
    ],
)
def test_what_may_change_something_is_counted(sql: str) -> None:
    assert is_change(sql, MARIADB)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "  select 1",
        "(SELECT 1)",
        "/* why */ SELECT 1",
        "-- why\nSELECT 1",
        "SHOW TABLES",
        "SET foreign_key_checks = 0",
        "USE other",
        "START TRANSACTION",
        "COMMIT",
        "SAVEPOINT a",
        "RELEASE SAVEPOINT a",
        "PRAGMA foreign_keys",
        "EXPLAIN DELETE FROM t",
        "# DROP TABLE t\nSELECT 'a INTO b', `INTO` FROM t",
        "ANALYZE TABLE t",
    ],
)
def test_what_changes_nothing_is_not(sql: str) -> None:
    assert not is_change(sql, MARIADB)


def test_the_number_is_written_before_the_statement_begins() -> None:
    story: list[object] = []
    journal = Journal(MARIADB, lambda number, sql: story.append(number))

    def execute(sql: str, *rest: object) -> None:
        story.append(sql)

    for sql in ("SELECT 1", "CREATE TABLE a", "DROP TABLE a"):
        journal(execute, sql, None, False, {})
    assert story == ["SELECT 1", 1, "CREATE TABLE a", 2, "DROP TABLE a"]


def test_the_journals_own_statement_is_not_counted() -> None:
    written: list[int] = []

    def write(number: int, sql: str) -> None:
        written.append(number)
        journal(lambda *rest: None, "UPDATE kit_migrations", None, False, {})

    journal = Journal(MARIADB, write)
    journal(lambda *rest: None, "CREATE TABLE a", None, False, {})
    assert written == [1]


def test_statements_that_succeeded_at_the_present_moment_leave_something_half_done() -> None:
    moment = 0
    journal = Journal(MARIADB, lambda number, sql: None)
    journal.moment = lambda: moment
    assert not journal.has_changed_anything
    journal(lambda *rest: None, "CREATE TABLE a", None, False, {})
    assert journal.has_changed_anything
    assert journal.is_amid_operation
    moment = 1
    assert not journal.is_amid_operation


@pytest.mark.parametrize(
    ("sql", "is_known"),
    [
        ("SELECT count(*), lower(name) FROM (SELECT 1) AS t WHERE id IN (1, 2)", True),
        ("SELECT clean_up()", False),
        ("SELECT app.clean_up (1)", False),
        ('SELECT "count"(1)', False),
        ("SELECT 'f()'", True),
    ],
)
def test_a_function_that_nobody_knows_may_change_something(sql: str, is_known: bool) -> None:
    assert calls_unknown_function(sql, POSTGRESQL) is not is_known
    assert not calls_unknown_function(sql, SQLITE)


def test_comments_are_those_of_the_database() -> None:
    sql = "/* a /* b */ SELECT 1; */ DROP TABLE t"
    assert is_change(sql, POSTGRESQL)
    assert not is_change(sql, MARIADB)
    assert is_change("SELECT * INTO u FROM t", POSTGRESQL)


@pytest.mark.parametrize(
    ("sql", "half_done"),
    [
        ("DROP TABLE a, b", True),
        ("DROP TABLE a", False),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a, b)", True),
        ("CREATE UNIQUE INDEX i ON t (a, b)", False),
        ("/* why */ drop temporary table a, b", True),
        ("DROP TABLE `a, b` -- , c", False),
        ("CREATE INDEX i ON t ((a = 'CONCURRENTLY'))", False),
        ("INSERT INTO t (a) VALUES (concurrently)", False),
    ],
)
def test_some_statements_may_have_had_effects_before_they_failed(sql: str, half_done: bool) -> None:
    journal = Journal(MARIADB, lambda number, sql: None)

    def fail(*rest: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        journal(fail, sql, None, False, {})
    assert journal.is_amid_operation is half_done
    assert journal.failed_sql == sql


def test_rows_of_one_transaction_are_one_statement() -> None:
    story: list[object] = []
    journal = Journal(MARIADB, lambda number, sql: story.append(number))
    for amid, sql in (
        (True, "INSERT 1"),
        (True, "UPDATE 2"),
        (True, "CREATE 3"),
        (True, "DELETE 4"),
        (False, "SELECT 5"),
        (True, "INSERT 6"),
        (False, "INSERT 7"),
        (False, "INSERT 8"),
    ):
        journal.is_in_transaction = partial(bool, amid)
        journal(lambda sql, *rest: story.append(sql), sql, None, False, {})
    assert [each for each in story if isinstance(each, int)] == [1, 2, 3, 4, 5, 6]
    assert story[:3] == [1, "INSERT 1", "UPDATE 2"]
