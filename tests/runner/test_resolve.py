from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.runner.conftest import creates

if TYPE_CHECKING:
    from tests.runner.conftest import Migrations

A, B = "20240101120000_a", "20240101120001_b"


@pytest.fixture
def failed(migrations: Migrations) -> Migrations:
    """B has stopped half-way."""
    migrations.write(A, creates("users"))
    migrations.write(B, creates("posts"))
    migrations.migrate()
    migrations.execute(
        f"UPDATE kit_migrations SET applied_at = NULL, statements = 1 WHERE name = '{B}'"
    )
    assert migrations.run("migrate").code == 4
    return migrations


def test_it_can_be_said_to_be_applied(failed: Migrations) -> None:
    outcome = failed.run("migrate_resolve", B, "--applied")
    assert outcome.lines == [f"{B} is now on record as applied."]
    assert failed.applied() == [A, B]
    assert failed.migrate().lines == ["Nothing to migrate."]


def test_it_can_be_said_to_be_rolled_back(failed: Migrations) -> None:
    failed.execute("DROP TABLE posts")
    outcome = failed.run("migrate_resolve", "20240101120001", "--rolled-back")
    assert outcome.lines == [f"{B} is now on record as rolled back."]
    failed.migrate()
    assert failed.applied() == [A, B]


def test_what_was_recorded_by_mistake_is_pending_again(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.write(B, creates("posts"))
    migrations.migrate(fake=True)
    assert migrations.run("migrate_resolve", B, "--rolled-back").code == 0
    assert migrations.applied() == [A]
    assert migrations.run("migrate_resolve", A, "--rolled-back").code == 0
    migrations.migrate()
    assert migrations.applied() == [A, B]
    assert migrations.tables >= {"users", "posts"}


def test_what_is_in_order_needs_no_mending(failed: Migrations) -> None:
    outcome = failed.run("migrate_resolve", A, "--applied")
    assert outcome.code == 1
    assert f"{A} is applied" in outcome.error
    assert failed.applied() == [A]


def test_a_name_that_is_not_on_record_is_an_error(failed: Migrations) -> None:
    assert failed.run("migrate_resolve", "nothing", "--applied").code == 1


def test_an_edited_file_can_be_accepted(migrations: Migrations) -> None:
    path = migrations.write(A, creates("users"))
    migrations.migrate()
    path.write_text(path.read_text() + "# a comment\n")
    assert migrations.run("migrate_status", check=True).code == 1
    assert migrations.run("migrate_resolve", A, "--applied").code == 0
    assert migrations.run("migrate_status", check=True).code == 0


def test_a_migration_whose_file_is_gone_can_be_forgotten(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.migrate()
    (migrations.folder / f"{A}.py").unlink()
    assert migrations.run("migrate_status", check=True).code == 1
    assert migrations.run("migrate_resolve", A, "--rolled-back").code == 0
    assert migrations.history() == []
    assert migrations.tables == {"users"}
