"""What holds on every database: names are data, queries are few, equal schemas are equal facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kit_django.schema.facts import Column, PrimaryKey, Table
from kit_django.schema.introspection import (
    introspect,
    introspect_table,
    referencing_tables,
    table_keys,
)
from tests.quoting import quote_name
from tests.schema.introspection.sql import recorded, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

HOSTILE = [
    'victim"; DROP TABLE victim; --',
    "victim`; DROP TABLE victim; --",
    "victim'; DROP TABLE victim; --",
    "a\nprint('x')\n#",
    "back\\slash\\",
    "100%",
    "%s %(name)s %%",
    "{braces} {0}",
    "se;mi;colon",
    "[brackets]",
    "Grüße 表",
    "  leading",
    "select",
    "a.b",
    "--",
    "/*",
]


def quoted(connection: BaseDatabaseWrapper, *names: str) -> list[str]:
    return [quote_name(connection, name) for name in names]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_read_as_it_is_and_runs_nothing(
    connection: BaseDatabaseWrapper, name: str
) -> None:
    table, column, index, view = quoted(connection, name, name, f"i{name}", f"v{name}")
    run(
        connection,
        "CREATE TABLE victim (id integer PRIMARY KEY)",
        f"CREATE TABLE {table} ({column} integer PRIMARY KEY, parent integer"
        f", FOREIGN KEY (parent) REFERENCES {table} ({column}))",
        f"CREATE INDEX {index} ON {table} (parent, {column})",
        f"CREATE VIEW {view} AS SELECT {column} FROM {table}",
    )
    found = introspect(connection, views=True)
    read = found.find(name)
    assert read is not None
    assert read.column_names == (name, "parent")
    assert read.primary_key is not None
    assert read.primary_key.columns == (name,)
    assert [each.to_table for each in read.foreign_keys] == [name]
    assert f"i{name}" in [each.name for each in read.indexes]
    assert found.find(f"v{name}") is not None
    assert found.find("victim") is not None
    assert introspect_table(connection, name) == read
    assert referencing_tables(connection, name) == ((None, name),)
    assert (None, name) in table_keys(connection)


def test_the_longest_name_is_read_whole(connection: BaseDatabaseWrapper) -> None:
    longest = "x" * (63 if connection.vendor == "postgresql" else 64)
    run(connection, f"CREATE TABLE {longest} ({longest} integer)")
    table = introspect_table(connection, longest)
    assert table is not None
    assert table.column_names == (longest,)
    assert introspect_table(connection, longest + "x") is None


def test_a_table_that_is_not_there_is_none(connection: BaseDatabaseWrapper) -> None:
    assert introspect_table(connection, "nowhere") is None
    assert introspect_table(connection, "nowhere", "elsewhere") is None
    assert introspect(connection, tables=["nowhere", ("elsewhere", "t")]).tables == ()
    assert introspect(connection, tables=[]).tables == ()
    assert referencing_tables(connection, "nowhere") == ()
    assert table_keys(connection) == ()


def test_a_plain_table_is_told_in_the_same_words_everywhere(
    connection: BaseDatabaseWrapper,
) -> None:
    run(connection, "CREATE TABLE t (a varchar(10) NOT NULL, b integer, PRIMARY KEY (a))")
    table = introspect_table(connection, "t")
    assert table is not None
    assert table.key == (None, "t")
    assert table.kind == "table"
    assert table.column("a") in (
        Column("a", "varchar(10)", null=False),
        Column("a", "character varying(10)", null=False),
    )
    assert table.primary_key in (PrimaryKey(("a",)), PrimaryKey(("a",), "t_pkey"))
    assert (table.uniques, table.indexes, table.checks, table.foreign_keys) == ((), (), (), ())


def test_only_the_tables_that_are_named_are_read(connection: BaseDatabaseWrapper) -> None:
    run(
        connection,
        "CREATE TABLE a (x integer)",
        "CREATE TABLE b (x integer)",
        "CREATE TABLE c (x integer)",
        "CREATE VIEW v AS SELECT x FROM a",
    )
    found = introspect(connection, tables=["c", (None, "a"), "v", "a"])
    assert [(table.name, table.kind) for table in found] == [
        ("a", "table"),
        ("c", "table"),
        ("v", "view"),
    ]


def test_views_are_read_where_they_are_asked_for(connection: BaseDatabaseWrapper) -> None:
    run(connection, "CREATE TABLE a (x integer)", "CREATE VIEW v AS SELECT x FROM a")
    assert [table.name for table in introspect(connection)] == ["a"]
    with_views = introspect(connection, views=True)
    assert [table.name for table in with_views] == ["a", "v"]
    assert [view.name for view in with_views.views] == ["v"]
    assert with_views.views[0].sql
    assert table_keys(connection) == ((None, "a"),)
    assert table_keys(connection, views=True) == ((None, "a"), (None, "v"))


def test_the_tables_that_point_to_one_are_found(connection: BaseDatabaseWrapper) -> None:
    run(
        connection,
        "CREATE TABLE parent (id integer PRIMARY KEY, up integer, FOREIGN KEY (up) REFERENCES parent (id))",
        "CREATE TABLE child (p integer, q integer, FOREIGN KEY (p) REFERENCES parent (id)"
        ", FOREIGN KEY (q) REFERENCES parent (id))",
        "CREATE TABLE stranger (c integer)",
    )
    with recorded(connection) as queries:
        assert referencing_tables(connection, "parent") == ((None, "child"), (None, "parent"))
        assert referencing_tables(connection, "stranger") == ()
    assert len(queries) == 2


def make_tables(connection: BaseDatabaseWrapper, numbers: range) -> None:
    run(
        connection,
        *(
            f"CREATE TABLE t{n} (id integer PRIMARY KEY, a integer UNIQUE, b integer CHECK (b > 0)"
            f", FOREIGN KEY (a) REFERENCES t{max(n - 1, 0)} (id))"
            for n in numbers
        ),
        *(f"CREATE INDEX i{n} ON t{n} (a, b)" for n in numbers),
    )


def test_the_number_of_queries_does_not_grow_with_that_of_tables(
    connection: BaseDatabaseWrapper,
) -> None:
    make_tables(connection, range(10))
    with recorded(connection) as few:
        assert len(introspect(connection, views=True).tables) == 10
    make_tables(connection, range(10, 300))
    with recorded(connection) as many:
        assert len(introspect(connection, views=True).tables) == 300
    assert len(many) == len(few) <= 11
    with recorded(connection) as one:
        introspect_table(connection, "t250")
    assert len(one) <= 8
    with recorded(connection) as keys:
        assert len(table_keys(connection)) == 300
    assert len(keys) == 1


def test_a_schema_that_is_made_again_is_equal(
    connection: BaseDatabaseWrapper, wipe: Callable[[BaseDatabaseWrapper], None]
) -> None:
    make_tables(connection, range(5))
    before = introspect(connection)
    wipe(connection)
    run(connection, "CREATE TABLE other (x integer)", "DROP TABLE other")
    make_tables(connection, range(5))
    assert introspect(connection) == before


def test_rows_change_no_facts(connection: BaseDatabaseWrapper) -> None:
    identity = {
        "sqlite": "integer PRIMARY KEY AUTOINCREMENT",
        "postgresql": "serial PRIMARY KEY",
        "mysql": "integer AUTO_INCREMENT PRIMARY KEY",
    }[connection.vendor]
    run(connection, f"CREATE TABLE t (id {identity}, a integer)")
    before = introspect(connection)
    run(connection, *["INSERT INTO t (a) VALUES (1)"] * 5)
    assert introspect(connection) == before


@pytest.mark.usefixtures("corpus_schema")
def test_each_schema_of_the_corpus_is_read_the_same_way_table_by_table(
    connection: BaseDatabaseWrapper,
) -> None:
    found = introspect(connection, views=True, partitions=True)
    assert found.tables
    assert all(table.columns for table in found)
    for table in found:
        assert introspect_table(connection, table.name, table.schema) == table
    assert introspect(connection, tables=[table.key for table in found]).tables == found.tables


def test_a_schema_of_the_corpus_that_is_loaded_again_is_equal(
    connection: BaseDatabaseWrapper,
    corpus: Callable[[str], Path],
    wipe: Callable[[BaseDatabaseWrapper], None],
) -> None:
    corpus("chinook")
    before = introspect(connection, views=True)
    assert len(before.tables) == 11
    wipe(connection)
    corpus("chinook")
    assert introspect(connection, views=True) == before


def _is_the_server_s(name: str) -> bool:
    """hypothesis draws names from the code, too: catalogs of PostgreSQL's come first in any path."""
    return name.startswith(("sqlite_", "pg_")) or name in SYSTEM_COLUMNS


SYSTEM_COLUMNS = ("ctid", "tableoid", "xmin", "xmax", "cmin", "cmax")
NAMES = st.text(
    st.characters(codec="utf-8", max_codepoint=0xFFFF, exclude_characters="\0"),
    min_size=1,
    max_size=15,
).filter(lambda name: name == name.strip() and not _is_the_server_s(name.lower()))


@given(table=NAMES, column=NAMES)
@hypothesis_settings(max_examples=60)
def test_any_name_that_a_database_takes_is_read_back(
    connection: BaseDatabaseWrapper, table: str, column: str
) -> None:
    quoted_table, quoted_column = quoted(connection, table, column)
    run(connection, f"CREATE TABLE {quoted_table} ({quoted_column} integer NOT NULL)")
    try:
        read: Table | None = introspect_table(connection, table)
        assert read is not None
        assert (read.name, read.column_names) == (table, (column,))
    finally:
        run(connection, f"DROP TABLE {quoted_table}")
