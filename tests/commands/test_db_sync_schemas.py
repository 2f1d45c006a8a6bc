"""Tables in several schemas of one PostgreSQL database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commands.test_db_sync import CLEAN, execute, models, query_all
from tests.commands.test_db_sync_options import BEYOND_DJANGO

if TYPE_CHECKING:
    from tests.projects import Project

pytestmark = pytest.mark.databases("postgresql")

TABLES = (
    'CREATE SCHEMA audit; CREATE SCHEMA "the other"',
    "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL)",
    "CREATE TYPE audit.kind AS ENUM ('in', 'out')",
    "CREATE TABLE audit.users (id uuid PRIMARY KEY, user_id integer NOT NULL REFERENCES users)",
    "CREATE TABLE audit.events (id integer PRIMARY KEY, kind audit.kind NOT NULL)",
    "ALTER TABLE audit.events ADD by uuid NOT NULL REFERENCES audit.users ON DELETE CASCADE",
    "ALTER TABLE audit.events ADD UNIQUE (kind, by)",
    'CREATE TABLE "the other"."odd "" table" (id integer PRIMARY KEY REFERENCES audit.events)',
    "CREATE TABLE notes (id integer PRIMARY KEY, event_id integer NOT NULL REFERENCES audit.events)",
    "CREATE TABLE audit.hidden (id integer PRIMARY KEY)",
    "INSERT INTO users VALUES (1, 'ada')",
    "INSERT INTO audit.users VALUES ('6f9619ff-8b86-d011-b42d-00c04fc964ff', 1)",
    "INSERT INTO audit.events VALUES (1, 'in', '6f9619ff-8b86-d011-b42d-00c04fc964ff')",
    "INSERT INTO notes VALUES (1, 1)",
)
PATTERNS = 'KIT = {"MODELS": {"blog": ["*", "audit.[!h]*", "the other.*"]}}'
FOLLOW = """
from blog.models import AuditUser, Note
print(Note.objects.get(event__by__user_id=1).event.kind, AuditUser.objects.get(event__note=1).user.name)
"""


@pytest.fixture
def schemas(project: Project) -> Project:
    project.configure(PATTERNS)
    execute(project.connection, *TABLES)
    project.run("db_sync", "--skip-migrations", check=0)
    return project


def test_relations_across_schemas(schemas: Project) -> None:
    assert schemas.run("check", "--database", "default", check=0).lines == [CLEAN]
    assert len(query_all(schemas)) == 5
    assert "hidden" not in models(schemas)
    assert schemas.run("shell", "-v", "0", "-c", FOLLOW, check=0).lines == ["in ada"]
    schemas.run("db_sync", "--skip-migrations", "--check", check=0)


def test_the_tables_of_a_schema_are_synced_alone(schemas: Project) -> None:
    execute(
        schemas.connection,
        "ALTER TABLE audit.events ADD remark text",
        "ALTER TABLE notes ADD remark text",
    )
    schemas.run("db_sync", "--skip-migrations", "--table", "audit.*", check=0)
    assert models(schemas).count("remark = models.TextField") == 1


def test_the_round_trip_of_schemas(schemas: Project) -> None:
    result = json.loads(schemas.run("db_sync", "--verify", "--format", "json", check=0).stdout)
    assert [each for each in result["losses"] if each["kind"] not in BEYOND_DJANGO] == []
    assert result["facts"] > 40
