"""PostgreSQL's words for arrays, so that it reads what it meant."""

from __future__ import annotations

import pytest

from kit_django.schema.dialects import dialect_named
from kit_django.schema.sql.restored import restorable

XY = "ARRAY['x'::character varying, 'it''s (y]'::character varying]"


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        (
            f"(a)::text = ANY (({XY})::text[])",
            f"(a)::text = ANY (({XY}::character varying[])::text[])",
        ),
        (f"a::text = ANY ({XY}::text[])", f"a::text = ANY ({XY}::character varying[]::text[])"),
        (
            f"({XY})::text[] <> ({XY})::text[]",
            f"({XY}::character varying[])::text[] <> ({XY}::character varying[])::text[]",
        ),
        (f"v <@ {XY}", None),
        ("c = ANY (ARRAY['q'::text, 'r'::text])", None),
        ("a = ANY (ARRAY[('m'::character varying)::text])", None),
        ("n = ANY ((ARRAY[1, 2])::bigint[])", None),
        ("(ARRAY['x'::character varying, 'y'])::text[]", None),
        ("(ARRAY[]::text[])::character varying[]", None),
        ("b = '(ARRAY[''x''::character varying])::text[]'", None),
        ("unreadable (ARRAY['x::text", None),
        (f"(({XY}::character varying[])::text[])", None),
        (f"({XY}::character varying[]::text[])", None),
        ("(ARRAY['a'::varchar || b])::text[]", None),
        ('(ARRAY[a::varchar COLLATE "C"])::text[]', None),
        ("(ARRAY[a::integer AND b])::text[]", None),
        ("(ARRAY[a::integer + 1, b::integer + 1])::text[]", None),
    ],
)
def test_an_array_keeps_its_own_type_below_a_cast(sql: str, written: str | None) -> None:
    assert restorable(sql, dialect_named("postgresql")) == (written or sql)
    assert restorable(sql, dialect_named("sqlite")) == sql
