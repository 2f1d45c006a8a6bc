"""A migration that says what kit does not know fails in one paragraph, and nothing of it is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.projects import Project

NAME = "20240101120000_create_users_table"
SOURCE = """
from kit_django import Migration, Schema


class CreateUsersTable(Migration):
    def up(self, schema: Schema) -> None:
        {}
"""
BODIES = {
    "keyword": (
        'with schema.create_table("users") as table: table.string("x", nullable=True)',
        "null=True",
    ),
    "method": ('with schema.create_table("users") as table: table.strng("x")', "Did you mean"),
    "chain": (
        'with schema.create_table("users") as table: table.string("x").nullable()',
        "null=True",
    ),
    "never entered": ('schema.create_table("users")', "its block was never entered"),
    "empty": ('with schema.alter_table("users") as table: pass', "says nothing"),
}


@pytest.mark.parametrize(("body", "message"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("option", [[], ["--pretend"]], ids=["migrate", "pretend"])
def test_what_is_not_understood_is_not_applied(
    project: Project, body: str, message: str, option: list[str]
) -> None:
    project.migration(NAME, SOURCE.format(body))
    result = project.run("migrate", *option, check=1)
    assert message in result.stderr
    assert "create_users_table.py" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "users" not in project.connection.introspection.table_names()
    assert "(applied)" not in project.run("migrate_status", check=0).stdout
