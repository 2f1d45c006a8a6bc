"""Twenty migrations that together use every operation, run up, down and up again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kit_django.operations.column_change import ColumnTypes
from kit_django.operations.schema import Schema
from kit_django.operations.table import AlterTableBuilder, ColumnMethods
from kit_django.schema.introspection import introspect
from tests.runner.twenty import TWENTY

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.schema.facts import Database
    from tests.runner.conftest import Migrations

IMPORTS = "from django.db import models\nfrom django.db.models.functions import Lower\n\n"
NOT_OPERATIONS = {"add", "add_column", "with_enum_type", "operations", "touched", "perform", "vendor"}
ELSEWHERE = {
    # Each needs more than an empty database of any kind; tests/conformance has them.
    "full_text", "drop_exclusion", "create_extension", "drop_extension", "drop_enum", "drop_type",
    "drop_sequence", "drop_schema", "drop_view", "cursor", "connection", "drop_timestamps",
}  # fmt: skip


@pytest.fixture
def twenty(migrations: Migrations) -> Migrations:
    for number, (name, body) in enumerate(TWENTY.items()):
        up, down = body if isinstance(body, tuple) else (body, None)
        path = migrations.write(f"202401011200{number:02}_{name}", up, down)
        path.write_text(IMPORTS + path.read_text(encoding="utf-8"), encoding="utf-8")
    return migrations


def test_up_down_up(twenty: Migrations) -> None:
    twenty.migrate()
    up = facts(twenty.connection)
    rows = twenty.execute("SELECT name, about FROM shops")
    assert rows == [("Corner", "100% tea")]

    down = twenty.run("migrate_rollback", all=True)
    assert down.code == 0, down.error
    assert [table.name for table in facts(twenty.connection)] == ["kit_migrations"]
    assert facts(twenty.connection).enums == ()

    twenty.migrate()
    assert facts(twenty.connection) == up
    assert len(twenty.applied()) == 20


def test_every_operation_is_among_them() -> None:
    text = str(TWENTY)
    owners = (Schema, ColumnMethods, AlterTableBuilder, ColumnTypes)
    public = {name for owner in owners for name in vars(owner) if not name.startswith("_")}
    called = set(re.findall(r"\.(\w+)", text))
    missing = public - called - NOT_OPERATIONS - ELSEWHERE
    assert {name for name in missing if not name.startswith(("positive", "become"))} == set()


def facts(connection: BaseDatabaseWrapper) -> Database:
    schemas = ["audit"] if connection.vendor == "postgresql" else None
    return introspect(connection, schemas=schemas, views=True)
