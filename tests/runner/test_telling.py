"""What is told of a migration that failed: the statement, the first error, what was committed before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.runner.conftest import creates

if TYPE_CHECKING:
    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"
SWALLOWED = "try:\n    schema.execute('SELECT nonsense')\nexcept Exception:\n    pass\n"


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize(
    "then",
    [
        "pass",
        "schema.execute('SELECT 1')",
        creates("posts"),  # before which checks of rows are brought forward
        "schema.model('users').objects.count()",
    ],
)
def test_the_first_error_is_named_though_it_was_swallowed(
    migrations: Migrations, then: str
) -> None:
    migrations.write(A, f"{creates('users')}\n{SWALLOWED}{then}")
    error = migrations.run("migrate").error
    assert f"{A}.py, line 10 (schema.execute('SELECT nonsense')): column" in error
    assert "The statement was: SELECT nonsense. It went on after a database error" in error
    for aftermath in ("SET CONSTRAINTS", "current transaction is aborted"):
        assert aftermath not in error
    assert "Nothing of it is left." in error
    assert migrations.history() == []


@pytest.mark.databases("sqlite", "postgresql")
def test_an_error_of_the_programs_own_is_the_one_that_is_named(migrations: Migrations) -> None:
    inner = """
from django.db import transaction
try:
    with transaction.atomic():
        schema.execute('SELECT nonsense')
except Exception:
    pass
"""
    migrations.write(A, f"{inner}raise ValueError('mine')")
    error = migrations.run("migrate").error
    assert "ValueError: mine" in error
    assert "nonsense" not in error.partition("mine")[2]


@pytest.mark.databases("sqlite", "postgresql")
def test_what_was_done_before_a_commit_is_told(migrations: Migrations) -> None:
    body = f"""
{creates("users")}
schema.run_sql("INSERT INTO users (name) VALUES ('x')")
schema.execute("COMMIT")
{creates("posts")}
"""
    migrations.write(A, body)
    error = migrations.run("migrate").error
    assert "is committed, and it stays on record as failed. Done before it: " in error
    assert "create table 'users', run SQL \"INSERT INTO users" in error
    assert "What it did by a cursor or models is not among them." in error
    assert "create table 'posts'" not in error
    assert migrations.tables == {"users"}


def test_the_statement_under_way_is_kept_on_record_as_it_may_be_shown(
    migrations: Migrations,
) -> None:
    secret = "CREATE USER kit_nobody PASSWORD 'geheim' NONSENSE"
    statement = f"INSERT INTO nowhere VALUES ('Gr\u00f6\u00dfe \u202e', 1{', 1' * 200})"
    migrations.write(A, creates("users"))
    migrations.migrate()
    first = "INSERT INTO users (name) VALUES ('x')"
    for last, shown in (
        (statement, "nowhere VALUES ('Gr\u00f6\u00dfe \\u202e', 1, 1"),
        (secret, "PASSWORD ***"),
    ):
        migrations.write(B, f"schema.run_sql({f'{first}; {last}'!r})", attributes="atomic = False")
        error = migrations.run("migrate").error
        assert "geheim" not in error
        again = migrations.run("migrate")
        assert again.code == 4
        assert "its statement 2 had begun, and may or may not have taken effect: " in again.error
        assert shown in again.error
        assert "geheim" not in again.error
        assert len(again.error) < 700
        report = migrations.run("migrate_status", format="json").stdout
        assert json.loads(report)[1]["statement"].rstrip(".") in again.error
        migrations.run("migrate_resolve", B, "--rolled-back")


def test_it_is_gone_once_the_migration_is_applied(migrations: Migrations) -> None:
    migrations.write(A, creates("users"), attributes="atomic = False")
    migrations.migrate()
    assert migrations.execute("SELECT statement FROM kit_migrations") == [(None,)]


@pytest.mark.parametrize("command", ["migrate", "migrate_rollback"])
def test_a_history_of_the_first_form_gets_what_it_lacks(
    migrations: Migrations, command: str
) -> None:
    migrations.write(A, creates("users"), attributes="atomic = False")
    migrations.migrate()
    migrations.execute("ALTER TABLE kit_migrations DROP COLUMN statement")
    assert f"[✓] {A} (applied)" in migrations.run("migrate_status").lines
    assert migrations.migrate(check_unapplied=True).code == 0
    migrations.write(B, creates("posts"), attributes="atomic = False")
    assert migrations.run(command).code == 0
    assert migrations.applied() == ([A, B] if command == "migrate" else [])
    assert migrations.execute("SELECT count(statement) FROM kit_migrations") == [(0,)]


@pytest.mark.databases("postgresql", "mysql")
def test_a_function_that_writes_is_not_nothing(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    body = "BEGIN INSERT INTO users (name) VALUES ('x'); RETURN 1; END"
    if migrations.connection.vendor == "postgresql":
        body = f"AS $$ {body}; $$ LANGUAGE plpgsql"
    function = f"CREATE FUNCTION remember() RETURNS integer {body}"
    migrations.write(B, "schema.execute('SELECT remember()')\n1 / 0", attributes="atomic = False")
    migrations.write(A, f"{creates('users')}\nschema.execute({function!r})")
    error = migrations.run("migrate").error
    assert "Nothing of it is left" not in error
    assert "it had a cursor or models, and what those did has no inverse" in error
    assert migrations.execute("SELECT count(*) FROM users") == [(1,)]
    assert migrations.history()[-1] == (B, 1, False)


def test_a_question_is_nothing(migrations: Migrations) -> None:
    asks = "schema.has_table('users')\nschema.execute('SELECT count(*) FROM users')\n1 / 0"
    migrations.write(A, creates("users"))
    migrations.write(B, asks, attributes="atomic = False")
    assert "Nothing of it is left." in migrations.run("migrate").error
    assert migrations.applied() == [A]
