"""What a database keeps beside its tables and their parts comes along in the dump and in the
migrations that adopt it; what cannot come along is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.commands.test_adopting import adopt, assert_rebuilt
from tests.commands.test_schema_dump import assert_comes_back, dumps
from tests.schemas import by_hand

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.dumps import Judge
    from tests.runner.conftest import Migrations

__all__ = ["dumps"]  # a fixture

SET = {
    "postgresql": [
        # Names that have to be quoted, and a schema of its own.
        'CREATE SCHEMA "Of ""Us"""',
        'CREATE TABLE "Of ""Us"""."It\'s" ("No" integer CONSTRAINT "Key" PRIMARY KEY, "W" text)',
        'ALTER TABLE "Of ""Us"""."It\'s" CLUSTER ON "Key"',
        'ALTER TABLE "Of ""Us"""."It\'s" REPLICA IDENTITY USING INDEX "Key"',
        'ALTER TABLE "Of ""Us"""."It\'s" SET (toast.autovacuum_enabled = false)',
        'CREATE RULE "R" AS ON DELETE TO "Of ""Us"""."It\'s" DO ALSO NOTIFY x',
        'ALTER TABLE "Of ""Us"""."It\'s" DISABLE RULE "R"',
        'CREATE POLICY "P" ON "Of ""Us"""."It\'s" USING (true)',
        # When triggers fire, those of partitions apart from their parents'.
        "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TABLE days (y integer, k integer) PARTITION BY RANGE (y)",
        "CREATE TABLE d1 PARTITION OF days FOR VALUES FROM (1) TO (2) PARTITION BY LIST (k)",
        "CREATE TABLE d1_a PARTITION OF d1 FOR VALUES IN (1)",
        "CREATE TABLE d1_b PARTITION OF d1 FOR VALUES IN (2)",
        "CREATE TABLE d2 PARTITION OF days FOR VALUES FROM (2) TO (3)",
        "CREATE TRIGGER off AFTER INSERT ON days FOR EACH ROW EXECUTE FUNCTION watch()",
        "CREATE TRIGGER own AFTER INSERT ON d1 FOR EACH ROW EXECUTE FUNCTION watch()",
        "ALTER TABLE d1 DISABLE TRIGGER off",
        "ALTER TABLE d1_a ENABLE ALWAYS TRIGGER off",
        "ALTER TABLE d1_b DISABLE TRIGGER own",
        "ALTER TABLE d2 ENABLE REPLICA TRIGGER off",
        "COMMENT ON TRIGGER off ON d2 IS 'not here'",
        # An index of a parent that some partitions lack.
        "CREATE INDEX partly ON ONLY days (k)",
        "CREATE INDEX d2_k ON d2 (k)",
        "ALTER INDEX partly ATTACH PARTITION d2_k",
        # Sequences that are owned and not used, and those that are not logged.
        "CREATE TABLE owners (id integer GENERATED ALWAYS AS IDENTITY (START 5), n integer UNIQUE)",
        "CREATE SEQUENCE spare START 7 OWNED BY owners.n",
        "CREATE SEQUENCE lent OWNED BY owners.n",
        "CREATE TABLE borrowers (n integer DEFAULT nextval('lent'))",
        "CREATE UNLOGGED TABLE drafts (id serial, n integer GENERATED ALWAYS AS IDENTITY)",
        # Storage and statistics.
        "ALTER INDEX owners_n_key SET (fillfactor = 40)",
        "ALTER TABLE owners REPLICA IDENTITY FULL",
        "CREATE INDEX sums ON owners ((id + n))",
        "ALTER INDEX sums ALTER COLUMN 1 SET STATISTICS 12",
        "CREATE STATISTICS both_of ON id, n FROM owners",
        "ALTER STATISTICS both_of SET STATISTICS 44",
        "CREATE MATERIALIZED VIEW seen AS SELECT n, n::text AS words FROM owners",
        "ALTER MATERIALIZED VIEW seen SET (toast.autovacuum_enabled = false)",
        "ALTER MATERIALIZED VIEW seen ALTER n SET STATISTICS 33",
        "ALTER MATERIALIZED VIEW seen ALTER words SET STORAGE MAIN",
        (
            "CREATE AGGREGATE total (integer) (SFUNC = int4pl, STYPE = integer, SSPACE = 44, "
            "FINALFUNC_MODIFY = read_write)"
        ),
        "ALTER FUNCTION watch() DEPENDS ON EXTENSION plpgsql",
    ],
    "mysql": [
        "CREATE SEQUENCE numbers START 5 ENGINE = Aria COMMENT = 'it''s \\\\ counted'",
        "CREATE SEQUENCE plain",
        "CREATE TABLE a (id integer)",
    ],
    "sqlite": [
        "CREATE TABLE a (id integer)",
        "PRAGMA user_version = 7",
        "PRAGMA application_id = -9",
    ],
}


def test_a_dump_has_it(
    migrations: Migrations, other_connection: BaseDatabaseWrapper, dumps: Path, dump: Judge
) -> None:
    by_hand(migrations.connection, SET[migrations.connection.vendor])
    assert_comes_back(migrations, dumps, dump)
    assert heads(other_connection) == heads(migrations.connection)


@pytest.mark.databases("postgresql")
def test_a_table_may_own_a_sequence_by_another_column_than_takes_from_it(
    migrations: Migrations, other_connection: BaseDatabaseWrapper, dumps: Path, dump: Judge
) -> None:
    by_hand(
        migrations.connection,
        [
            "CREATE TABLE t (a integer, b integer)",
            "CREATE SEQUENCE numbers OWNED BY t.b",
            "ALTER TABLE t ALTER a SET DEFAULT nextval('numbers')",
        ],
    )
    assert_comes_back(migrations, dumps, dump)


def test_a_database_is_adopted_with_it(
    migrations: Migrations, other_connection: BaseDatabaseWrapper, dump: Judge
) -> None:
    by_hand(migrations.connection, SET[migrations.connection.vendor])
    outcome = adopt(migrations)
    assert outcome.code == 0, outcome.error
    assert_rebuilt(migrations, other_connection, dump, dump(migrations.connection))


def heads(connection: BaseDatabaseWrapper) -> list[object]:
    """What SQLite keeps in the head of its file."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        asked = ("user_version", "application_id")
        return [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]


NAMED = {
    "mysql": (
        ["CREATE TABLE places (at point REF_SYSTEM_ID = 4326)"],
        "reference system 4326 of places.at",
    ),
    "sqlite": (
        ["PRAGMA encoding = 'UTF-16le'", "CREATE TABLE a (id integer)"],
        "encoding UTF-16le",
    ),
}


@pytest.mark.databases("mysql", "sqlite")
def test_what_can_only_be_named_is_named(migrations: Migrations, dumps: Path) -> None:
    statements, name = NAMED[migrations.connection.vendor]
    by_hand(migrations.connection, statements)
    for refused in (migrations.run("schema_dump"), adopt(migrations)):
        assert refused.code == 1
        assert name in refused.error
    assert not dumps.exists()
    outcome = migrations.run("schema_dump", allow_differences=True)
    assert outcome.code == 0, outcome.error
    assert f"It lacks {name}." in outcome.lines
