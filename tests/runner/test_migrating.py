"""What ``migrate`` leaves in the database and in the history, whatever a migration does."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from pytest_django import Settings

    from tests.runner.conftest import Migrations

from tests.runner.conftest import creates

TRANSACTIONAL = pytest.mark.databases("sqlite", "postgresql")
A, B = "20240101120000_a", "20240101120001_b"


def test_all_pending_run_in_their_order_as_one_batch(migrations: Migrations) -> None:
    names = migrations.create_tables("users", "posts")
    assert migrations.migrate().lines == [
        "Running migrations...",
        f"Applying migration: {names[0]}",
        f"Applying migration: {names[1]}",
        "All migrations completed successfully!",
    ]
    assert migrations.tables == {"users", "posts"}
    assert migrations.history() == [(names[0], 1, True), (names[1], 1, True)]


def test_what_has_been_applied_is_not_run_again_nor_imported(migrations: Migrations) -> None:
    (name,) = migrations.create_tables("users")
    migrations.migrate()
    migrations.write_source(name, "raise SystemExit\n")
    assert migrations.migrate().lines == ["Nothing to migrate."]


def test_files_that_were_edited_are_told(migrations: Migrations) -> None:
    first, _ = migrations.create_tables("users", "posts")
    migrations.migrate()
    with (migrations.folder / f"{first}.py").open("a") as file:
        file.write("# a comment\n")
    outcome = migrations.migrate()
    assert outcome.lines == ["Nothing to migrate."]
    assert f"Edited since it was applied: {first}." in outcome.stderr


def test_each_run_is_a_batch_and_with_step_each_migration(migrations: Migrations) -> None:
    migrations.create_tables("one")
    migrations.migrate()
    migrations.create_tables("one", "two", "three")
    migrations.migrate(step=True)
    assert [batch for _, batch, _ in migrations.history()] == [1, 2, 3]


def test_nothing_makes_no_table(migrations: Migrations) -> None:
    assert migrations.migrate().lines == ["Nothing to migrate."]
    assert migrations.connection.introspection.table_names() == []


def test_one_bad_file_and_nothing_runs(migrations: Migrations) -> None:
    migrations.create_tables("users")
    migrations.write_source(B, "import no_such_module\n")
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert "line 1, cannot be imported" in outcome.error
    assert migrations.tables == set()
    assert migrations.history() == []


FAILING = {
    "an operation": "schema.drop_table('no_such_table')",
    "the database": "schema.run_sql('INSERT INTO no_such_table VALUES (1)')",
    "the program": "raise ValueError('no')",
    "an exit": "import sys\nsys.exit(0)",
    "an interruption": "raise KeyboardInterrupt",
}


@pytest.mark.parametrize("last", FAILING.values(), ids=FAILING.keys())
def test_a_migration_that_fails_leaves_no_trace(migrations: Migrations, last: str) -> None:
    migrations.write(A, creates("before"))
    body = f"{creates('users')}\nschema.create_index('users', ['name'])\n{last}"
    migrations.write(B, body)
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert migrations.tables == {"before"}
    assert migrations.history() == [(A, 1, True)]
    assert f"Migration {B} failed in " in outcome.error
    assert "\n" not in outcome.error


def test_the_error_says_where_and_what_is_left_and_what_to_do(migrations: Migrations) -> None:
    migrations.write(A, f"{creates('users')}\nschema.run_sql('SELECT * FROM nowhere')")
    error = migrations.run("migrate").error
    assert f"{A}.py, line 9 (schema.run_sql('SELECT * FROM nowhere')): " in error
    assert "nowhere" in error.partition("): ")[2]
    assert "The statement was: SELECT * FROM nowhere." in error
    assert error.endswith("Mend its up(), then run migrate again.")


def test_after_it_is_mended_it_runs(migrations: Migrations) -> None:
    migrations.write(A, f"{creates('users')}\n1 / 0")
    assert migrations.run("migrate").code == 1
    migrations.write(A, creates("users"))
    migrations.migrate()
    assert migrations.history() == [(A, 1, True)]


def test_rows_and_tables_may_be_changed_in_one_migration(migrations: Migrations) -> None:
    migrations.write(
        A,
        f"""
{creates("users")}
schema.model("users").objects.create(name="x")
with schema.alter_table("users") as table:
    table.string("nick", null=True)
