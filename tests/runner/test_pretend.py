from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.runner.conftest import creates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"


def statements(lines: list[str]) -> list[str]:
    text = "\n".join(line for line in lines if not line.startswith("--"))
    return [each for each in text.split(";\n") if each.strip()]


def test_nothing_is_changed_and_no_table_is_made(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    outcome = migrations.migrate(pretend=True)
    assert f"-- {A}" in outcome.lines
    assert "CREATE TABLE" in outcome.stdout
    assert "All migrations completed" not in outcome.stdout
    assert migrations.connection.introspection.table_names() == []


def test_with_nothing_pending_there_is_nothing_to_show(migrations: Migrations) -> None:
    assert migrations.migrate(pretend=True).lines == ["Nothing to migrate."]


def test_the_sql_run_by_hand_comes_to_the_same(
    migrations: Migrations, wipe: Callable[[BaseDatabaseWrapper], None]
) -> None:
    migrations.write(A, creates("users"))
    alters = 'with schema.alter_table("users") as table:\n    table.string("email", null=True)'
    migrations.write(B, alters)
    pretended = statements(migrations.migrate(pretend=True).lines)
    migrations.migrate()
    expected = described(migrations)
    wipe(migrations.connection)
    for statement in pretended:
        migrations.execute(statement.replace("%", "%%"))
    assert described(migrations) == expected
    assert migrations.migrate().lines == ["Nothing to migrate."]


def described(migrations: Migrations) -> tuple[object, ...]:
    with migrations.connection.cursor() as cursor:
        columns = migrations.connection.introspection.get_table_description(cursor, "users")
    return (migrations.tables, migrations.history(), [column.name for column in columns])


def test_a_rollback_can_be_pretended_too(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.write(B, creates("posts"), "schema.drop_table('posts')")
    migrations.migrate()
    outcome = migrations.run("migrate_rollback", pretend=True, all=True)
    assert [line for line in outcome.lines if line.startswith("--")] == [f"-- {B}", f"-- {A}"]
    assert outcome.stdout.count("DROP TABLE") == 2
    assert outcome.stdout.count("DELETE FROM") == 2
    assert migrations.tables == {"users", "posts"}
    assert migrations.applied() == [A, B]


def test_reading_data_is_said_and_allowed(migrations: Migrations) -> None:
    migrations.write(A, "if schema.execute('SELECT 1'):\n    schema.run_sql('SELECT 2')")
    lines = migrations.migrate(pretend=True).lines
    assert lines[lines.index(f"-- {A}") + 1].startswith("-- It reads data")
    assert "SELECT 2;" in lines


@pytest.mark.parametrize(
    "writing",
    [
        'schema.execute("INSERT INTO log VALUES (1)")',
        "from django.db import connection\nconnection.cursor().execute('CREATE TABLE t (id int)')",
    ],
)
def test_writing_in_earnest_is_refused(migrations: Migrations, writing: str) -> None:
    migrations.execute("CREATE TABLE log (id integer)")
    migrations.write(A, writing)
    outcome = migrations.run("migrate", pretend=True)
    assert outcome.code == 1
    assert f"Migration {A} cannot be pretended" in outcome.error
    assert migrations.tables == {"log"}
    assert migrations.execute("SELECT count(*) FROM log") == [(0,)]
    migrations.execute("INSERT INTO log VALUES (2)")


BESIDES = """
from pathlib import Path
from django.db import connections, transaction
with transaction.atomic(using="other"), connections["other"].cursor() as cursor:
    cursor.execute("SELECT id FROM log")
    assert not cursor.fetchall()
    {writing}
for alias in ("default", "other"):
    mail = Path({mails!r}, alias)
    transaction.on_commit(lambda mail=mail: mail.mkdir(parents=True), using=alias)  # once only
"""
WRITING = 'cursor.execute("INSERT INTO log VALUES (1)")'
RECORDING = ("migrate_resolve", A, "--applied"), ("migrate_baseline", A)


@pytest.fixture
def other_log(other_connection: BaseDatabaseWrapper) -> Callable[[], list[tuple[int]]]:
    """Rows of a table in a database besides the migration's own."""

    def rows() -> list[tuple[int]]:
        with other_connection.cursor() as cursor:
            cursor.execute("SELECT id FROM log")
            return list(cursor.fetchall())

    with other_connection.cursor() as cursor:
        cursor.execute("CREATE TABLE log (id integer)")
    return rows


@pytest.mark.parametrize(
    "command",
    [
        ("migrate", "--pretend"),
        ("migrate_fresh", "--pretend"),
        *RECORDING,
    ],
    ids=" ".join,
)
def test_other_databases_may_be_read_and_are_not_changed(
    migrations: Migrations,
    other_log: Callable[[], list[tuple[int]]],
    tmp_path: Path,
    command: tuple[str, ...],
) -> None:
    mails = tmp_path / "mails"
    for writing, code in (("pass", 0), (WRITING, 1)):
        body = BESIDES.format(writing=writing, mails=str(mails))
        migrations.write(A, body, attributes="baseline = True")
        outcome = migrations.run(*command)
        assert outcome.code == code, outcome.error
        migrations.execute("DROP TABLE IF EXISTS kit_migrations")
        assert other_log() == []
    assert "It would change database 'other' besides its own: 'INSERT INTO log" in outcome.error
    assert not mails.exists()


def test_fresh_does_what_migrations_do_besides_once(
    migrations: Migrations, other_log: Callable[[], list[tuple[int]]], tmp_path: Path
) -> None:
    mails = tmp_path / "mails"
    body = BESIDES.format(writing=WRITING, mails=str(mails))
    migrations.write(A, f"{body}\n{creates('users')}")
    outcome = migrations.run("migrate_fresh", force=True)
    assert outcome.code == 0, outcome.error
    assert other_log() == [(1,)]
    assert sorted(each.name for each in mails.iterdir()) == ["default", "other"]


@pytest.mark.parametrize("command", RECORDING, ids=" ".join)
def test_what_raises_as_it_is_looked_at_is_no_traceback(
    migrations: Migrations, command: tuple[str, ...]
) -> None:
    migrations.write(A, 'raise ValueError("boom")', attributes="baseline = True")
    outcome = migrations.run(*command)
    assert outcome.code == 1
    assert f"{A} was run in a scratch database" in outcome.error
    assert "and failed: ValueError: boom. Nothing was recorded." in outcome.error


def test_as_json_it_is_a_list_of_statements(migrations: Migrations) -> None:
    import json

    migrations.write(A, creates("users"))
    found = json.loads(migrations.migrate(pretend=True, format="json").stdout)
    assert [each["name"] for each in found["pretended"]] == ["kit_migrations", A]
    assert found["applied"] == []
