from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.runner.conftest import creates

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.runner.conftest import Migrations

A, B, C = "20240101120000_a", "20240101120001_b", "20240101120002_c"


@pytest.fixture
def three(migrations: Migrations) -> Migrations:
    """Applied: A and B in the first batch, C in the second."""
    for name, table in ((A, "one"), (B, "two")):
        migrations.write(name, creates(table), f"schema.drop_table({table!r})")
    migrations.migrate()
    migrations.write(C, creates("three"), "schema.drop_table('three')")
    migrations.migrate()
    return migrations


def test_by_default_the_last_migration_is_rolled_back(three: Migrations) -> None:
    outcome = three.run("migrate_rollback")
    assert outcome.lines == [
        "Rolling back migrations...",
        f"Rolling back: {C}",
        "Rollback completed successfully!",
    ]
    assert three.tables == {"one", "two"}
    assert three.applied() == [A, B]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"step": 2}, [A]),
        ({"step": 10**9}, []),
        ({"batch": 2}, [A, B]),
        ({"batch": 1}, [C]),
        ({"to": A}, [A]),
        ({"to": "20240101120001"}, [A, B]),
        ({"to": C}, [A, B, C]),
        ({"all": True}, []),
    ],
)
def test_as_much_is_rolled_back_as_is_asked_for(
    three: Migrations, options: dict[str, object], left: list[str]
) -> None:
    assert three.run("migrate_rollback", **options).code == 0
    assert three.applied() == left
    assert len(three.tables) == len(left)


def test_what_was_rolled_back_is_pending_again(three: Migrations) -> None:
    three.run("migrate_rollback", all=True)
    three.migrate()
    assert three.history() == [(A, 1, True), (B, 1, True), (C, 1, True)]


def test_it_goes_by_the_order_of_application(migrations: Migrations) -> None:
    migrations.write(B, creates("two"))
    migrations.migrate()
    migrations.write(A, creates("one"))
    migrations.migrate()
    migrations.run("migrate_rollback")
    assert migrations.applied() == [B]


@pytest.mark.parametrize("applied", [True, False])
def test_nothing_to_roll_back(migrations: Migrations, applied: bool) -> None:
    if applied:
        migrations.write(A)
        migrations.migrate()
        migrations.run("migrate_rollback")
    outcome = migrations.run("migrate_rollback", all=True)
    assert (outcome.lines, outcome.code) == (["Nothing to roll back."], 0)