schema.run_sql("UPDATE users SET nick = name")
""",
    )
    migrations.migrate()
    assert migrations.execute("SELECT name, nick FROM users") == [("x", "x")]


def test_what_the_history_does_not_take_is_not_skipped(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.migrate()
    migrations.execute("DELETE FROM kit_migrations")
    unique = "batch" if migrations.connection.vendor != "mysql" else "batch, statements"
    migrations.execute(f"CREATE UNIQUE INDEX one_a_batch ON kit_migrations ({unique})")
    migrations.write(A)
    migrations.write(B, creates("posts"))
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert f"does not take the row of migration {B}, and has none of that name" in outcome.error
    assert migrations.applied() == [A]
    assert migrations.tables == {"users"}


# Transactions that a migration takes into its own hands


@TRANSACTIONAL
@pytest.mark.parametrize("sql", ["COMMIT", "ROLLBACK", "COMMIT;BEGIN", "ROLLBACK;BEGIN"])
def test_a_migration_that_ends_its_transaction_fails(migrations: Migrations, sql: str) -> None:
    ends = "\n".join(f"schema.execute({each!r})" for each in sql.split(";"))
    migrations.write(A, f"{creates('users')}\n{ends}\n{creates('posts')}")
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert "ended the transaction that it runs in" in outcome.error
    assert "posts" not in migrations.tables
    if sql.startswith("ROLLBACK"):
        assert migrations.tables == set()
        assert migrations.history() == []
        assert "Nothing of it is left." in outcome.error
    else:
        assert migrations.history() == [(A, 1, False)]
        assert f"migrate_resolve {A} --applied" in outcome.error
        assert migrations.run("migrate").code == 4


@pytest.mark.databases("postgresql")
def test_a_database_error_that_is_swallowed_fails_all_the_same(migrations: Migrations) -> None:
    swallowing = "try:\n    schema.execute('SELECT nonsense')\nexcept Exception:\n    pass"
    migrations.write(A, f"{creates('users')}\n{swallowing}")
    outcome = migrations.run("migrate")
    assert "went on after a database error" in outcome.error
    assert migrations.tables == set()
    assert migrations.history() == []


@TRANSACTIONAL
def test_an_error_that_is_swallowed_in_an_inner_atomic_marks_the_transaction(
    migrations: Migrations,
) -> None:
    body = """
from django.db import transaction
try:
    with transaction.atomic(savepoint=False):
        1 / 0
except ZeroDivisionError:
    pass
"""
    migrations.write(A, body)
    outcome = migrations.run("migrate")
    assert "went on after a database error" in outcome.error
    assert migrations.history() == []


def test_an_error_within_its_own_atomic_may_be_swallowed(migrations: Migrations) -> None:
    body = f"""
{creates("users")}
from django.db import DatabaseError, transaction
try:
    with transaction.atomic():
        schema.model("users").objects.create(name="gone")
        schema.execute("SELECT nonsense")
except Exception:
    pass
