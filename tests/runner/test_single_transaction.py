"""All that is pending in one transaction, or nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.runner.conftest import creates

if TYPE_CHECKING:
    from tests.runner.conftest import Migrations

A, B, C = "20240101120000_a", "20240101120001_b", "20240101120002_c"


@pytest.mark.databases("sqlite", "postgresql")
def test_all_is_applied_or_nothing(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.write(
        B, f"{creates('posts')}\nschema.run_sql(\"INSERT INTO users (name) VALUES ('x')\")"
    )
    migrations.write(C, "1 / 0")
    outcome = migrations.run("migrate", single_transaction=True)
    assert outcome.code == 1
    assert "the others went with it: nothing was applied." in outcome.error
    assert (migrations.tables, migrations.history()) == (set(), [])
    migrations.write(C, "schema.rename_table('posts', 'articles')")
    assert migrations.run("migrate", single_transaction=True).code == 0
    assert migrations.tables == {"users", "articles"}
    assert migrations.applied() == [A, B, C]


@pytest.mark.databases("sqlite", "postgresql")
def test_one_that_is_not_atomic_is_refused_before_anything_runs(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    migrations.write(B, creates("posts"), attributes="atomic = False")
    outcome = migrations.run("migrate", single_transaction=True)
    assert outcome.code == 2
    assert f"{B} says atomic = False" in outcome.error
    assert migrations.tables == set()


@pytest.mark.databases("mysql")
def test_a_database_without_such_transactions_refuses(migrations: Migrations) -> None:
    migrations.write(A, creates("users"))
    outcome = migrations.run("migrate", single_transaction=True)
    assert outcome.code == 2
    assert "commits each statement that changes a table" in outcome.error
    assert migrations.tables == set()