def test_a_down_that_was_left_out_is_derived(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.write(
        B,
        """
with schema.alter_table("users") as table:
    table.string("email", null=True)
    table.rename("name", "nick")
schema.run_sql("INSERT INTO users (nick) VALUES ('x')", reverse="DELETE FROM users")
schema.create_index("users", ["email"])
schema.rename_table("users", "people")
""",
    )
    migrations.migrate()
    assert migrations.run("migrate_rollback").code == 0
    assert migrations.execute("SELECT name FROM users") == []
    assert migrations.run("migrate_rollback").code == 0
    assert migrations.tables == set()


IRREVERSIBLE = {
    "sql": ("schema.run_sql('SELECT 1')", "run SQL 'SELECT 1'"),
    "rows": ("schema.model('one').objects.all().delete()", "a model of 'one'"),
    "a table": (f"{creates('x')}\nschema.drop_table('x')", "drop table 'x'"),
    "an error": ("if schema.execute('SELECT 1'):\n    pass", "the connection"),
}


@pytest.mark.parametrize(("up", "named"), IRREVERSIBLE.values(), ids=IRREVERSIBLE.keys())
def test_what_has_no_inverse_stops_before_anything_is_touched(
    three: Migrations, up: str, named: str
) -> None:
    irreversible, newest = "20240101120003_d", "20240101120004_e"
    three.write(irreversible, up)
    three.write(newest, creates("four"))
    three.migrate()
    outcome = three.run("migrate_rollback", step=3)
    assert outcome.code == 1
    assert f"{irreversible}.py cannot be rolled back: " in outcome.error
    assert named in outcome.error
    assert "Write its down()" in outcome.error
    assert outcome.error.endswith("Nothing was touched.")
    assert three.applied() == [A, B, C, irreversible, newest]
    assert "four" in three.tables


def test_a_file_that_is_missing_stops_before_anything_is_touched(three: Migrations) -> None:
    (three.folder / f"{B}.py").unlink()
    outcome = three.run("migrate_rollback", all=True)
    assert outcome.code == 1
    assert f"{B} cannot be rolled back: its file is missing." in outcome.error
    assert three.applied() == [A, B, C]
    assert three.run("migrate_rollback", step=1).code == 0


def test_a_file_that_was_edited_since_is_taken_as_it_is_now(three: Migrations) -> None:
    three.write(C, creates("three"), "schema.drop_table('three')\nschema.drop_table('two')")
    outcome = three.run("migrate_rollback")
    assert f"{C} was edited since it was applied" in outcome.stderr
    assert three.tables == {"one"}


def test_a_down_that_fails_leaves_the_migration_applied(three: Migrations) -> None:
    three.write(C, creates("three"), "schema.rename_table('three', 'x')\n1 / 0")
    outcome = three.run("migrate_rollback", step=2)
    assert outcome.code == 1
    assert f"The rollback of migration {C} failed in " in outcome.error
    assert outcome.error.endswith("Mend its down(), then run migrate_rollback again.")
    assert three.applied() == [A, B, C]
    assert three.tables == {"one", "two", "three"}


def test_those_rolled_back_before_a_failure_stay_rolled_back(three: Migrations) -> None:
    three.write(B, creates("two"), "1 / 0")
    assert three.run("migrate_rollback", all=True).code == 1
    assert three.applied() == [A, B]
    assert three.tables == {"one", "two"}


@pytest.mark.databases("mysql")
def test_a_down_that_cannot_be_undone_stays_on_record(three: Migrations) -> None:
    three.write(C, creates("three"), "schema.drop_table('three')\n1 / 0")
    outcome = three.run("migrate_rollback")
    assert "could not be undone: drop table 'three'" in outcome.error
    assert three.history()[-1] == (C, 2, False)
    again = three.run("migrate")
    assert again.code == 4
    assert f"The rollback of migration {C} stopped half-way" in again.error


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ({"to": "nowhere"}, 1, "No applied migration is called 'nowhere'"),
        ({"to": "2024"}, 1, "3 applied migrations begin with '2024'"),
        ({"batch": 9}, 1, "There is no batch 9"),
        ({"step": 0}, 2, "must be 1 or more"),
        ({"step": 1, "all": True}, 2, "--step and --all do not go together"),
    ],
)
def test_what_cannot_be_understood_changes_nothing(
    three: Migrations, options: dict[str, object], code: int, message: str
) -> None:
    outcome = three.run("migrate_rollback", **options)
    assert outcome.code == code
    assert message in outcome.error
    assert three.applied() == [A, B, C]


@pytest.mark.parametrize("force", [True, False])
def test_where_it_is_prohibited_it_is_refused(
    three: Migrations, settings: Settings, force: bool
) -> None:
    settings.KIT = {**settings.KIT, "PROHIBIT_DESTRUCTIVE": True}
    outcome = three.run("migrate_rollback", force=force)
    assert outcome.code == 1
    assert "forbids rollbacks here" in outcome.error
    assert three.applied() == [A, B, C]
    assert three.run("migrate_rollback", pretend=True).code == 0


def test_a_failed_migration_waits(three: Migrations) -> None:
    three.execute(f"UPDATE kit_migrations SET applied_at = NULL, statements = 1 WHERE name = '{C}'")
    assert three.run("migrate_rollback").code == 4
    assert three.tables == {"one", "two", "three"}


def test_verbosely_it_says_what_was_done(three: Migrations) -> None:
    lines = three.run("migrate_rollback", verbosity=2).lines
    assert "  drop table 'three'" in lines
