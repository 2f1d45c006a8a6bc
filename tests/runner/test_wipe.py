from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from kit_django.exceptions import KitError, Prohibited
from kit_django.runner.databases import database_of
from kit_django.runner.databases.wiping import WipeOptions
from kit_django.runner.events import Event

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

HOSTILE = 'x"; drop table y; --'


def ignore(event: Event) -> None:
    pass


def execute(connection: BaseDatabaseWrapper, *statements: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, None)
        return list(cursor.fetchall()) if cursor.description else []


def names(connection: BaseDatabaseWrapper) -> list[str]:
    return sorted(connection.introspection.table_names(include_views=True))


def run(connection: BaseDatabaseWrapper, *, types: bool = False, cascade: bool = False) -> None:
    database_of(connection).wipe(WipeOptions(types, cascade), ignore, 1)


def test_tables_that_point_to_each_other_and_views_go(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor == "sqlite":
        execute(connection, "CREATE TABLE a (id integer PRIMARY KEY, b integer REFERENCES b (id))")
    else:
        execute(connection, "CREATE TABLE a (id integer PRIMARY KEY, b integer)")
    execute(
        connection,
        "CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a (id))",
        "INSERT INTO a VALUES (1, 1)" if connection.vendor != "sqlite" else "SELECT 1",
        "CREATE VIEW v AS SELECT a.id FROM a",
        "CREATE VIEW w AS SELECT v.id FROM v",
    )
    if connection.vendor != "sqlite":
        execute(
            connection,
            "INSERT INTO b VALUES (1, 1)",
            "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id)",
        )
    run(connection)
    assert names(connection) == []


def test_hostile_names_are_only_names(connection: BaseDatabaseWrapper) -> None:
    from tests.quoting import quote_name

    table = quote_name(connection, HOSTILE)
    view = quote_name(connection, "v`x\"'%s")
    execute(connection, f"CREATE TABLE {table} (id integer)")
    execute(connection, f"CREATE VIEW {view} AS SELECT id FROM {table}")
    assert len(names(connection)) == 2
    run(connection)
    assert names(connection) == []


def test_an_empty_database_can_be_emptied(connection: BaseDatabaseWrapper) -> None:
    run(connection, types=True)
    assert names(connection) == []


@pytest.mark.databases("postgresql")
class TestPostgreSQL:
    def test_all_kinds_of_relations_go(self, connection: BaseDatabaseWrapper) -> None:
        execute(
            connection,
            "CREATE TABLE parent (id serial, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
            "CREATE TABLE part PARTITION OF parent FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
            "CREATE TABLE base (id integer GENERATED ALWAYS AS IDENTITY)",
            "CREATE TABLE heir () INHERITS (base)",
            "CREATE MATERIALIZED VIEW m AS SELECT id FROM base",
            "CREATE VIEW v AS SELECT id FROM m",
        )
        run(connection)
        left = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        assert execute(connection, left) == []

    def test_types_and_sequences_go_if_that_is_wanted(
        self, connection: BaseDatabaseWrapper
    ) -> None:
        execute(
            connection,
            "CREATE TYPE mood AS ENUM ('good', 'bad')",
            "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
            "CREATE TYPE pair AS (a integer, b mood)",
            "CREATE TYPE span AS RANGE (subtype = float8)",
            "CREATE SEQUENCE counter",
            "CREATE TABLE t (m mood, p positive DEFAULT nextval('counter'))",
        )
        types = (
            "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace"
            " AND typtype IN ('e', 'd', 'c', 'r')"
        )
        sequences = "SELECT relname FROM pg_class WHERE relname = 'counter'"
        run(connection)
        assert len(execute(connection, types)) == 4
        assert len(execute(connection, sequences)) == 1
        run(connection, types=True)
        assert execute(connection, types) == []
        assert execute(connection, sequences) == []

    def test_more_tables_than_there_are_locks_go_in_several_transactions(
        self, connection: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        module = import_module("kit_django.runner.databases.postgresql.wipe")
        monkeypatch.setattr(module, "ROOM", "SELECT 100")
        execute(
            connection,
            "CREATE TABLE one (id serial PRIMARY KEY, up integer)",
            *(
                f"CREATE TABLE t{n} (id serial PRIMARY KEY, up integer REFERENCES one)"
                for n in range(30)
            ),
            "ALTER TABLE one ADD FOREIGN KEY (up) REFERENCES t1",
            "CREATE TABLE parent (id integer) PARTITION BY LIST (id)",
            "CREATE TABLE part PARTITION OF parent DEFAULT",
            "CREATE VIEW v AS SELECT id FROM t7",
            "CREATE SCHEMA other",
            "CREATE VIEW other.v AS SELECT id FROM t29",
        )
        before = names(connection)
        said: list[Any] = []
        with pytest.raises(Prohibited, match=r"relation other\.v\. Nothing was dropped"):
            database_of(connection).wipe(WipeOptions(), ignore, 1)
        assert names(connection) == before
        execute(connection, "DROP VIEW other.v")
        database_of(connection).wipe(WipeOptions(), said.append, 1)
        assert names(connection) == []
        assert "There are 33 tables, more than PostgreSQL has locks for" in said[0].text

    def test_what_an_extension_owns_stays(self, connection: BaseDatabaseWrapper) -> None:
        execute(
            connection,
            "CREATE EXTENSION pg_stat_statements",
            "CREATE TABLE t (id integer)",
        )
        run(connection, types=True)
        assert names(connection) == ["pg_stat_statements", "pg_stat_statements_info"]

    @pytest.mark.parametrize(
        ("statement", "named"),
        [
            ("CREATE VIEW other.v AS SELECT id FROM public.t", "relation other.v"),
            (
                "CREATE TABLE other.c (t integer REFERENCES public.t)",
                "constraint c_t_fkey on other.c",
            ),
            ("CREATE TABLE other.c () INHERITS (public.t)", "relation other.c"),
            ("CREATE TABLE other.c (m public.t)", "column m of other.c"),
            (
                "CREATE FUNCTION other.f(public.t) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
                "function other.f(t)",
            ),
        ],
    )
    def test_what_another_schema_depends_on_is_refused(
        self, connection: BaseDatabaseWrapper, statement: str, named: str
    ) -> None:
        execute(
            connection,
            "CREATE SCHEMA other",
            "CREATE TABLE t (id integer PRIMARY KEY)",
            statement,
        )
        with pytest.raises(Prohibited, match="Nothing was dropped") as raised:
            run(connection)
        assert named in str(raised.value)
        assert "t" in names(connection)
        run(connection, cascade=True)
        assert names(connection) == []

    def test_a_default_in_another_schema_counts_too(self, connection: BaseDatabaseWrapper) -> None:
        execute(
            connection,
            "CREATE SCHEMA other",
            "CREATE SEQUENCE s",
            "CREATE TABLE other.c (id integer DEFAULT nextval('public.s'))",
        )
        run(connection)
        with pytest.raises(Prohibited, match=r"the default of id of other\.c"):
            run(connection, types=True)

    def test_another_schema_that_does_not_depend_is_left_alone(
        self, connection: BaseDatabaseWrapper
    ) -> None:
        execute(
            connection,
            "CREATE SCHEMA other",
            "CREATE TABLE other.t (id integer)",
            "CREATE TABLE t ()",
        )
        run(connection, types=True)
        assert names(connection) == []
        assert execute(connection, "SELECT * FROM other.t") == []

    def test_a_schema_with_a_hostile_name_can_be_the_one(
        self, connection: BaseDatabaseWrapper
    ) -> None:
        execute(
            connection,
            'CREATE SCHEMA "a""b; --"',
            'SET search_path = "a""b; --"',
            "CREATE TABLE t (id integer)",
            "CREATE TABLE public.stays (id integer)",
        )
        run(connection)
        assert execute(connection, "SELECT * FROM public.stays") == []
        assert execute(connection, "SELECT 1 FROM pg_class WHERE relname = 't'") == []


@pytest.mark.databases("mysql")
class TestMariaDB:
    def test_versioned_tables_views_and_sequences_go(self, connection: BaseDatabaseWrapper) -> None:
        execute(
            connection,
            "CREATE TABLE t (id integer) WITH SYSTEM VERSIONING",
            "CREATE SEQUENCE s",
        )
        run(connection)
        left = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        assert execute(connection, left) == [("s",)]
        run(connection, types=True)
        assert execute(connection, left) == []

    def test_foreign_keys_are_checked_again_afterwards(
        self, connection: BaseDatabaseWrapper
    ) -> None:
        run(connection)
        assert execute(connection, "SELECT @@foreign_key_checks") == [(1,)]

    def test_a_foreign_key_in_another_database_is_refused(
        self, connection: BaseDatabaseWrapper, other_connection: BaseDatabaseWrapper
    ) -> None:
        execute(connection, "CREATE TABLE t (id integer PRIMARY KEY)")
        here = connection.settings_dict["NAME"]
        execute(
            other_connection,
            f"CREATE TABLE c (t integer, CONSTRAINT k FOREIGN KEY (t) REFERENCES {here}.t (id))",
        )
        with pytest.raises(Prohibited, match="'k' of table 'c'"):
            run(connection)
        assert names(connection) == ["t"]
        run(connection, cascade=True)
        assert names(connection) == []


@pytest.mark.databases("sqlite")
class TestSQLite:
    def test_virtual_tables_and_numbering_go(self, connection: BaseDatabaseWrapper) -> None:
        execute(
            connection,
            "CREATE VIRTUAL TABLE words USING fts5(text)",
            "CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT)",
            "INSERT INTO t DEFAULT VALUES",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
        )
        run(connection)
        assert execute(connection, "SELECT name FROM sqlite_master") == [("sqlite_sequence",)]
        assert execute(connection, "SELECT * FROM sqlite_sequence") == []

    def test_foreign_keys_are_on_again_afterwards(self, connection: BaseDatabaseWrapper) -> None:
        run(connection)
        assert execute(connection, "PRAGMA foreign_keys") == [(1,)]


def test_a_database_of_another_kind_is_refused(
    connection: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "vendor", "oracle")
    with pytest.raises(KitError, match="works on SQLite"):
        run(connection)
