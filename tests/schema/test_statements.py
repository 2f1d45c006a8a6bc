"""What facts are written as makes a database of the same facts."""

from __future__ import annotations

from kit_django.schema.dialects import dialect_of
from kit_django.schema.statements import database_statements
from tests.conformance.full import STATEMENTS, full
from tests.schemas import by_hand, differences, facts_of, run


def blog(schema):
    with schema.create_table("users") as table:
        table.id()
        table.string("name", max_length=200, default="it's 100%")
    with schema.create_table("teams") as table:
        table.id()
        table.foreign_id("owner_id", references="users", on_delete="cascade")
    with schema.alter_table("users") as table:
        table.foreign_id("team_id", references="teams", null=True)
        table.enum("role", ["admin", "it's"], default="admin")
    schema.create_view("admins", "SELECT id FROM users WHERE role = 'admin'")
    schema.create_view("a_first", "SELECT id FROM admins")


def written(connection, other_connection, before=()):
    there = facts_of(connection)
    by_hand(other_connection, before)
    by_hand(other_connection, database_statements(dialect_of(connection), there))
    assert differences(facts_of(other_connection), there) == []


def test_everything_that_a_database_can_hold(connection, other_connection):
    """But functions and collations, which are no facts."""
    run(connection, full)
    no_facts = ("CREATE FUNCTION", "CREATE COLLATION")
    before = [each for each in STATEMENTS[connection.vendor] if each.startswith(no_facts)]
    written(connection, other_connection, before)


def test_keys_that_lead_round_in_a_circle(connection, other_connection):
    run(connection, blog)
    written(connection, other_connection)
