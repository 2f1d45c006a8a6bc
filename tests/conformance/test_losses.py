"""A type that cannot hold what is there is refused beforehand; all else is the same value in it."""

from __future__ import annotations

import pytest

from kit_django.exceptions import OperationError
from tests.conformance.test_changes import altered
from tests.dumps import assert_same
from tests.schemas import run, undo


def kind(method, **options):
    return method, options


TEXT, DECIMAL = kind("string", max_length=40), kind("decimal", max_digits=8, decimal_places=2)
EVERYWHERE = ("sqlite", "postgresql", "mysql")
# What it is, a value, what it is to be, and where that is found before the database itself would say so.
LOST = [
    (TEXT, "abc", kind("integer"), ("sqlite",)),
    (TEXT, "1.5", kind("integer"), ("sqlite",)),
    (TEXT, "abc", DECIMAL, ("sqlite",)),
    (TEXT, "1.505", DECIMAL, ("postgresql", "mysql")),
    (TEXT, "abc", kind("float"), ("sqlite",)),
    (TEXT, "true", kind("boolean"), ("sqlite",)),
    (TEXT, "2021-02-30", kind("date"), ("sqlite",)),
    (TEXT, "2020-01-01 10:00:00", kind("date"), EVERYWHERE),
    (TEXT, "2020-01-01 10:00:00", kind("time"), EVERYWHERE),
    (TEXT, "2021-02-30 10:00:00", kind("datetime"), ("sqlite",)),
    (TEXT, "00000000-0000-0000-0000-000000000005", kind("char", length=32), EVERYWHERE),
    (TEXT, "longer", kind("string", max_length=5), EVERYWHERE),
    (TEXT, "ab ", kind("char", length=5), ("postgresql", "mysql")),
    (kind("text"), "longer", kind("string", max_length=5), EVERYWHERE),
    (kind("integer"), 123456, kind("string", max_length=5), ("sqlite", "postgresql")),
    (kind("integer"), 5, kind("boolean"), ("sqlite", "postgresql")),
    (kind("integer"), 5, kind("date"), ("sqlite",)),
    (kind("integer"), 5, kind("year"), ("mysql",)),
    (kind("big_integer"), 2**53 + 1, kind("float"), EVERYWHERE),
    (kind("float"), 1.5, kind("integer"), EVERYWHERE),
    (kind("float"), 0.1 + 0.2, kind("string", max_length=40), ("sqlite",)),
    (kind("datetime"), "2020-01-01 10:00:00", kind("date"), EVERYWHERE),
    (kind("datetime"), "2020-01-01 10:00:00", kind("time"), EVERYWHERE),
    (
        kind("datetime"),
        "2020-01-01 10:00:00",
        kind("string", max_length=9),
        ("sqlite", "postgresql"),
    ),
    (kind("date"), "2020-01-01", kind("time"), EVERYWHERE),
    (kind("time"), "10:00:00", kind("date"), ("sqlite", "mysql")),
    (kind("json"), '{"a": 12345}', kind("string", max_length=5), EVERYWHERE),
]
KEPT = [
    (TEXT, "007", kind("integer"), "7"),
    (TEXT, "1.50", DECIMAL, "1.5"),
    (TEXT, "2020-02-29", kind("date"), "2020-02-29"),
    (TEXT, "2020-02-29 10:00:00.5", kind("datetime"), "2020-02-29 10:00:00.500000"),
    (TEXT, "10:00:00", kind("time"), "10:00:00"),
    (TEXT, "10.0.0.1", kind("ip_address"), "10.0.0.1"),
    (kind("ip_address"), "10.0.0.1", TEXT, "10.0.0.1"),
    (kind("integer"), 1, kind("boolean"), "True"),
    (kind("integer"), 2021, kind("year"), "2021"),
    (kind("date"), "2020-01-01", kind("datetime"), "2020-01-01 00:00:00"),
    (kind("float"), 1.25, DECIMAL, "1.25"),
    (DECIMAL, "1.25", kind("float"), "1.25"),
]


def given(pairs):
    """A table with a column of each type, and a row with each value, after one that has none."""

    def make(schema):
        with schema.create_table("t") as table:
            table.id()
            for number, ((method, options), *_) in enumerate(pairs):
                getattr(table, method)(f"c{number}", null=True, **options)
        values = [value for _, value, *_ in pairs]
        names = [f"c{number}" for number in range(len(pairs))]
        schema.execute("INSERT INTO t (id) VALUES (1)")
        schema.execute(
            f"INSERT INTO t (id, {', '.join(names)}) VALUES (2, {', '.join(['%s'] * len(values))})",
            values,
        )

    return make


def changed(number, to):
    method, options = to
    return altered(lambda table: getattr(table.change(f"c{number}"), method)(**options), "t")


def test_what_is_lost(connection, vendor, dump):
    run(connection, given(LOST))
    before = dump(connection)
    for number, (_, _, to, vendors) in enumerate(LOST):
        if vendor in vendors:
            told = f"Column 'c{number}' of 't' holds values that .* cannot hold as they are: 1 row"
            with pytest.raises(OperationError, match=told):
                run(connection, changed(number, to))
    assert_same(dump(connection), before)


def test_what_is_kept(connection):
    run(connection, given(KEPT), *(changed(at, to) for at, (_, _, to, _) in enumerate(KEPT)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM t WHERE id = 2")
        (_, *found) = cursor.fetchone()
    for value, (_, _, to, expected) in zip(found, KEPT, strict=True):
        if to == kind("boolean"):
            value = bool(value)
        elif to in (DECIMAL, kind("float")):
            value = float(value)
        assert str(value).removesuffix("+00:00") == expected


def test_an_address_has_no_mask_after_the_way_back(connection):
    change = altered(lambda table: table.change("c0").ip_address().was.string(max_length=40), "t")
    run(connection, given([(TEXT, "10.0.0.1")]), change)
    undo(connection, change)
    with connection.cursor() as cursor:
        cursor.execute("SELECT c0 FROM t WHERE id = 2")
        assert cursor.fetchone() == ("10.0.0.1",)
