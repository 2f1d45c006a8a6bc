"""Values of Python's in DDL, where nothing can be bound: what a row holds is what was said."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import pytest
from django.db import Error, transaction
from django.db.models import F, Q

from tests.schemas import run, schema_of

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
