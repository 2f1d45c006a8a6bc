"""Whether two texts mean the same: grouping counts, its parentheses do not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit_django.schema.dialects import dialect_named, dialect_of
from kit_django.schema.sql.expressions import parse
from kit_django.schema.sql.same import meaning_of_default, meaning_of_statement, same
from tests.schema.sql.made_up import DIALECTS, expressions, grouped, trees

EVERYWHERE = [dialect.vendor for dialect in DIALECTS]
ARRAY = "((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))"


@pytest.mark.parametrize("vendor", EVERYWHERE)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a or b and c", "((a) OR ((b AND c)))"),
        ("(a and b) and c", "a and (b and c)"),
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("not a = b", "NOT (a = b)"),
        ("not (a = b)", "a <> b"),
        ("a != 'x'", "a <> 'x'"),
        ("a in (1)", "a = 1"),
        ("a not in (1, 2)", "NOT a IN (1, 2)"),
        ("a between 1 and 2", "a >= 1 and a <= 2"),
        ("a > 1.0", "a > 1"),
        ("case when a then 1 else 2 end", "CASE WHEN (a) THEN (1) ELSE (2) END"),
        ("lower(a)", "LOWER ( (a) )"),
        ("-1 < a", "- 1 < a"),
        ("a is not null -- why", "(a) IS NOT NULL"),
        ("f(x => 1)", "F( x => 1 )"),  # word for word
    ],
)
def test_the_same_on_all_databases(one: str, other: str, vendor: str) -> None:
    assert same(one, other, dialect_named(vendor))


@pytest.mark.parametrize("vendor", EVERYWHERE)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(a or b) and c", "a or (b and c)"),
        ("(a + b) * c", "a + b * c"),
        ("a - (b - c)", "a - b - c"),
        ("not (a or b)", "not a or b"),
        ("(a = b) = c", "a = (b = c)"),
        ("(a in (1, 2)) or b", "a in (1, 2, b)"),
        ("a = 'x'", "a = 'X'"),
        ("a = 'b'", "a = b"),
        ("a in (1, 2)", "a in (2, 1, 3)"),
        ("a is null", "a is not null"),
        ("cast(a as integer)", "a"),
        ("a like 'x'", "a not like 'x'"),
        ("coalesce(a, b)", "coalesce(b, a)"),
        ("case when a then 1 end", "case when a then 1 else 2 end"),
        ("a collate x = b", "a = b"),
        ("(a, b) = (1, 2)", "a = 1"),
        ("", "a"),
        ("a = '(", "a = '(("),
    ],
)
def test_not_the_same_on_any_database(one: str, other: str, vendor: str) -> None:
    assert not same(one, other, dialect_named(vendor))


@pytest.mark.parametrize(
    ("one", "other", "vendor"),
    [
        ("a in ('x', 'y')", ARRAY, "postgresql"),
        ("a not in (1, 2)", "(a <> ALL (ARRAY[1, 2]))", "postgresql"),
        ("a > 0", "(a > (0)::numeric)", "postgresql"),
        ("a > 0", "a > '0'::integer", "postgresql"),
        ("a >= -5", "(a >= ('-5'::integer)::numeric)", "postgresql"),
        ("a > -1.5", "a > ('-1.5'::numeric)::double precision", "postgresql"),
        ("a in (-1, 2)", "(a = ANY (ARRAY['-1'::integer, 2]))", "postgresql"),
        ("a + -5 > b", "(a + '-5'::integer) > b", "postgresql"),
        ("a like 'x%'", "((a)::text ~~ 'x%'::text)", "postgresql"),
        ("a not ilike 'x%'", "((a)::text !~~* 'x%'::text)", "postgresql"),
        ("A > \"b\"", '"a" > b', "postgresql"),
        ("date '2020-01-01' < a", "'2020-01-01'::date < a", "postgresql"),
        ("cast(a as integer)", "(a)::integer", "postgresql"),
        ("a::varchar(3) = 'x'", "(a)::character varying(3) = 'x'::text", "postgresql"),
        ("a <@ '{1}'::pg_catalog.int4[]", "(a <@ '{1}'::integer[])", "postgresql"),
        ("[A] > `b`", '"a" > B', "sqlite"),
        ("a is null and b is not true", "(a IS (NULL)) AND (b IS NOT (TRUE))", "sqlite"),
        ("a >= '0'", "a >= CAST('0' AS NUMERIC)", "sqlite"),
        ("a == 1", "a = 1", "sqlite"),
        ("`A` > b", "a > `B`", "mysql"),
        ("a = _utf8mb4'x'", "a = 'x'", "mysql"),
        ("a && b || c", "a and b or c", "mysql"),
        ("a regexp 'x'", "a rlike 'x'", "mysql"),
        ("binary a = 'x'", "cast(a as char charset binary) = 'x'", "mysql"),
        ("a mod 2", "a % 2", "mysql"),
        ("convert(a, signed)", "cast(a as signed)", "mysql"),
    ],
)  # fmt: skip
def test_the_same_on_one_database(one: str, other: str, vendor: str) -> None:
    assert same(one, other, dialect_named(vendor))


@pytest.mark.parametrize(
    ("one", "other", "vendor"),
    [
        ('"A" > 0', "a > 0", "postgresql"),
        ("a::integer", "a::bigint", "postgresql"),
        ("a::numeric(4,2) > 1", "a::numeric(4,1) > 1", "postgresql"),
        ("a::varchar(3) = 'x'", "a = 'x'", "postgresql"),
        ("a = ANY (b)", "a = ALL (b)", "postgresql"),
        ("a || b || c", "a || (b || c)", "postgresql"),
        ("(a -> 'b') ->> 'c'", "a -> ('b' ->> 'c')", "postgresql"),
        ("a[1] = 1", "a[2] = 1", "postgresql"),
        ("'2020-01-01'::date < a", "'2020-01-01'::text < a", "postgresql"),
        ("É > 0", "é > 0", "sqlite"),
        ("x'0a' = a", "'0a' = a", "sqlite"),
        ("a is b", "a = b", "sqlite"),
        ("a is null + 1", "(a is null) + 1", "sqlite"),
        ("a is true < 1", "(a is true) < 1", "sqlite"),
        ("a + interval 1 day > b", "a + interval 1 hour > b", "mysql"),
        ("a <=> b", "a = b", "mysql"),
        ("a xor b", "a or b", "mysql"),
        ("binary a + 1 = 2", "binary (a + 1) = 2", "mysql"),
    ],
)
def test_not_the_same_on_one_database(one: str, other: str, vendor: str) -> None:
    assert not same(one, other, dialect_named(vendor))


@given(st.data())
def test_parentheses_that_group_nothing_else_do_not_count(data: st.DataObject) -> None:
    dialect = data.draw(st.sampled_from(DIALECTS))
    made = data.draw(expressions(dialect))
    assert parse(made.written, dialect) is not None
    assert same(made.written, made.grouped, dialect)
    assert same(made.grouped, made.written, dialect)


@given(st.data())
def test_grouping_counts(data: st.DataObject) -> None:
    dialect = data.draw(st.sampled_from(DIALECTS))
    one, two, three = (data.draw(trees(dialect)) for _ in range(3))
    first, second = data.draw(
        st.permutations(["OR", "AND", "=", "+", "*", "-", "/"]).map(lambda each: each[:2])
    )
    left = grouped((second, (first, one, two), three))
    right = grouped((first, one, (second, two, three)))
    assert not same(left, right, dialect)


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_the_texts_are(one: str, other: str) -> None:
    for dialect in DIALECTS:
        assert same(one, one, dialect)
        assert same(one, other, dialect) == same(other, one, dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.vendor)
@pytest.mark.parametrize(
    "sql", ["(" * 5000 + "a" + ")" * 5000, "a" + " + a" * 5000, "NOT " * 5000 + "a", "(" * 5000]
)
def test_what_is_too_deep_is_compared_word_for_word(dialect, sql):
    assert parse(sql, dialect) is None
    assert same(sql, sql.lower(), dialect)
    assert not same(sql, f"{sql} + 1", dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.vendor)
def test_what_is_long_is_read(dialect):
    sql = " AND ".join(f"a <> {number}" for number in range(3000))
    assert same(sql, f"({sql})", dialect)


@pytest.mark.parametrize(
    ("one", "other", "vendor", "are_same"),
    [
        ("'x'::character varying", "'x'", "postgresql", True),
        ("'0'::numeric", "0", "postgresql", True),
        ("now()", "CURRENT_TIMESTAMP", "postgresql", True),
        ("'now'::text::timestamp", "'now'::timestamp", "postgresql", False),
        ("'a'::text", "'A'::text", "postgresql", False),
        ("(a + 1) * 2", "a + 1 * 2", "postgresql", False),
        ("'0'", "0", "mysql", True),
        ("current_timestamp()", "CURRENT_TIMESTAMP", "mysql", True),
        ("current_timestamp(6)", "CURRENT_TIMESTAMP", "mysql", False),
        ("true", "1", "sqlite", True),
        ("('x')", "'x'", "sqlite", True),
    ],
)
def test_defaults(one: str, other: str, vendor: str, are_same: bool) -> None:
    dialect = dialect_named(vendor)
    found = meaning_of_default(one, dialect) == meaning_of_default(other, dialect)
    assert found == are_same


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ('CREATE INDEX "i" ON "t" (lower("a"), b)', "create index i on t ((lower(a)), b)", True),
        ("CREATE INDEX i ON t (a) WHERE (a > 1)", "CREATE INDEX i ON t (a) WHERE a > 1", True),
        ("CONSTRAINT c CHECK ((a or b) and c)", "CONSTRAINT c CHECK (a or b and c)", False),
        ("CONSTRAINT c CHECK ((a or b))", "CONSTRAINT c CHECK (a or b)", True),
        ("CREATE INDEX i ON t (a, b)", "CREATE INDEX i ON t (b, a)", False),
        ("CREATE INDEX i ON t (a)", "CREATE INDEX j ON t (a)", False),
        ("CREATE INDEX i ON t (a) WHERE a > 1", "CREATE INDEX i ON t (a)", False),
    ],
)
def test_statements(one: str, other: str, are_same: bool) -> None:
    for dialect in DIALECTS:
        if '"' not in one or not dialect.reading.double_quoted_strings:
            found = meaning_of_statement(one, dialect) == meaning_of_statement(other, dialect)
            assert found == are_same


def test_two_pipes_join_texts_where_the_session_says_so() -> None:
    connection = SimpleNamespace(vendor="mysql", sql_mode={"PIPES_AS_CONCAT"})
    joining = dialect_of(cast("Any", connection))
    assert same("a || b", "a or b", dialect_named("mysql"))
    assert not same("a || b", "a or b", joining)
    assert same("a or b", "(a) OR b", joining)