schema.model("users").objects.create(name="kept")
"""
    migrations.write(A, body)
    migrations.migrate()
    assert migrations.execute("SELECT name FROM users") == [("kept",)]


@pytest.mark.parametrize(
    "body",
    [
        "schema.execute('BEGIN')\nschema.execute('CREATE TABLE t (id integer)')",
        "schema.connection.set_autocommit(False)\nschema.execute('SELECT 1')",
    ],
)
def test_a_transaction_that_is_left_open_is_a_failure(migrations: Migrations, body: str) -> None:
    migrations.write(
        A, body.replace("CREATE TABLE t (id integer)", "SELECT 1"), attributes="atomic = False"
    )
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert "left a transaction open" in outcome.error
    assert migrations.connection.get_autocommit()
    assert migrations.history() == []
    migrations.write(A)
    migrations.migrate()
    assert migrations.applied() == [A]


@pytest.mark.databases("mysql")
def test_rows_in_a_transaction_that_is_left_open_do_not_count_as_applied(
    migrations: Migrations,
) -> None:
    opens = "schema.execute('START TRANSACTION')\nschema.execute(\"INSERT INTO users (name) VALUES ('x')\")"
    migrations.write(A, creates("users"))
    migrations.write(B, opens)
    assert "left a transaction open" in migrations.run("migrate").error
    assert migrations.execute("SELECT count(*) FROM users") == [(0,)]
    assert migrations.applied() == [A]


@pytest.mark.databases("postgresql")
def test_settings_of_the_session_do_not_reach_the_next_migration(
    migrations: Migrations,
) -> None:
    migrations.execute("CREATE SCHEMA other")
    migrations.write(
        A, 'schema.run_sql("SET search_path = other; SET session_replication_role = replica")'
    )
    migrations.write(B, creates("users"))
    migrations.migrate()
    assert migrations.tables == {"users"}
    assert migrations.execute("SHOW search_path") == [('"$user", public',)]
    assert migrations.execute("SHOW session_replication_role") == [("origin",)]


@pytest.mark.databases("mysql")
def test_settings_and_database_do_not_reach_the_next_migration(migrations: Migrations) -> None:
    (before,) = migrations.execute("SELECT @@sql_mode, DATABASE()")
    migrations.write(
        A,
        "schema.run_sql('SET foreign_key_checks = 0; SET sql_mode = \"\"')\n"
        "schema.run_sql('USE information_schema')",
    )
    migrations.write(B, creates("users"))
    migrations.migrate()
    assert migrations.execute("SELECT @@sql_mode, DATABASE()") == [before]
    assert migrations.execute("SELECT @@foreign_key_checks") == [(1,)]


def test_migrations_do_not_run_in_a_transaction_of_the_callers(migrations: Migrations) -> None:
    migrations.create_tables("users")
    with transaction.atomic():
        outcome = migrations.run("migrate")
    assert outcome.code == 2
    assert "cannot run inside a transaction" in outcome.error
    assert migrations.tables == set()


def test_with_nothing_to_do_they_may(migrations: Migrations) -> None:
    migrations.create_tables("users")
    migrations.migrate()
    with transaction.atomic():
        assert migrations.migrate().lines == ["Nothing to migrate."]


# Without a transaction


@pytest.mark.databases("postgresql")
def test_an_index_can_be_made_concurrently_without_a_transaction(migrations: Migrations) -> None:
    concurrently = "schema.create_index('users', ['name'], name='i', concurrently=True)"
    migrations.write(A, creates("users"))
    migrations.write(B, concurrently, attributes="atomic = False")
    migrations.migrate()
    assert migrations.execute("SELECT 1 FROM pg_indexes WHERE indexname = 'i'") == [(1,)]


@pytest.mark.databases("postgresql")
def test_a_concurrent_index_in_a_transaction_is_an_error(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.write(B, "schema.create_index('users', ['name'], concurrently=True)")
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert migrations.applied() == [A]


@pytest.mark.databases("postgresql")
def test_an_index_that_was_left_invalid_is_not_in_the_way(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.migrate()
    migrations.execute("INSERT INTO users (name) VALUES ('no number')")
    body = """
