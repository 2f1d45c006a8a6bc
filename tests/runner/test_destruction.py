"""What a migration takes along for good is told before it runs, where nothing could bring it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test.utils import CaptureQueriesContext

from tests.runner.conftest import creates

if TYPE_CHECKING:
    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"
ALONE = "atomic = False"
FOR_GOOD = "What that takes along cannot be undone here."
TAGS = "with schema.create_table('tags') as table:\n    table.id()\n    table.string('code')"


@pytest.fixture
def full(migrations: Migrations) -> Migrations:
    """Two users, one tag, an empty table."""
    migrations.write(A, f"{creates('users')}\n{TAGS}\n{creates('bare')}")
    migrations.migrate()
    migrations.execute("INSERT INTO users (name) VALUES ('a'), ('b')")
    migrations.execute("INSERT INTO tags (code) VALUES ('x')")
    return migrations


def alters(table: str, *changes: str) -> str:
    return "\n".join(
        [f"with schema.alter_table({table!r}) as table:", *(f"    {c}" for c in changes)]
    )


TOLD = {
    "schema.drop_table('tags')": "drop table 'tags' (1 row)",
    alters("users", "table.drop('name')"): "drop column 'name' of table 'users' (2 rows)",
    alters("users", "table.change('name').string(max_length=99)"): (
        "change column 'name' of table 'users' (2 rows)"
    ),
    "schema.run_sql('DELETE FROM users')": "run SQL 'DELETE FROM users'",
    "schema.rename_table('tags', 'labels')\nschema.drop_table('labels')": (
        "drop table 'labels' (1 row)"
    ),
    "if schema.has_table('tags'):\n    schema.drop_table('tags')": "drop table 'tags' (1 row)",
    alters("users", "table.drop('name')") + "\nschema.drop_table('tags')": (
        "drop column 'name' of table 'users' (2 rows), drop table 'tags' (1 row)"
    ),
}


@pytest.mark.parametrize("up", TOLD)
def test_what_goes_with_rows_is_told_before_it_goes(full: Migrations, up: str) -> None:
    if "change(" in up and full.connection.vendor == "sqlite":
        pytest.skip("any text fits there")
    full.write(B, up, attributes=ALONE)
    outcome = full.migrate()
    assert outcome.stderr == f"Migration {B} will {TOLD[up]}. {FOR_GOOD}\n"


NOT_TOLD = {
    "an empty table": "schema.drop_table('bare')",
    "its own table": f"""
{creates("mine")}
schema.run_sql("INSERT INTO mine (name) VALUES ('x')")
schema.drop_table("mine")
""",
    "its own column": f"""
{alters("users", "table.string('nick', null=True)")}
{alters("users", "table.drop('nick')")}
""",
    "a longer text": alters("users", "table.change('name').string(max_length=300)"),
    "nothing of the kind": """
