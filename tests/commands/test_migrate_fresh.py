from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kit_django.schema.introspection import introspect
from tests.commands.terminal import at_a_terminal
from tests.runner.conftest import SOURCE, creates

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.projects import Project
    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"
DONE = [
    "Dropping all tables...",
    "Tables dropped.",
    "Running migrations...",
    f"Applying migration: {A}",
    f"Applying migration: {B}",
    "Fresh migration completed successfully!",
]


@pytest.fixture
def two(migrations: Migrations) -> Migrations:
    migrations.write(A, creates("users"))
    migrations.write(B, creates("posts"))
    migrations.migrate()
    migrations.execute("INSERT INTO users (name) VALUES ('x')")
    return migrations


@pytest.fixture
def leftover(two: Migrations) -> Migrations:
    """With a table that no migration makes."""
    two.execute("CREATE TABLE leftover (id integer)")
    two.execute("INSERT INTO leftover VALUES (1), (2)")
    return two


def test_all_tables_are_dropped_and_all_migrations_run(two: Migrations) -> None:
    outcome = two.run("migrate_fresh", force=True)
    assert outcome.lines == DONE
    assert two.tables == {"users", "posts"}
    assert two.execute("SELECT count(*) FROM users") == [(0,)]
    assert two.history() == [(A, 1, True), (B, 1, True)]


def test_the_pretended_sql_does_by_hand_what_the_command_does(two: Migrations) -> None:
    before = introspect(two.connection)
    report = json.loads(two.run("migrate_fresh", pretend=True, format="json").stdout)
    assert introspect(two.connection) == before
    assert two.execute("SELECT count(*) FROM users") == [(1,)]
    assert [each["name"] for each in report["pretended"]] == [
        "dropping all tables",
        "kit_migrations",
        A,
        B,
    ]
    for each in report["pretended"]:
        for statement in each["statements"]:
            two.execute(statement)
    by_hand = introspect(two.connection)
    two.run("migrate_fresh", force=True)
    assert introspect(two.connection) == by_hand
    assert two.tables == {"users", "posts"}


LOST = "1 table(s) there no migration makes again: leftover (2 rows)."


@pytest.mark.parametrize("options", [{}, {"force": True}, {"drop_others": True}])
def test_what_no_migration_makes_is_not_dropped_unasked(
    leftover: Migrations, settings: Settings, options: dict[str, bool]
) -> None:
    settings.DEBUG = True
    outcome = leftover.run("migrate_fresh", **options)
    assert outcome.code == 1
    if not options.get("drop_others"):
        force = "" if options.get("force") else "--force and "
        assert f"{LOST} Nothing was dropped from " in outcome.error
        assert outcome.error.endswith(f"Say {force}--drop-others to drop them too.")
    assert leftover.tables == {"users", "posts", "leftover"}
    assert leftover.execute("SELECT count(*) FROM users") == [(1,)]
    assert leftover.applied() == [A, B]


def test_it_goes_where_both_are_said(leftover: Migrations) -> None:
    assert leftover.run("migrate_fresh", force=True, drop_others=True).code == 0
    assert leftover.tables == {"users", "posts"}


COMES_BACK = {
    "run_sql": "schema.run_sql('CREATE TABLE IF NOT EXISTS LEFTOVER (id integer)')",
    "a rename": "schema.run_sql('CREATE TABLE x (id integer)')\nschema.rename_table('x', 'leftover')",
    "behind an error": f"{creates('leftover')}\nschema.execute('INSERT INTO users (name) VALUES (1)')",
    "behind a missing table": (
        "with schema.create_table('leftover') as table:\n"
        "    table.id()\n    table.foreign_id('nowhere_id', references='nowhere')"
    ),
}


@pytest.mark.parametrize("up", COMES_BACK.values(), ids=COMES_BACK.keys())
def test_what_a_migration_makes_by_any_means_comes_back(leftover: Migrations, up: str) -> None:
    is_exact = leftover.connection.vendor == "mysql"
    leftover.write("20240101120009_c", up.replace("LEFTOVER", "leftover") if is_exact else up)
    outcome = leftover.run("migrate_fresh", force=True)
    assert "no migration makes again" not in outcome.error


def test_what_is_renamed_by_what_is_pending_is_no_loss(migrations: Migrations) -> None:
    """As in a database that is behind, or whose migrate_fresh was killed on its way."""
    migrations.write(A, creates("tags"))
    migrations.migrate()
    migrations.write(B, "schema.rename_table('tags', 'labels')")
    assert migrations.run("migrate_fresh", force=True).code == 0
    assert migrations.tables == {"labels"}
    migrations.execute("CREATE TABLE tags (id int)")  # by hand, behind it
    refused = migrations.run("migrate_fresh", force=True)
    assert "1 table(s) there no migration makes again: tags (no rows)." in refused.error


