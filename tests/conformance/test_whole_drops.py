"""What is dropped comes back as it was, or the drop is refused; a function's name is no column's."""

from __future__ import annotations

import re

import pytest

from kit_django.exceptions import Irreversible, OperationError
from tests.conformance.test_changes import altered
from tests.dumps import assert_same, indexes_in_any_order
from tests.schemas import run, table_of, undo

INDEXES = {
    "partial": ("sqlite postgresql", "CREATE INDEX i ON t (a) WHERE b > 1"),
    "unique and partial": ("sqlite postgresql", "CREATE UNIQUE INDEX i ON t (a) WHERE b > 1"),
    "descending": ("sqlite postgresql mysql", "CREATE INDEX i ON t (a DESC)"),
    "covering": ("postgresql", "CREATE INDEX i ON t (a) INCLUDE (b)"),
    "of a method": ("postgresql", "CREATE INDEX i ON t USING hash (a)"),
    "collated": ("sqlite", "CREATE INDEX i ON t (a COLLATE nocase)"),
    "plain": ("sqlite postgresql mysql", "CREATE INDEX t_a_index ON t (a)"),
}


@pytest.mark.parametrize(("vendors", "index"), INDEXES.values(), ids=INDEXES.keys())
def test_an_index_comes_back_whole(connection, dump, vendor, vendors, index):
    if vendor not in vendors.split():
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (id integer NOT NULL PRIMARY KEY, a integer, b integer)")
        cursor.execute(index)
    before = dump(connection)
    drop = altered(lambda table: table.drop_index(["a"]), "t")
    try:
        run(connection, drop)
        undo(connection, drop)
    except (OperationError, Irreversible):
        assert index != INDEXES["plain"][1]
    assert_same(dump(connection), before, indexes_in_any_order)


def test_a_column_that_is_called_like_a_function_can_go(connection, dump):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE t (id integer NOT NULL PRIMARY KEY, name varchar(9), lower integer,"
            " abs integer, CONSTRAINT small CHECK (lower(name) <> 'x' AND abs(id) < 9))"
        )
    run(connection, altered(lambda table: table.drop("lower"), "t"))
    run(connection, altered(lambda table: table.rename("abs", "size"), "t"))
    table = table_of(connection, "t")
    assert table.column_names == ("id", "name", "size")
    (check,) = table.checks
    assert re.search(r"(lower|lcase)\(", check.sql)  # MariaDB has another word for it
    assert "abs(" in check.sql