from django.db.models import IntegerField
from django.db.models.functions import Cast
number = Cast("name", IntegerField())
schema.create_index("users", [number], name="i", concurrently=True)
"""
    migrations.write(B, body, attributes="atomic = False")
    assert "What it had done was undone." in migrations.run("migrate").error
    assert migrations.history() == [(A, 1, True)]
    with suppress(DatabaseError):  # as one that was killed leaves it
        migrations.execute("CREATE INDEX CONCURRENTLY i ON users ((name::integer))")
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"
    assert migrations.execute(valid) == [(False,)]
    migrations.execute("DELETE FROM users")
    migrations.migrate()
    assert migrations.execute(valid) == [(True,)]


@pytest.mark.parametrize("failing", ["raise ValueError", "schema.drop_table('nowhere')"])
def test_without_a_transaction_what_was_done_is_undone(
    migrations: Migrations, failing: str
) -> None:
    renames = "with schema.alter_table('users') as table:\n    table.rename('name', 'nick')"
    body = f"{creates('users')}\n{renames}\n{failing}"
    migrations.write(A, body, attributes="atomic = False")
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert "What it had done was undone." in outcome.error
    assert migrations.tables == set()
    assert migrations.history() == []


DESTROYING = {
    "drop table 'users'": (
        "with schema.drop_table('users') as table:\n    table.id()\n    table.string('name')"
    ),
    "drop column 'name' of table 'users'": (
        "with schema.alter_table('users') as table:\n    table.drop('name').was.string(null=True)"
    ),
    "change column 'name' of table 'users'": (
        "with schema.alter_table('users') as table:\n"
        "    table.change('name').string(max_length=40).was.string(max_length=255)"
    ),
    "run SQL 'DELETE FROM users' (kit cannot judge it)": (
        "schema.run_sql('DELETE FROM users', reverse='SELECT 1')"
    ),
}


@pytest.mark.parametrize("lost", DESTROYING)
def test_what_comes_back_without_its_rows_is_not_called_undone(
    migrations: Migrations, lost: str
) -> None:
    migrations.write(A, creates("users"))
    migrations.migrate()
    migrations.write(B, f"{DESTROYING[lost]}\n1 / 0", attributes="atomic = False")
    outcome = migrations.run("migrate")
    assert f"not what these may have done to rows: {lost}. It stays on record" in outcome.error
    assert "was undone." not in outcome.error
    assert migrations.tables == {"users"}
    assert migrations.history() == [(A, 1, True), (B, 2, False)]
    assert migrations.run("migrate").code == 4
    migrations.run("migrate_resolve", B, "--rolled-back")
    assert migrations.applied() == [A]


@pytest.mark.databases("mysql")
def test_a_rollback_that_fails_does_not_bring_rows_back(migrations: Migrations) -> None:
    drops = "with schema.drop_table('users') as table:\n    table.id()\n    table.string('name')"
    migrations.write(A, creates("users"), f"{drops}\n1 / 0")
    migrations.migrate()
    outcome = migrations.run("migrate_rollback")
    assert "not what these may have done to rows: drop table 'users'" in outcome.error
    assert migrations.history() == [(A, 1, False)]


def test_what_holds_no_less_than_before_is_undone(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.migrate()
    longer = "table.change('name').string(max_length=300).was.string(max_length=255)"
    body = f"with schema.alter_table('users') as table:\n    {longer}\n1 / 0"
    migrations.write(B, body, attributes="atomic = False")
    assert "What it had done was undone." in migrations.run("migrate").error
    assert migrations.history() == [(A, 1, True)]


def test_what_cannot_be_undone_stays_on_record(migrations: Migrations) -> None:
    body = f"{creates('users')}\nschema.run_sql(\"INSERT INTO users (name) VALUES ('x')\")\n1 / 0"
    migrations.write(A, body, attributes="atomic = False")
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert "It had begun statement 2, and could not be undone: run SQL" in outcome.error
    assert migrations.tables == {"users"}
    assert migrations.history() == [(A, 1, False)]
    again = migrations.run("migrate")
    assert again.code == 4
    assert "its statement 2 had begun" in again.error
    assert migrations.execute("SELECT count(*) FROM users") == [(1,)]


@pytest.mark.databases("sqlite", "mysql")
def test_an_operation_that_fails_in_its_middle_stays_on_record(migrations: Migrations) -> None:
    body = f"""
{creates("users")}
schema.run_sql("INSERT INTO users (name) VALUES ('x'); INSERT INTO nowhere VALUES (1)")
"""
    migrations.write(A, body, attributes="atomic = False")
    outcome = migrations.run("migrate")
    assert "could not be undone: what it had begun was half done" in outcome.error
    assert "Done before it: create table 'users'." in outcome.error
    assert migrations.history() == [(A, 1, False)]


def test_sql_behind_the_schemas_back_stays_on_record(migrations: Migrations) -> None:
    body = f"""