@pytest.mark.parametrize("up", ["1 / 0", "schema.model('users').objects.create(name='x')"])
def test_what_cannot_be_told_is_said(leftover: Migrations, up: str) -> None:
    leftover.write("20240101120009_c", f"{up}\n{creates('leftover')}")
    outcome = leftover.run("migrate_fresh", force=True)
    assert outcome.code == 1
    assert f"{LOST} What 20240101120009_c would make cannot be told" in outcome.error
    assert leftover.tables == {"users", "posts", "leftover"}


def test_a_migration_that_should_not_run_makes_nothing(leftover: Migrations) -> None:
    says_no = "def should_run(self, connection):\n    return False"
    leftover.write("20240101120009_c", creates("leftover"), attributes=says_no)
    assert leftover.run("migrate_fresh", force=True).code == 1


@pytest.mark.databases("postgresql", "mysql")
def test_a_function_that_a_migration_makes_can_be_made_again(two: Migrations) -> None:
    body = "RETURNS integer RETURN a"
    if two.connection.vendor == "postgresql":
        body = "RETURNS integer LANGUAGE sql AS $$ SELECT a $$"
        two.execute("CREATE FUNCTION stays() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$")
    make = f"schema.run_sql('CREATE FUNCTION same(a integer) {body}')"
    two.write("20240101120009_c", make)
    two.migrate()
    for _ in range(2):
        outcome = two.run("migrate_fresh", force=True)
        assert outcome.code == 0, outcome.error
    if two.connection.vendor == "postgresql":
        assert two.execute("SELECT stays()") == [(1,)]


@pytest.mark.databases("postgresql")
def test_types_and_schemas_of_raw_sql_can_be_made_again(two: Migrations) -> None:
    sql = (
        "CREATE SCHEMA audit; CREATE TABLE audit.events (id integer); CREATE TYPE mood AS ENUM ('a');"
        "CREATE DOMAIN age AS integer; CREATE SEQUENCE numbers;"
        "CREATE AGGREGATE most (integer) (SFUNC = int4larger, STYPE = integer);"
        "CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int);"
        "CREATE OPERATOR FAMILY few USING btree; CREATE CAST (text AS point) WITH INOUT;"
        "CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple);"
        "CREATE TEXT SEARCH CONFIGURATION ours (COPY = simple)"
    )
    two.write("20240101120009_c", f"schema.run_sql({sql!r})")
    two.migrate()
    two.execute("CREATE TABLE audit.kept (id integer)")
    refused = two.run("migrate_fresh", force=True)
    assert "1 table(s) there no migration makes again: audit.kept (no rows)" in refused.error
    two.execute("DROP TABLE audit.kept")
    for _ in range(2):
        outcome = two.run("migrate_fresh", force=True)
        assert outcome.code == 0, outcome.error
    two.execute("DROP CAST (text AS point)")  # which no schema takes along


@pytest.mark.databases("postgresql")
def test_a_user_without_rights_drops_nothing(two: Migrations) -> None:
    two.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE kit_fresh_role")
    try:
        two.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO kit_fresh_role")
        two.execute("SET ROLE kit_fresh_role")
        outcome = two.run("migrate_fresh", force=True)
        assert outcome.code == 1
        assert "No table can be made and dropped there: " in outcome.error
    finally:
        two.execute("RESET ROLE; DROP OWNED BY kit_fresh_role; DROP ROLE kit_fresh_role")
    assert two.tables == {"users", "posts"}


@pytest.mark.databases("sqlite")
def test_a_table_of_a_virtual_one_is_a_part_of_it(two: Migrations) -> None:
    two.write("20240101120009_c", "schema.run_sql('CREATE VIRTUAL TABLE words USING fts5(text)')")
    two.migrate()
    assert two.run("migrate_fresh", force=True).code == 0


def test_djangos_migrations_run_too_and_are_told_verbosely_only(project: Project) -> None:
    project.configure('INSTALLED_APPS += ["django.contrib.contenttypes", "django.contrib.auth"]')
    project.run("make_migration", "create_users_table", check=0)
    quiet = project.run("migrate_fresh", "--force", check=0).lines
    assert len(quiet) == 5
    project.migration(
        "20990101000000_profiles",
        SOURCE.format(
            body="    def up(self, schema):\n"
            "        with schema.create_table('profiles') as table:\n"
            "            table.id()\n"
            "            table.foreign_id('user_id', references='auth_user')\n"
        ),
    )
    project.run("migrate_fresh", "--force", check=0)
    assert "profiles" in project.run("migrate_fresh", "--pretend", check=0).stdout
    assert "auth_user" in project.connection.introspection.table_names()
    loud = project.run("migrate_fresh", "--force", "-v", "2", check=0).lines
    assert any("Applying auth.0001_initial..." in line for line in loud)


def test_without_migrations_nothing_is_dropped(migrations: Migrations) -> None:
    migrations.execute("CREATE TABLE leftover (id integer)")
    outcome = migrations.run("migrate_fresh", force=True)
    assert outcome.code == 1
    assert "There is no migration to make the tables anew with" in outcome.error
    assert migrations.tables == {"leftover"}


