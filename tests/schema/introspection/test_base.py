"""The way through Django's own introspection, tried on the databases that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kit_django.exceptions import NotSupported
from kit_django.schema.introspection import base, table_keys
from kit_django.schema.introspection.scope import Scope
from kit_django.schema.quoting import quote_name
from tests.schema.introspection.sql import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

WHOLE = Scope()


def test_tables_columns_keys_and_indexes_are_told(connection: BaseDatabaseWrapper) -> None:
    run(
        connection,
        "CREATE TABLE p (id integer PRIMARY KEY, a varchar(10) NOT NULL, b decimal(5, 2) DEFAULT 5)",
        "CREATE TABLE t (x integer UNIQUE, y integer, FOREIGN KEY (y) REFERENCES p (id))",
        "CREATE INDEX i ON t (y, x)",
        "CREATE VIEW v AS SELECT x FROM t",
    )
    found = base.read(connection, WHOLE)
    assert [table.name for table in found] == ["p", "t"]
    p, t = found.tables
    assert p.primary_key is not None
    assert p.primary_key.columns == ("id",)
    assert p.column_names == ("id", "a", "b")
    assert p.column("a").type == "varchar(10)"
    assert (p.column("a").null, p.column("b").null) == (False, True)
    assert "5" in (p.column("b").default or "")
    assert [unique.columns for unique in t.uniques] == [("x",)]
    assert ("y", "x") in [index.columns for index in t.indexes]
    assert [(key.columns, key.to_table, key.to_columns) for key in t.foreign_keys] == [
        (("y",), "p", ("id",))
    ]
    assert base.referencing_tables(connection, (None, "p")) == ((None, "t"),)
    assert base.read(connection, Scope.one((None, "v"))).tables[0].kind == "view"


def test_the_keys_are_those_that_kits_own_readers_find(
    connection: BaseDatabaseWrapper, corpus: Callable[[str], Path]
) -> None:
    corpus("chinook")
    assert base.table_keys(connection, WHOLE) == table_keys(connection)
    assert [table.key for table in base.read(connection, WHOLE)] == list(table_keys(connection))


def test_a_name_that_django_would_not_quote_right_is_refused(
    connection: BaseDatabaseWrapper,
) -> None:
    name = "x\"`'; DROP TABLE victim; --"
    run(connection, "CREATE TABLE victim (a integer)")
    run(connection, f"CREATE TABLE {quote_name(connection, name)} (a integer)")
    with pytest.raises(NotSupported, match=r"victim.*cannot be read"):
        base.read(connection, WHOLE)
    assert (None, "victim") in base.table_keys(connection, WHOLE)
    only = base.read(connection, Scope.one((None, "victim")))
    assert [table.name for table in only] == ["victim"]
