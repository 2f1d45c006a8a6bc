"""SQL cut into tokens: nothing is lost, and what has no end is said so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit_django.schema.dialects import dialect_named
from kit_django.schema.sql.parentheses import bare, is_literal, is_wrapped
from kit_django.schema.sql.tokens import is_readable, pieces, tokenize

DIALECTS = [dialect_named(vendor) for vendor in ("sqlite", "postgresql", "mysql")]
PIECES = st.sampled_from(
    [
        *"'\"`[]()$-/*\\#+=<>~!@%^&|?:;,. \n",
        *("a", "text", "E'", "x'", "$$", "$t$", "--", "/*", "*/", "1", "1.5e3", "0x1f"),
        *("::", "->>", "!~~*", "_utf8mb4", "é", "U&", "/*!"),
    ]
)


def cut(sql: str, vendor: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokenize(sql, dialect_named(vendor))]


@pytest.mark.parametrize(
    ("sql", "vendor", "wanted"),
    [
        ("[a b]", "sqlite", [("quoted", "[a b]")]),
        ("a[1]", "postgresql", [("word", "a"), ("symbol", "["), ("number", "1"), ("symbol", "]")]),
        ('"a"', "mysql", [("string", '"a"')]),
        ('"a"', "postgresql", [("quoted", '"a"')]),
        (r"'a\'b'", "mysql", [("string", r"'a\'b'")]),
        (r"'a\'", "postgresql", [("string", r"'a\'")]),
        (r"E'a\'b'", "postgresql", [("string", r"E'a\'b'")]),
        ("$x$it's$x$", "postgresql", [("string", "$x$it's$x$")]),
        ("_utf8mb4 'a'", "mysql", [("string", "_utf8mb4 'a'")]),
        ("1 /* a /* b */ c */", "postgresql", [("number", "1")]),
        ("1 /* a /* b */ 2", "sqlite", [("number", "1"), ("number", "2")]),
        ("1 # two\n3", "mysql", [("number", "1"), ("number", "3")]),
        ("1--2", "mysql", [("number", "1"), ("symbol", "-"), ("symbol", "-"), ("number", "2")]),
        ("1--2", "postgresql", [("number", "1")]),
        ("a!~~*b", "postgresql", [("word", "a"), ("symbol", "!~~*"), ("word", "b")]),
        ("a=-1", "postgresql", [("word", "a"), ("symbol", "="), ("symbol", "-"), ("number", "1")]),
        ("a@-1", "postgresql", [("word", "a"), ("symbol", "@-"), ("number", "1")]),
        ("a->>'b'", "sqlite", [("word", "a"), ("symbol", "->>"), ("string", "'b'")]),
        ("2nd", "mysql", [("word", "2nd")]),
        ("b'1'", "sqlite", [("word", "b"), ("string", "'1'")]),
        ("B'1'X'0a'", "postgresql", [("string", "B'1'"), ("string", "X'0a'")]),
        ("a = 'b", "postgresql", [("word", "a"), ("symbol", "="), ("unreadable", "'b")]),
        ("'a''b", "sqlite", [("unreadable", "'a''b")]),
        ("1 /* a", "postgresql", [("number", "1"), ("unreadable", "/* a")]),
        ("1 /*! 2 */", "mysql", [("number", "1"), ("unreadable", "/*! 2 */")]),
        ("2nd", "postgresql", [("unreadable", "2nd")]),
    ],
)
def test_tokens_are_cut_as_the_database_cuts_them(
    sql: str, vendor: str, wanted: list[tuple[str, str]]
) -> None:
    assert cut(sql, vendor) == wanted


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=40))
def test_the_pieces_are_the_text(sql: str) -> None:
    for dialect in DIALECTS:
        found = pieces(sql, dialect)
        assert "".join(piece.text for piece in found) == sql
        assert all(sql[piece.start : piece.end] == piece.text != "" for piece in found)


@pytest.mark.parametrize(
    ("sql", "vendor", "wanted"),
    [
        ("((a))", "postgresql", "a"),
        ("(a) + (b)", "postgresql", "(a) + (b)"),
        ("( ')' )", "postgresql", "')'"),
        ("(')') || ('(')", "postgresql", "(')') || ('(')"),
        ('("a)" > 1)', "postgresql", '"a)" > 1'),
        ("()", "postgresql", ""),
        ("(a -- )\n)", "sqlite", "a"),
        ("/* why */ ([a)]) -- so", "sqlite", "[a)]"),
        (r"('\')' > 1)", "mysql", r"'\')' > 1"),
        ("(a > 'b)", "postgresql", "(a > 'b)"),
        ("(a))", "postgresql", "(a))"),
    ],
)
def test_parentheses_go_where_they_enclose_everything(sql: str, vendor: str, wanted: str) -> None:
    dialect = dialect_named(vendor)
    assert bare(sql, dialect) == wanted


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [("(a)", True), (" ((a)) ", True), ("(a) + (b)", False), ("a", False), ("(')", False)],
)
def test_what_one_pair_of_parentheses_holds(sql: str, wanted: bool) -> None:
    assert all(is_wrapped(sql, dialect) == wanted for dialect in DIALECTS)


@pytest.mark.parametrize(
    "sql",
    ["1", "-1.5", "+ 2", "'it''s'", "x'0a'", "null", "CURRENT_TIMESTAMP", "current_timestamp(6)"],
)
def test_literals(sql: str) -> None:
    assert all(is_literal(sql, dialect) for dialect in DIALECTS)


@pytest.mark.parametrize("sql", ["1 + 2", "f()", "a", "'a' || 'b'", "(1)", "", "now()", "'a"])
def test_what_is_no_literal(sql: str) -> None:
    assert not any(is_literal(sql, dialect) for dialect in DIALECTS)


def test_what_has_no_end_is_unreadable() -> None:
    sqlite, postgresql, mysql = DIALECTS
    assert is_readable("a /* open", sqlite)
    assert not is_readable("a /* open", postgresql)
    assert not is_readable("'a", mysql)
