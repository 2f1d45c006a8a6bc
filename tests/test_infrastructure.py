"""The tests' own ground: what they stand on must not differ from what they think."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from django.db import connection as default_connection
from django.db import transaction

from tests import databases
from tests.projects import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.projects import Project


def tables(connection: BaseDatabaseWrapper) -> list[str]:
    return connection.introspection.table_names()


def make_table(connection: BaseDatabaseWrapper, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} (id integer)")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_starts_with_an_empty_database(
    connection: BaseDatabaseWrapper, vendor: str, turn: str
) -> None:
    assert connection.vendor == vendor
    assert tables(connection) == []
    make_table(connection, "leftover")
    connection.set_autocommit(False)  # the next test gets a connection of its own


def test_the_default_connection_is_the_one_that_is_handed_out(
    connection: BaseDatabaseWrapper,
) -> None:
    make_table(connection, "here")
    assert tables(default_connection) == ["here"]


def test_the_other_database_is_another_one(
    connection: BaseDatabaseWrapper, other_connection: BaseDatabaseWrapper
) -> None:
    make_table(connection, "here")
    assert tables(other_connection) == []


def test_wipe_does_not_wait_for_a_forgotten_session(
    connection: BaseDatabaseWrapper, wipe: Callable[[BaseDatabaseWrapper], None]
) -> None:
    make_table(connection, "held")
    forgotten = connection.copy()
    with transaction.atomic(), forgotten.cursor() as cursor:
        cursor.execute("SELECT * FROM held")
    wipe(connection)
    assert tables(connection) == []
    forgotten.close()


@pytest.mark.databases("postgresql")
def test_wipe_takes_all_schemas(
    connection: BaseDatabaseWrapper, wipe: Callable[[BaseDatabaseWrapper], None]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA audit CREATE TABLE events (id integer)")
    wipe(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'audit'")
        assert cursor.fetchone() == (0,)


def test_a_project_sees_the_tables_of_the_connection(
    connection: BaseDatabaseWrapper, project: Project
) -> None:
    make_table(connection, "seen")
    result = project.run("inspectdb", check=0)
    assert "class Seen(models.Model):" in result.lines


def test_a_project_hands_back_exit_code_and_errors(project: Project) -> None:
    result = project.run("no_such_command")
    assert result.code == 1
    assert "Unknown command" in result.stderr


def test_a_schema_of_the_corpus_is_loaded(
    connection: BaseDatabaseWrapper, corpus_schema: Path
) -> None:
    assert len(tables(connection)) >= 11


def test_a_database_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_TEST_DATABASE", "oracle")
    with pytest.raises(ValueError, match="must be one of sqlite, postgresql, mysql"):
        databases.vendor()


def test_a_server_that_is_not_there_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_TEST_POSTGRESQL_URL", "postgresql://me:secret@127.0.0.1:1/postgres")
    answer = databases.ask("postgresql")
    assert answer.version == ""
    assert "secret" not in answer.problem
    assert answer.problem.startswith("postgresql at 127.0.0.1:1/postgres does not answer: ")


def test_a_plain_install_brings_little() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.match(r"[\w-]+", each) for each in project["dependencies"]]
    assert [name and name.group() for name in names] == [
        *("django", "dj-database-url", "black", "libcst", "inflection"),
    ]
