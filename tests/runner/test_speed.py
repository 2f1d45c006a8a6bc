"""What a migration costs, counted in statements and calls: time is no matter of a test."""

from __future__ import annotations

import sys
import textwrap
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from kit_django.schema import catalog
from kit_django.schema.introspection import introspect_table
from tests.schemas import schema_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.runner.conftest import Migrations

CREATE = """\
with schema.create_table("t{number}") as table:
    table.id()
    table.string("name", max_length=100, unique=True)
    table.foreign_id("parent_id", references="t{parent}")
    table.timestamps()
"""
ALTER = """\
with schema.alter_table("t0") as table:
    table.integer("column_{number}", null=True)
"""
# With what the runner itself says: the claim, what the session is like before and after, the row.
MOST = {
    "create": {"sqlite": 7, "postgresql": 5, "mysql": 11},
    "alter": {"sqlite": 7, "postgresql": 3, "mysql": 8},
    "alter, as one": {"sqlite": 8, "postgresql": 5},
}


@pytest.fixture(autouse=True)
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a project: nothing is read only to be compared."""
    monkeypatch.setattr(catalog, "CHECK_FACTS", False)


@contextmanager
def counted(connection: BaseDatabaseWrapper) -> Iterator[list[str]]:
    seen: list[str] = []

    def look(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        seen.append(" ".join(str(sql).split()))
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        yield seen


@pytest.mark.parametrize("kind", MOST)
def test_statements_of_a_migration(migrations: Migrations, kind: str) -> None:
    if migrations.connection.vendor not in MOST[kind]:
        pytest.skip("No transaction for several migrations.")
    migrations.create_tables("t0")
    migrations.migrate()
    for number in range(1, 6):
        body = (CREATE if kind == "create" else ALTER).format(number=number, parent=number - 1)
        migrations.write(f"2024010112010{number}_m{number}", up=body)
    with counted(migrations.connection) as seen:
        migrations.migrate(single_transaction=kind.endswith("as one"))
    claims = [place for place, sql in enumerate(seen) if sql.startswith("INSERT INTO")]
    costs = [after - before for before, after in pairwise(claims[1:])]
    assert max(costs) <= MOST[kind][migrations.connection.vendor], seen[claims[1] : claims[3]]
    assert len(set(costs)) == 1  # the tenth is as dear as the first


CALLS = {"create": 3550, "alter": 2150, "alter, of sixty columns": 2250}
"""The most calls, of Python's functions and of C's, that a migration on SQLite makes, its import included."""


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("kind", CALLS)
def test_calls_of_a_migration(migrations: Migrations, kind: str) -> None:
    migrations.create_tables("t0")
    migrations.migrate()
    for number in range(60) if kind.endswith("columns") else ():
        migrations.execute(f"ALTER TABLE t0 ADD COLUMN kept_{number} integer")
    costs = []
    for numbers in (range(1, 3), range(3, 5), range(5, 15)):  # the first of a kind imports modules
        for number in numbers:
            body = (CREATE if kind == "create" else ALTER).format(number=number, parent=number - 1)
            migrations.write(f"202401011201{number:02}_m{number}", up=body)
        costs.append(_calls(migrations.migrate))
    _, two, ten = costs
    assert (ten - two) / 8 <= CALLS[kind]


CALLS_OF_APPLIED = 60
"""The most for a migration that was applied before, where there is nothing to do."""


@pytest.mark.databases("sqlite")
def test_calls_of_an_applied_migration(migrations: Migrations) -> None:
    costs = []
    for numbers in (range(2), range(2, 4), range(4, 24)):  # the first imports modules
        for number in numbers:
            migrations.write(f"20240101{number:02}0000_m{number}")
        migrations.migrate(fake=True)
        costs.append(_calls(migrations.migrate))
    _, few, many = costs
    assert (many - few) / 20 <= CALLS_OF_APPLIED


def _calls(work: Callable[[], object]) -> int:
    count = 0

    def look(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_what_was_made_is_not_read_again(connection: BaseDatabaseWrapper) -> None:
    with schema_of(connection) as schema:
        with schema.create_table("people") as table:
            table.id()
            table.string("name", max_length=40, unique=True)
            table.decimal("weight", max_digits=6, decimal_places=2, null=True)
            table.boolean("is_active", default=True)
            table.timestamps()
        with counted(connection) as seen:
            assert schema.has_column("people", "weight")
            assert not schema.has_column("people", "height")
    assert seen == []


QUERIES = {"sqlite": 5, "postgresql": 6, "mysql": 8}


def test_catalog_queries_of_a_table(connection: BaseDatabaseWrapper) -> None:
    with schema_of(connection) as schema, schema.create_table("people") as table:
        table.id()
        table.string("name", max_length=40)
        table.foreign_id("parent_id", references="people", null=True)
    with counted(connection) as seen:
        assert introspect_table(connection, "people") is not None
    assert len(seen) <= QUERIES[connection.vendor], seen


UNDONE = """\
from django.db import connection, transaction
try:
    with transaction.atomic():
        with schema.create_table("people") as table:
            table.id()
        raise ValueError
except ValueError:
    pass
if not schema.has_table("people"):
    with schema.create_table("people") as table:
        table.id()
        table.string("name")
"""


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("attributes", ["atomic = True", "atomic = False"])
def test_what_the_writer_takes_back_is_forgotten(migrations: Migrations, attributes: str) -> None:
    migrations.write("20240101120000_undone", up=UNDONE, attributes=attributes)
    migrations.write(
        "20240101120001_more", up="assert schema.has_column('people', 'name'), 'not there'"
    )
    migrations.migrate()
    assert "people" in migrations.tables


ELSEWHERE = """\
import sqlite3
from django.db import connection
other = sqlite3.connect(connection.settings_dict["NAME"])
other.execute("ALTER TABLE people ADD COLUMN kept varchar(20)")
other.execute("INSERT INTO people (name, kept) VALUES ('a', 'b')")
other.commit()
other.close()
return False
"""


ASKS = """\
def should_run(self, connection):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people ADD COLUMN kept varchar(20)")
    return False
"""


def test_what_has_the_connection_may_have_changed_anything(migrations: Migrations) -> None:
    migrations.create_tables("people")
    migrations.write("20240101120001_asks", attributes=ASKS)
    asserted = "assert schema.has_column('people', 'kept')"
    migrations.write("20240101120002_looks", up=asserted)
    migrations.migrate()


@pytest.mark.databases("sqlite")
def test_another_process_changes_a_table_between_two_migrations(migrations: Migrations) -> None:
    """A rebuild from what was known before would drop its column, with what is in it."""
    migrations.create_tables("people")
    asks = f"def should_run(self, connection):\n{textwrap.indent(ELSEWHERE, '    ')}"
    migrations.write("20240101120001_elsewhere", attributes=asks)
    change = "with schema.alter_table('people') as table:\n    table.change('name').text(null=True)"
    migrations.write("20240101120002_rebuilt", up=change)
    migrations.migrate()
    assert migrations.execute("SELECT name, kept FROM people") == [("a", "b")]


def test_a_difference_is_found_where_facts_are_checked(
    connection: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "CHECK_FACTS", True)
    with schema_of(connection) as schema:
        with schema.create_table("people") as table:
            table.id()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE people ADD COLUMN name varchar(20)")
        with pytest.raises(AssertionError, match="The database says"):
            schema.has_column("people", "name")