def test_an_unknown_dependency_is_found_before_anything_is_dropped(two: Migrations) -> None:
    unknown = 'dependencies = [("auth", "9999_nothing")]'
    two.write("20240101120009_c", attributes=unknown)
    outcome = two.run("migrate_fresh", force=True)
    assert outcome.code == 1
    assert two.applied() == [A, B]


def test_a_failed_migration_does_not_stand_in_the_way(two: Migrations) -> None:
    two.execute("UPDATE kit_migrations SET applied_at = NULL")
    assert two.run("migrate_fresh", force=True).code == 0
    assert two.applied() == [A, B]


def test_as_json_it_says_what_was_applied(two: Migrations) -> None:
    report = json.loads(two.run("migrate_fresh", force=True, format="json").stdout)
    assert [each["name"] for each in report["applied"]] == [A, B]


def test_a_migration_that_fails_ends_it(two: Migrations) -> None:
    two.write(B, "1 / 0")
    refused = two.run("migrate_fresh", force=True).error
    assert "no migration makes again: posts (no rows). What 20240101120001_b would" in refused
    outcome = two.run("migrate_fresh", force=True, drop_others=True)
    assert outcome.code == 1
    assert outcome.lines == DONE[:5]
    assert two.tables == {"users"}


@pytest.mark.parametrize("force", [True, False])
def test_prohibited_is_stronger_than_force(
    two: Migrations, settings: Settings, force: bool
) -> None:
    settings.KIT = {**settings.KIT, "PROHIBIT_DESTRUCTIVE": True}
    outcome = two.run("migrate_fresh", force=force)
    assert outcome.code == 1
    assert "forbids migrate_fresh here" in outcome.error
    assert two.tables == {"users", "posts"}


def test_where_debug_is_off_force_is_needed(two: Migrations, settings: Settings) -> None:
    settings.DEBUG = False
    outcome = two.run("migrate_fresh")
    assert outcome.code == 1
    assert "DEBUG is off" in outcome.error
    assert two.tables == {"users", "posts"}


def test_without_a_terminal_force_is_needed(two: Migrations, settings: Settings) -> None:
    settings.DEBUG = True
    outcome = two.run("migrate_fresh")
    assert outcome.code == 1
    assert "There is no terminal to ask at." in outcome.error
    assert repr(str(two.connection.settings_dict["NAME"])) in outcome.error
    assert two.tables == {"users", "posts"}


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("yes", 0), ("n", 1), ("", 1), ("Y", 0)])
def test_at_a_terminal_it_names_the_database_and_asks(
    project: Project, answer: str, code: int
) -> None:
    with project.connection.cursor() as cursor:
        cursor.execute("CREATE TABLE leftover (id integer)")
    project.migration(A, SOURCE.format(body="    def up(self, schema):\n        pass"))
    question, exit_code = at_a_terminal(project, "migrate_fresh", answer=answer)
    assert exit_code == code
    assert "Drop all tables of " in question
    assert Path(project.connection.settings_dict["NAME"]).name in question
    if project.connection.settings_dict.get("HOST"):
        assert project.connection.settings_dict["HOST"] in question
    left = project.connection.introspection.table_names()
    assert ("leftover" in left) is (code == 1)


@pytest.mark.databases("postgresql")
def test_types_go_with_a_flag(two: Migrations) -> None:
    two.execute("CREATE TYPE mood AS ENUM ('good')")
    there = "SELECT count(*) FROM pg_type WHERE typname = 'mood'"
    assert two.run("migrate_fresh", force=True).code == 0
    assert two.execute(there) == [(1,)]
    assert two.run("migrate_fresh", force=True, drop_types=True).code == 0
    assert two.execute(there) == [(0,)]


@pytest.mark.databases("postgresql", "mysql")
def test_what_migrations_make_besides_tables_can_be_made_again(two: Migrations) -> None:
    made = "schema.create_sequence('numbers')\n"
    if two.connection.vendor == "postgresql":
        made += (
            "schema.create_enum('mood', ['good', 'bad'])\n"
            "schema.create_domain('age', 'integer')\n"
            "schema.create_type('place', [('street', 'text')])\n"
            "schema.create_schema('audit')\n"
            "with schema.create_table('audit.events') as table:\n    table.enum('kind', ['a'])\n"
        )
    two.write(A, f"{made}{creates('users')}")
    for _ in range(2):
        outcome = two.run("migrate_fresh", force=True)
        assert outcome.code == 0, outcome.error


@pytest.mark.databases("postgresql")
def test_what_another_schema_depends_on_needs_a_flag(two: Migrations) -> None:
    two.execute("CREATE SCHEMA other; CREATE VIEW other.v AS SELECT id FROM users")
    outcome = two.run("migrate_fresh", force=True)
    assert outcome.code == 1
    assert "Other schemas depend on what would be dropped: relation other.v" in outcome.error
    assert two.tables == {"users", "posts"}
    assert two.run("migrate_fresh", force=True, cascade=True).code == 0
