"""Which columns a text names, and a column's new name in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit_django.schema.dialects import dialect_named
from kit_django.schema.sql.mentions import fires_on, mentioned_columns, mentions_row, renamed
from tests.schema.sql.made_up import DIALECTS, expressions

NAMES = [
    "text",
    "day",
    "code",
    "upper",
    "x",
    "a",
    "A",
    "date",
    "name",
    "year",
    "time",
    "partition",
    "b c",
    "é",
    "É",
]


@pytest.mark.parametrize(
    ("sql", "vendor", "wanted"),
    [
        ("(x)::text = 'day'", "postgresql", {"x"}),
        ("x::date > '2020-01-01'::text::date", "postgresql", {"x"}),
        ("cast(x as text) = text", "sqlite", {"x", "text"}),
        ("CAST(x AS date)", "mysql", {"x"}),
        ("codes @> ARRAY[upper(code)]", "postgresql", {"code"}),
        ("[b c] = 1", "sqlite", {"b c"}),
        ("EXTRACT(year FROM day) = 1", "postgresql", {"day"}),
        ("x > now() - INTERVAL 1 day", "mysql", {"x"}),
        ("x > '1 day'::interval day", "postgresql", {"x"}),
        ("date '2020-01-01' < x", "postgresql", {"x"}),
        ("x AT TIME ZONE 'UTC' > day", "postgresql", {"x", "day"}),
        ('name COLLATE "text" = x', "postgresql", {"name", "x"}),
        ("name COLLATE a = x", "sqlite", {"name", "x", } ),
        ("t.code > public.day(x)", "postgresql", {"code", "x"}),
        ('"A" > 0', "postgresql", {"A"}),
        ("A > 0", "postgresql", {"a"}),
        ('"A" > 0', "sqlite", {"a", "A"}),
        ("É > 0", "sqlite", {"É"}),
        ("`É` > 0", "mysql", {"é", "É"}),
        ('"a" = x', "mysql", {"x"}),
        ("upper(name) = 'code' /* day */", "postgresql", {"name"}),
        ("TRIM(BOTH FROM name) <> substring(code FROM 2)", "postgresql", {"name", "code"}),
        ("CASE WHEN x THEN a ELSE day END", "sqlite", {"x", "a", "A", "day"}),
        ("convert(x, date) > convert(name using text)", "mysql", {"x", "name"}),
        ("BINARY x = BINARY (name)", "mysql", {"x", "name"}),
        ("concat(VARIADIC x) = name", "postgresql", {"x", "name"}),
        ("x > time with time zone '10:00' AND time without time zone '9:00' < name", "postgresql",
         {"x", "name"}),
        # What is no expression, or none that is understood.
        ("EXCLUDE USING gist (code WITH =, x text WITH &&) WHERE ((day)::text > '')", "postgresql",
         {"code", "x", "day"}),
        ('"a" COLLATE "x" DESC, "code"', "sqlite", {"a", "A", "code"}),
        ("`name`(10), `x` DESC", "mysql", {"name", "x"}),
        ("sum(x::timestamp without time zone) OVER (PARTITION BY cast(day AS text)) > code",
         "postgresql", {"x", "day", "code"}),
        ("x > 'open", "postgresql", {"x"}),
    ],
)  # fmt: skip
def test_columns_that_a_text_names(sql: str, vendor: str, wanted: set[str]) -> None:
    assert mentioned_columns(sql, NAMES, dialect_named(vendor)) == wanted


@pytest.mark.parametrize(
    ("sql", "old", "vendor", "wanted"),
    [
        (
            "cast(text as text) || [text] -- text\n|| 'text' || text(\"Text\")",
            *("text", "sqlite"),
            "cast(\"new\" as text) || \"new\" -- text\n|| 'text' || text(\"new\")",
        ),
        ("(text)::text = t.text", "text", "postgresql", '("new")::text = t."new"'),
        ('"A" > a', "a", "postgresql", '"A" > "new"'),
        ("`a` > A", "a", "mysql", "`new` > `new`"),
        ("EXCLUDE USING gist (gist WITH =)", "gist", "postgresql",
         'EXCLUDE USING gist ("new" WITH =)'),
    ],
)  # fmt: skip
def test_a_column_renamed_in_a_text(sql: str, old: str, vendor: str, wanted: str) -> None:
    assert renamed(sql, old, "new", dialect_named(vendor)) == wanted


def test_no_text_names_nothing() -> None:
    assert mentioned_columns(None, NAMES, dialect_named("sqlite")) == set()


@given(st.data())
def test_there_and_back_again(data: st.DataObject) -> None:
    dialect = data.draw(st.sampled_from(DIALECTS))
    sql = data.draw(expressions(dialect)).written
    there = renamed(sql, "a", "fresh name", dialect)
    assert mentioned_columns(there, ["a"], dialect) == set()
    assert renamed(there, "fresh name", "a", dialect) == sql


def test_columns_of_the_row_that_a_trigger_names() -> None:
    mysql = dialect_named("mysql")
    sql = "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET new . `Name` = 'OLD.code'"
    assert mentions_row(sql, "name", mysql)
    assert not mentions_row(sql, "code", mysql)
    assert not mentions_row(sql, "x", mysql)


def test_columns_that_a_trigger_fires_on() -> None:
    sqlite = dialect_named("sqlite")
    sql = "CREATE TRIGGER t AFTER UPDATE OF a, [b c] ON x BEGIN SELECT code; END"
    assert [name for name in NAMES if fires_on(sql, name, sqlite)] == ["a", "A", "b c"]
    assert not fires_on("CREATE TRIGGER a AFTER UPDATE ON a BEGIN SELECT 1; END", "a", sqlite)
