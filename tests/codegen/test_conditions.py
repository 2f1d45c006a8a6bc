"""SQL conditions as Q, where Django says exactly the same; nothing where it does not."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit_django.codegen.inference.conditions import Conditions, FieldFacts
from kit_django.codegen.inference.defaults import db_default
from kit_django.codegen.source.imports import Imports
from kit_django.codegen.source.rendering import render
from kit_django.schema.constructs import Call
from kit_django.schema.dialects import dialect_named
from kit_django.schema.facts import Column
from kit_django.schema.sql.expressions import parse
from kit_django.schema.sql.nodes import Literal

if TYPE_CHECKING:
    from kit_django.schema.constructs import Value

KINDS = {
    "price": ("decimal", False),
    "stars": ("integer", False),
    "spare": ("integer", True),
    "name": ("text", False),
    "nick": ("text", True),
    "is_on": ("boolean", False),
    "day": ("date", True),
    "owner_id": ("relation", True),
}
FIELDS = {
    column: FieldFacts(column.removesuffix("_id"), column, kind, null)
    for column, (kind, null) in KINDS.items()
}


def q(sql: str, vendor: str = "postgresql", *, bare_booleans: bool = True) -> str | None:
    found = Conditions(dialect_named(vendor), FIELDS, bare_booleans).q(sql)
    return None if found is None else render(found, Imports())


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("stars > 3", "models.Q(stars__gt=3)"),
        ("(stars >= 1)", "models.Q(stars__gte=1)"),
        ("3 < stars", "models.Q(stars__gt=3)"),
        ("price > (0)::numeric", "models.Q(price__gt=0)"),
        ("price > 0.5", "models.Q(price__gt=Decimal('0.5'))"),
        ("stars < spare", "models.Q(stars__lt=models.F('spare'))"),
        ("spare IS NULL", "models.Q(spare__isnull=True)"),
        ("spare IS NOT NULL", "models.Q(spare__isnull=False)"),
        ("owner_id IS NULL", "models.Q(owner__isnull=True)"),
        ("owner_id > 3", "models.Q(owner_id__gt=3)"),
        ("is_on", "models.Q(is_on=True)"),
        ("NOT is_on", "models.Q(is_on=False)"),
        ("(name)::text = 'it''s'::text", 'models.Q(name="it\'s")'),
        ("name <> ''", "~models.Q(name='')"),
        ("stars >= 1 AND stars <= 5", "models.Q(stars__gte=1, stars__lte=5)"),
        ("stars <= 5 AND price > 0", "models.Q(stars__lte=5) & models.Q(price__gt=0)"),
        ("stars > 5 OR is_on", "models.Q(stars__gt=5) | models.Q(is_on=True)"),
        ("day >= '2020-01-01'::date", "models.Q(day__gte='2020-01-01')"),
        (
            "(name)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])",
            "models.Q(name__in=['a', 'b'])",
        ),
        (
            "(stars > 5 OR is_on) AND price > 0",
            "(models.Q(stars__gt=5) | models.Q(is_on=True)) & models.Q(price__gt=0)",
        ),
        ("stars > 3 -- and more", "models.Q(stars__gt=3)"),
        ("stars = ANY (ARRAY[1, 2])", "models.Q(stars__in=[1, 2])"),
    ],
)
def test_conditions_that_django_has(sql: str, wanted: str) -> None:
    assert q(sql) == wanted


@pytest.mark.parametrize(
    "sql",
    [
        "length(name) > 3",
        "name ~~ 'a%'",
        "nick <> ''",  # Django would let null through
        "stars + 1 > 2",
        "is_on = true",
        "stars > '3'",
        "missing > 3",
        "stars > 3; DROP TABLE victim",
        "CASE WHEN is_on THEN stars > 1 END",
        "(stars)::text > 'a'",
        "EXISTS (SELECT 1)",
        "",
        "((((",
    ],
)
def test_conditions_that_it_has_not(sql: str) -> None:
    assert q(sql) is None


@pytest.mark.parametrize(
    ("sql", "vendor", "wanted"),
    [
        ("[stars]>=(0)", "sqlite", "models.Q(stars__gte=0)"),
        ("`stars` in (1,2)", "mysql", "models.Q(stars__in=[1, 2])"),
        ("`stars` between 1 and 3", "mysql", "models.Q(stars__range=(1, 3))"),
        ("`name` = _utf8mb4'it\\'s'", "mysql", 'models.Q(name="it\'s")'),
        ("STARS > 1", "sqlite", "models.Q(stars__gt=1)"),
    ],
)
def test_other_dialects(sql: str, vendor: str, wanted: str) -> None:
    assert q(sql, vendor) == wanted


@pytest.mark.parametrize(
    ("sql", "bare", "wanted"),
    [
        ("is_on = 1", False, "models.Q(is_on=True)"),
        ("is_on IN (0, 1)", True, "models.Q(is_on__in=[False, True])"),
        ("NOT is_on", True, "models.Q(is_on=False)"),
        ("is_on = 1", True, None),
        ("is_on = 2", False, None),
        ("is_on <> 0", False, None),
        ("NOT is_on", False, None),
    ],
)
def test_booleans_are_said_as_django_says_them(sql: str, bare: bool, wanted: str | None) -> None:
    assert q(sql, "sqlite", bare_booleans=bare) == wanted


@given(st.text(max_size=40))
def test_no_text_breaks_the_parser(sql: str) -> None:
    for vendor in ("sqlite", "postgresql", "mysql"):
        parse(sql, dialect_named(vendor))


@given(st.text(st.characters(exclude_characters="\0\\"), max_size=20))
def test_a_string_is_the_string(text: str) -> None:
    literal = "'" + text.replace("'", "''") + "'"
    assert parse(literal, dialect_named("postgresql")) == Literal(text)


def default(sql: str, field: str, vendor: str = "postgresql") -> Value:
    call = Call(f"django.db.models.{field}")
    return db_default(Column("x", "y", default=sql), call, dialect_named(vendor))


RAW = "django.db.models.expressions.RawSQL"


@pytest.mark.parametrize(
    ("sql", "field", "wanted"),
    [
        ("3", "IntegerField", 3),
        ("'-3'::integer", "IntegerField", -3),
        ("9.90", "DecimalField", Decimal("9.90")),
        ("'x'::character varying", "CharField", "x"),
        ("true", "BooleanField", True),
        ("now()", "DateTimeField", Call("django.contrib.postgres.functions.TransactionNow")),
        ("statement_timestamp()", "DateTimeField", Call("django.db.models.functions.Now")),
        ("CURRENT_DATE", "DateField", Call(RAW, "CURRENT_DATE", [])),
        ("'x'::text", "IntegerField", Call(RAW, "'x'::text", [])),
        ("'0.5'::double precision", "FloatField", 0.5),
        ("'::1'::inet", "GenericIPAddressField", "::1"),
        ("'{}'::jsonb", "JSONField", {}),
        ("'{\"a\": 1}'::jsonb", "JSONField", Call(RAW, "'{\"a\": 1}'::jsonb", [])),
        ("'\\x'::bytea", "BinaryField", b""),
        ("'7 days'::interval", "DatabaseTypeField", "7 days"),
        (
            "('now'::text)::timestamp without time zone",  # another moment for each row
            "DatabaseTypeField",
            Call(RAW, "('now'::text)::timestamp without time zone", []),
        ),
        ("NULL", "CharField", None),
        ("NULL::counter", "CharField", Call(RAW, "NULL::counter", [])),  # the type has a default
    ],
)
def test_defaults(sql: str, field: str, wanted: Value) -> None:
    assert default(sql, field) == wanted


@pytest.mark.parametrize(
    ("sql", "vendor", "wanted"),
    [
        ("current_timestamp(6)", "mysql", Call("django.db.models.functions.Now")),
        ("current_timestamp()", "mysql", Call(RAW, "CURRENT_TIMESTAMP", [])),
        ("now(3)", "mysql", Call(RAW, "CURRENT_TIMESTAMP(3)", [])),
        ("concat(now(), 'X')", "mysql", Call(RAW, "concat(now(), 'X')", [])),
        ("CURRENT_TIMESTAMP", "sqlite", Call(RAW, "CURRENT_TIMESTAMP", [])),
        ("strftime('%y-%m-%d', 'now')", "sqlite", Call(RAW, "strftime('%%y-%%m-%%d', 'now')", [])),
        (
            "strftime('%y-%m-%d %h:%M:%f', 'now')",
            "sqlite",
            Call(RAW, "strftime('%%y-%%m-%%d %%h:%%M:%%f', 'now')", []),
        ),
        ("'100%' || x", "sqlite", Call(RAW, "'100%%' || x", [])),
        (
            "STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')",
            "sqlite",
            Call("django.db.models.functions.Now"),
        ),
    ],
)
def test_defaults_of_other_dialects(sql: str, vendor: str, wanted: Value) -> None:
    assert default(sql, "DateTimeField", vendor) == wanted