from django.db import connection
{creates("users")}
connection.cursor().execute("CREATE TABLE unseen (id integer)")
{creates("posts")}
1 / 0
"""
    migrations.write(A, body, attributes="atomic = False")
    outcome = migrations.run("migrate")
    assert "could not be undone: it had a cursor or models" in outcome.error
    assert migrations.history() == [(A, 1, False)]
    assert migrations.tables == {"users", "unseen", "posts"}


def test_a_migration_that_fails_before_its_first_change_leaves_nothing(
    migrations: Migrations,
) -> None:
    migrations.write(A, "schema.execute('SELECT 1')\n1 / 0", attributes="atomic = False")
    outcome = migrations.run("migrate")
    assert "Nothing of it is left." in outcome.error
    assert migrations.history() == []


@pytest.mark.databases("mysql")
def test_a_drop_that_took_half_of_the_tables_stays_on_record(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.write(B, "schema.run_sql('DROP TABLE users, nowhere')")
    outcome = migrations.run("migrate")
    assert "could not be undone" in outcome.error
    assert migrations.tables == set()
    assert migrations.history() == [(A, 1, True), (B, 1, False)]


# Foreign keys on SQLite


@pytest.mark.databases("sqlite")
def test_rows_that_point_to_nothing_are_found_before_the_commit(migrations: Migrations) -> None:
    key = "table.foreign_id('user_id', references='users')"
    child = f"with schema.create_table('posts') as table:\n    table.id()\n    {key}"
    migrations.write(A, f"{creates('users')}\n{child}")
    migrations.write(B, "schema.run_sql('INSERT INTO posts (user_id) VALUES (7)')")
    outcome = migrations.run("migrate")
    assert "leaves 1 row(s) that point to nothing" in outcome.error
    assert "table 'posts', which points to 'users'" in outcome.error
    assert migrations.execute("SELECT count(*) FROM posts") == [(0,)]
    assert migrations.applied() == [A]


@pytest.mark.databases("sqlite")
def test_rows_that_pointed_to_nothing_before_are_not_the_migrations_fault(
    migrations: Migrations,
) -> None:
    migrations.execute("CREATE TABLE users (id integer PRIMARY KEY)")
    migrations.execute("CREATE TABLE posts (id integer, user_id integer REFERENCES users (id))")
    migrations.execute("PRAGMA foreign_keys = OFF")
    migrations.execute("INSERT INTO posts VALUES (1, 7)")
    migrations.execute("PRAGMA foreign_keys = ON")
    migrations.write(A, "schema.run_sql('INSERT INTO users VALUES (1)')")
    migrations.migrate()
    assert migrations.applied() == [A]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("body", [creates("users"), "1 / 0"])
def test_foreign_keys_are_on_again_after_it(migrations: Migrations, body: str) -> None:
    migrations.write(A, body)
    migrations.run("migrate")
    assert migrations.execute("PRAGMA foreign_keys") == [(1,)]
    assert migrations.execute("PRAGMA busy_timeout") == [(5000,)]


# should_run, databases, order


def test_a_migration_that_should_not_run_stays_pending(migrations: Migrations) -> None:
    says_no = "def should_run(self, connection):\n    return False"
    migrations.write(A, creates("users"), attributes=says_no)
    migrations.write(B, creates("posts"))
    outcome = migrations.migrate()
    assert f"Skipping migration: {A} (its should_run() says no; it stays pending)" in outcome.lines
    assert migrations.applied() == [B]
    assert f"[ ] {A} (pending)" in migrations.run("migrate_status").lines


def test_should_run_that_raises_is_an_error(migrations: Migrations) -> None:
    migrations.write(A, attributes="def should_run(self, connection):\n    return 1 / 0")
    outcome = migrations.run("migrate")
    assert "failed in should_run(): ZeroDivisionError" in outcome.error
    assert migrations.history() == []


def test_a_migration_runs_in_its_own_database_only(
    migrations: Migrations, other_connection: BaseDatabaseWrapper
) -> None:
    migrations.write(A, creates("here"))
    migrations.write(B, creates("there"), attributes="database = 'other'")
    migrations.migrate()
    assert migrations.tables == {"here"}
    assert migrations.applied() == [A]
    migrations.migrate(database="other")
    assert "there" in other_connection.introspection.table_names()
    assert "here" not in other_connection.introspection.table_names()
    assert migrations.migrate().lines == ["Nothing to migrate."]
    assert migrations.run("migrate_status").lines[2:] == [f"[✓] {A} (applied)"]
    assert migrations.run("migrate_status", database="other").lines[2:] == [f"[✓] {B} (applied)"]


def late(migrations: Migrations) -> None:
    migrations.write(B, creates("users"))
    migrations.migrate()
    migrations.write(A, creates("late"))


def test_a_late_file_is_applied_with_a_note(migrations: Migrations) -> None:
    late(migrations)
    outcome = migrations.migrate()
    assert (
        outcome.stderr == f"Out of order: {A} is older than {B}, which has been applied already.\n"
    )
    assert migrations.history() == [(B, 1, True), (A, 2, True)]


def test_a_late_file_is_applied_without_a_word_where_that_is_allowed(
    migrations: Migrations, settings: Settings
) -> None:
    late(migrations)
    settings.KIT = {**settings.KIT, "OUT_OF_ORDER": "allow"}
    assert migrations.migrate().stderr == ""
    assert migrations.applied() == [B, A]


def test_a_late_file_is_refused_where_that_is_an_error(
    migrations: Migrations, settings: Settings
) -> None:
    late(migrations)
    settings.KIT = {**settings.KIT, "OUT_OF_ORDER": "error"}
    outcome = migrations.run("migrate")
    assert outcome.code == 1
    assert f"Migration {A} is older than {B}" in outcome.error
    assert migrations.tables == {"users"}


def test_a_row_that_this_code_does_not_know_is_noted(migrations: Migrations) -> None:
    migrations.create_tables("users", "posts")
    migrations.migrate()
    for path in migrations.folder.glob("*posts*"):
        path.unlink()
    outcome = migrations.migrate()
    assert "migrations that this code lacks: 20240101120001_create_posts_table" in outcome.stderr
    assert outcome.lines == ["Nothing to migrate."]