schema.create_index("users", ["name"])
schema.run_sql("UPDATE users SET name = 'c'")
""",
}


@pytest.mark.parametrize("up", NOT_TOLD.values(), ids=NOT_TOLD.keys())
def test_what_takes_no_rows_along_is_not(full: Migrations, up: str) -> None:
    full.write(B, up, attributes=ALONE)
    assert full.migrate().stderr == ""


def test_a_question_ends_the_look_and_that_is_said(full: Migrations) -> None:
    asks = "if schema.model('users').objects.exists():\n    schema.drop_table('bare')"
    full.write(B, f"schema.drop_table('tags')\n{asks}", attributes=ALONE)
    assert full.migrate().stderr == (
        f"Migration {B} will drop table 'tags' (1 row). {FOR_GOOD} What comes after its first question "
        "to the database was not looked at.\n"
    )


def test_with_nothing_to_lose_no_query_is_made(full: Migrations) -> None:
    full.write(B, creates("posts"), attributes=ALONE)
    with CaptureQueriesContext(full.connection) as captured:
        full.migrate()
    assert [each for each in captured.captured_queries if "kit_row" in each["sql"]] == []


@pytest.mark.parametrize("down", [None, "schema.drop_table('posts')"])
def test_a_rollback_tells_it_too(full: Migrations, down: str | None) -> None:
    full.write(B, creates("posts"), down, attributes=ALONE)
    full.migrate()
    full.execute("INSERT INTO posts (name) VALUES ('a')")
    outcome = full.run("migrate_rollback")
    assert (
        outcome.stderr
        == f"The rollback of migration {B} will drop table 'posts' (1 row). {FOR_GOOD}\n"
    )


@pytest.mark.databases("mysql")
def test_where_every_statement_commits_each_migration_is_looked_at(full: Migrations) -> None:
    full.write(B, "schema.drop_table('tags')")
    assert "will drop table 'tags' (1 row)" in full.migrate().stderr


@pytest.mark.databases("sqlite", "postgresql")
def test_what_a_transaction_brings_back_is_not_told(full: Migrations) -> None:
    full.write(B, "schema.drop_table('tags')")
    assert full.migrate().stderr == ""


@pytest.mark.parametrize(
    "wrong", ["table.strng('code')", "table.string('code', nul=True)", "1 / 0", "pass"]
)
def test_an_error_within_the_block_of_a_drop_comes_before_the_drop(
    full: Migrations, wrong: str
) -> None:
    drops = f"with schema.drop_table('tags') as table:\n    {wrong}"
    full.write(B, f"schema.rename_table('bare', 'naked')\n{drops}", attributes=ALONE)
    outcome = full.run("migrate")
    assert outcome.code == 1
    assert f"Migration {B} failed in " in outcome.error
    assert "Nothing of it is left. Mend its up()" in outcome.error
    assert full.tables == {"users", "tags", "bare"}
    assert full.execute("SELECT count(*) FROM tags") == [(1,)]
    assert full.applied() == [A]


@pytest.mark.parametrize("is_caught", [True, False])
def test_what_its_writer_rolled_back_is_not_undone_once_more(
    migrations: Migrations, is_caught: bool
) -> None:
    migrations.write("20240101120000_a", "schema.run_sql('CREATE TABLE counts (n int)')")
    migrations.migrate()
    migrations.execute("INSERT INTO counts VALUES (5)")
    up = """
from contextlib import nullcontext, suppress

from django.db import transaction

schema.run_sql("UPDATE counts SET n = n + 10", reverse="UPDATE counts SET n = n - 10")
with suppress(ValueError) if IS_CAUGHT else nullcontext(), transaction.atomic():
    schema.run_sql("UPDATE counts SET n = n + 1", reverse="UPDATE counts SET n = n - 1")
    raise ValueError
1 / 0
""".replace("IS_CAUGHT", str(is_caught))
    migrations.write("20240101120001_b", up, attributes="atomic = False")
    outcome = migrations.run("migrate")
    assert migrations.execute("SELECT n FROM counts") == [(15,)]
    assert "it rolled back changes itself" in outcome.error
    assert "It stays on record as failed." in outcome.error


@pytest.mark.parametrize("attributes", ["", ALONE])
@pytest.mark.parametrize(
    "change",
    [
        "schema.drop_table('kit_migrations')",
        "schema.rename_table('kit_migrations', 'old')",
        alters("kit_migrations", "table.string('x', null=True)"),
    ],
)
def test_no_operation_touches_the_history(
    migrations: Migrations, change: str, attributes: str
) -> None:
    migrations.write(A, creates("users"))
    migrations.write(B, f"{creates('posts')}\n{change}", attributes=attributes)
    outcome = migrations.run("migrate")
    assert "kit keeps its history in that table, and no migration changes it" in outcome.error
    assert migrations.tables == {"users"}
    assert migrations.applied() == [A]


def test_a_history_that_the_migration_has_emptied_is_not_taken_for_nothing_done(
    migrations: Migrations,
) -> None:
    migrations.write(A, creates("users"))
    migrations.write(B, "schema.run_sql('DELETE FROM kit_migrations')", attributes=ALONE)
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert "Nothing of it is left" not in outcome.error
    assert "The history has it as pending all the same." in outcome.error
    assert "Mend its up()" not in outcome.error


@pytest.mark.databases("postgresql")
def test_an_index_that_sql_has_left_invalid_is_named(full: Migrations) -> None:
    full.execute("UPDATE users SET name = 'a'")
    sql = "CREATE UNIQUE INDEX CONCURRENTLY by_name ON users (name)"
    full.write(B, f"schema.run_sql({sql!r})", attributes=ALONE)
    outcome = full.run("migrate")
    assert "Invalid now: by_name. Drop what it left of these (DROP INDEX)" in outcome.error
    assert "is replaced by the next run" not in outcome.error
