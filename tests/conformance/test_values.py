"""Values of Python's in DDL, where nothing can be bound: what a row holds is what was said."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import pytest
from django.db import Error, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from kit_django.schema.values import literal
from tests.schemas import rows_of, run, schema_of

UTC = datetime.UTC
VALUES = {
    "uuid": uuid.UUID(int=5),
    "date": datetime.date(2024, 2, 29),
    "datetime": datetime.datetime(2024, 2, 29, 12, 30, 1, 5, tzinfo=UTC),
    "time": datetime.time(12, 30, 1),
    "duration": datetime.timedelta(days=2, microseconds=3),
    "decimal": Decimal("-12.50"),
    "float": 0.5,
    "integer": -7,
    "boolean": True,
    "binary": b"\x00'\\%s\xff",
    "string": 'it\'s 100% \\ "ä"',
    "json": {"a": [1, "it's 100%"], "b": None},
    "ip_address": "10.0.0.1",
}
COMPARABLE = sorted({*VALUES} - {"json", "binary", "float"})


def table(schema):
    with schema.create_table("t") as table:
        table.id()
        table.integer("n")
        for name, value in VALUES.items():
            getattr(table, name)(f"{name}_d", default=value)
        for name in COMPARABLE:
            getattr(table, name)(name, null=True)
            table.check(~Q(**{name: VALUES[name]}), name=f"not_{name}")


def test_defaults_are_what_was_said(connection):
    run(connection, table, lambda schema: schema.run_sql("INSERT INTO t (n) VALUES (1)"))
    with schema_of(connection) as schema:
        row = schema.model("t").objects.get()
        found = {name: getattr(row, f"{name}_d") for name in VALUES}
    found["binary"] = bytes(found["binary"])
    if not connection.features.has_native_duration_field:
        found["duration"] = datetime.timedelta(microseconds=found["duration"])
    assert found == VALUES


def test_checks_mean_what_was_said(connection):
    run(connection, table)
    with schema_of(connection) as schema:
        rows = schema.model("t").objects
        for name in COMPARABLE:
            with pytest.raises(Error), transaction.atomic():
                rows.create(n=1, **{name: VALUES[name]})
            rows.create(n=1, **{name: None})
        assert rows.count() == len(COMPARABLE)


@pytest.mark.databases("sqlite", "postgresql")
def test_conditions_of_indexes_mean_what_was_said(connection):
    run(connection, table)

    def change(schema):
        for name in COMPARABLE:
            schema.create_index(
                "t",
                ["n"],
                unique=True,
                name=f"i_{name}",
                where=Q(**{f"{name}_d": VALUES[name], "n": F("id")}),
            )

    run(connection, change)


LITERALS = [
    (None, "NULL"),
    (True, "1"),
    (-7, "-7"),
    (Decimal("1.50"), "1.50"),
    (gettext_lazy("it's"), "'it''s'"),
    ("a\\b", "'a\\\\b'"),
    (b"\x00'", "x'0027'"),
    (memoryview(b"ab"), "x'6162'"),
    (uuid.UUID(int=5), "'00000000-0000-0000-0000-000000000005'"),
    (datetime.date(2024, 2, 29), "'2024-02-29'"),
    (datetime.datetime(2024, 2, 29, 12, tzinfo=UTC), "'2024-02-29 12:00:00+00:00'"),
    (datetime.time(1, 2, 3, 4), "'01:02:03.000004'"),
    (datetime.timedelta(days=-2, microseconds=3), "'-47:59:59.999997'"),
    (["it's", 1, None], "('it''s',1,NULL)"),
]


@pytest.mark.databases("mysql")
@pytest.mark.parametrize(("value", "written"), LITERALS, ids=lambda each: type(each).__name__)
def test_a_literal_is_no_matter_of_the_driver(connection, value, written):
    assert literal(connection, value).replace(", ", ",") == written


@pytest.mark.databases("postgresql")
def test_numbers_that_are_none(connection):
    def change(schema):
        with schema.create_table("t") as table:
            table.id()
            table.float("i", default=float("-inf"))
        schema.run_sql("INSERT INTO t (id) VALUES (1)")

    run(connection, change)
    ((row,),) = rows_of(connection).values()
    assert row["i"] == float("-inf")
    assert literal(connection, Decimal("NaN")) == "'NaN'::numeric"
