"""Database -> models.py -> database: what was there comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import databases
from tests.commands.test_db_sync_options import BEYOND_DJANGO
from tests.roundtrip import round_trip, soundness, write_with_inspectdb

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.projects import Project


def test_each_schema_comes_back(
    corpus_schema: Path, project: Project, other_connection: BaseDatabaseWrapper
) -> None:
    if project.connection.vendor == "postgresql":
        project.configure('INSTALLED_APPS += ["django.contrib.postgres"]')
    project.run("db_sync", "--skip-migrations", check=0)
    assert soundness(project).queries
    result = round_trip(project, other_connection, databases.url_of(other_connection))
    assert result.comparison is not None, result.problem
    assert result.refused == ()
    lost = [loss for loss in result.comparison.losses if loss.kind not in BEYOND_DJANGO]
    assert lost == []


def test_the_harness_sees_what_inspectdb_loses(
    project: Project, other_connection: BaseDatabaseWrapper
) -> None:
    with project.connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, slug varchar(20) NOT NULL"
            ", stars integer NOT NULL DEFAULT 3, CHECK (stars < 6))"
        )
        cursor.execute("CREATE INDEX posts_stars ON posts (stars, slug)")
    write_with_inspectdb(project)
    result = round_trip(project, other_connection, databases.url_of(other_connection))
    assert result.comparison is not None, result.problem
    kinds = {loss.kind for loss in result.comparison.losses}
    assert {"index", "check", "default"} <= kinds
    assert result.share < 1
