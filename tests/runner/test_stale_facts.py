"""What is known of the database for a whole run, against those who change it by other ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from kit_django.schema import catalog
from kit_django.signals import migration_ended, migration_started
from tests.schemas import schema_of

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.dispatch import Signal

    from tests.runner.conftest import Migrations


@pytest.fixture(autouse=True)
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "CHECK_FACTS", False)


ADD = "ALTER TABLE people ADD COLUMN kept varchar(20)"
FIRST, SECOND, THIRD = (f"2024010112010{number}_m" for number in range(3))
ASSERTED = "assert schema.has_column('people', 'kept'), 'stale'"


@contextmanager
def received(signal: Signal, receiver: Any) -> Iterator[None]:
    signal.connect(receiver)
    try:
        yield
    finally:
        signal.disconnect(receiver)


@pytest.mark.parametrize("signal", [migration_started, migration_ended])
def test_a_receiver_alters_a_table_between_two_migrations(
    migrations: Migrations, signal: Signal
) -> None:
    migrations.create_tables("people")
    migrations.write(FIRST)
    migrations.write(SECOND, ASSERTED)

    def alter(name: str, **_: Any) -> None:
        if name == FIRST:
            migrations.execute(ADD)

    with received(signal, alter):
        migrations.migrate()


PAST_DJANGO = f"""\
from django.db import connection
with connection.cursor() as cursor:
    cursor.cursor.execute("{ADD}")
{ASSERTED}
"""


def test_the_drivers_cursor(migrations: Migrations) -> None:
    migrations.create_tables("people")
    migrations.write(FIRST, PAST_DJANGO)
    migrations.write(SECOND, ASSERTED)
    migrations.migrate()


CALLS = """\
from django.db import connection
with connection.cursor() as cursor:
    cursor.callproc("count_on")
"""


@pytest.mark.databases("mysql")
def test_a_procedure_is_called_once(migrations: Migrations) -> None:
    migrations.execute("CREATE TABLE counts (number int)")
    migrations.execute("CREATE PROCEDURE count_on() INSERT INTO counts VALUES (1)")
    migrations.write(FIRST, CALLS)
    try:
        migrations.migrate()
        assert migrations.execute("SELECT count(*) FROM counts") == [(1,)]
    finally:
        migrations.execute("DROP PROCEDURE count_on")


ASKS = f"""\
def should_run(self, connection):
    with connection.cursor() as cursor:
        cursor.execute("{ADD}")
    return False
"""


@pytest.mark.databases("sqlite", "postgresql")
def test_who_asks_whether_it_is_to_run_alters_a_table(migrations: Migrations) -> None:
    migrations.create_tables("people")
    migrations.write(FIRST, attributes=ASKS)
    migrations.write(SECOND, ASSERTED)
    migrations.migrate(single_transaction=True)


@pytest.mark.databases("postgresql")
def test_no_bound_reaches_the_next_of_one_transaction(migrations: Migrations) -> None:
    migrations.write(FIRST, attributes="statement_timeout = 0.3")
    migrations.write(SECOND, "schema.run_sql('SELECT pg_sleep(0.5)')")
    migrations.migrate(single_transaction=True)


@pytest.mark.databases("postgresql")
def test_a_child_gets_the_columns_of_its_parent(connection: BaseDatabaseWrapper) -> None:
    with schema_of(connection) as schema:
        schema.run_sql("CREATE TABLE parents (id int); CREATE TABLE children () INHERITS (parents)")
        with schema.alter_table("children") as table:
            table.integer("own", null=True)
        with schema.alter_table("parents") as table:
            table.integer("later", null=True)
        assert schema.has_column("children", "later")


@pytest.mark.databases("postgresql")
def test_an_event_trigger_alters_what_is_made(connection: BaseDatabaseWrapper) -> None:
    with schema_of(connection) as schema:
        schema.run_sql(
            """
            CREATE FUNCTION add_tenant() RETURNS event_trigger LANGUAGE plpgsql AS $$
            DECLARE it record;
            BEGIN
              FOR it IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE TABLE' LOOP
                EXECUTE 'ALTER TABLE ' || it.object_identity || ' ADD COLUMN tenant int';
              END LOOP;
            END $$;
            CREATE EVENT TRIGGER tenants ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION add_tenant();
            """
        )
        with schema.create_table("people") as table:
            table.id()
        found = schema.has_column("people", "tenant")
        schema.run_sql("DROP EVENT TRIGGER tenants; DROP FUNCTION add_tenant()")
    assert found


@pytest.mark.databases("sqlite")
def test_a_table_gets_the_one_that_it_references(connection: BaseDatabaseWrapper) -> None:
    with schema_of(connection) as schema:
        schema.run_sql(
            "CREATE TABLE children (id integer primary key, p integer REFERENCES parents)"
        )
        assert schema.has_table("children")
        with schema.create_table("parents") as table:
            table.id("number")
        with schema.alter_table("children") as table:
            table.change("p").text(null=True)


@pytest.mark.parametrize("own", ["schema.run_sql('UPDATE people SET id = 1')", "schema.connection"])
def test_what_is_pretended_outlasts_sql_of_the_writers_own(
    migrations: Migrations, own: str
) -> None:
    migrations.create_tables("people")
    migrations.write(FIRST, own)
    migrations.write(
        SECOND, "with schema.alter_table('people') as table:\n    table.text('more', null=True)"
    )
    outcome = migrations.run("migrate", pretend=True)
    assert outcome.code == 0, outcome.error
    assert "ALTER TABLE" in outcome.stdout
