"""SQLite's CREATE statements: the parser on its own, and against SQLite with made-up tables."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit_django.exceptions import UnreadableStatement
from kit_django.schema.sql.create import read_create_index, read_create_table, read_using
from kit_django.schema.sql.created import (
    CheckDefinition,
    ColumnDefinition,
    IndexDefinition,
    KeyDefinition,
    ReferenceDefinition,
    TableDefinition,
)


def accepted(sql: str) -> str:
    """The statement, which SQLite takes too: no test is about SQL that cannot be."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(sql)
    return sql


@pytest.mark.parametrize(
    ("sql", "definition"),
    [
        ("CREATE TABLE t(a)", TableDefinition((ColumnDefinition("a"),))),
        (
            'CREATE TABLE "t (" ("a,b" INT, \'c\' TEXT, [d)] , `e` )',
            TableDefinition(
                (
                    ColumnDefinition("a,b", "INT"),
                    ColumnDefinition("c", "TEXT"),
                    ColumnDefinition("d)"),
                    ColumnDefinition("e"),
                )
            ),
        ),
        (
            "CREATE TABLE t (a decimal /* x, */ (5, 2), b LONG VARCHAR NOT NULL, c 'a type' NULL)",
            TableDefinition(
                (
                    ColumnDefinition("a", "decimal /* x, */ (5, 2)"),
                    ColumnDefinition("b", "LONG VARCHAR"),
                    ColumnDefinition("c", "'a type'"),
                )
            ),
        ),
        (
            "CREATE TABLE t (a INT PRIMARY KEY ASC ON CONFLICT FAIL NOT NULL ON CONFLICT ABORT DEFAULT 1)",
            TableDefinition(
                (ColumnDefinition("a", "INT", not_null_conflict="ABORT"),),
                KeyDefinition(("a",), conflict="FAIL"),
            ),
        ),
        (
            "CREATE TABLE t (a INTEGER, b, PRIMARY KEY (a AUTOINCREMENT) CONSTRAINT u UNIQUE (b, a))",
            TableDefinition(
                (ColumnDefinition("a", "INTEGER", autoincrement=True), ColumnDefinition("b")),
                KeyDefinition(("a",)),
                (KeyDefinition(("b", "a"), "u"),),
            ),
        ),
        (
            "CREATE TABLE t (generated INT, always TEXT GENERATED ALWAYS AS (upper('(')) STORED)",
            TableDefinition(
                (
                    ColumnDefinition("generated", "INT"),
                    ColumnDefinition("always", "TEXT", generated="upper('(')"),
                )
            ),
        ),
        (
            (
                'CREATE TABLE t (a CHECK (a -- (\n > 0) CONSTRAINT "b c" CHECK(((a) + (1)))'
                " CHECK (/* b */ (a > 1 -- )\n) -- c\n))"
            ),
            TableDefinition(
                (ColumnDefinition("a"),),
                checks=(
                    CheckDefinition("a -- (\n > 0"),
                    CheckDefinition("(a) + (1)", "b c"),
                    CheckDefinition("a > 1"),
                ),
            ),
        ),
        (
            (
                "CREATE TABLE t (a REFERENCES p ON DELETE SET NULL ON UPDATE NO ACTION"
                " MATCH SIMPLE NOT NULL,"
                " FOREIGN KEY (a) REFERENCES 'p q' (\"x\") ON DELETE CASCADE"
                " NOT DEFERRABLE INITIALLY DEFERRED,"
                " CONSTRAINT f FOREIGN KEY (a) REFERENCES p DEFERRABLE INITIALLY IMMEDIATE)"
            ),
            TableDefinition(
                (ColumnDefinition("a"),),
                references=(
                    ReferenceDefinition(("a",), "p"),
                    ReferenceDefinition(("a",), "p q", ("x",)),
                    ReferenceDefinition(("a",), "p", name="f", deferrable="immediate"),
                ),
            ),
        ),
        (
            (
                "CREATE TABLE t (a REFERENCES p NOT NULL DEFERRABLE INITIALLY DEFERRED,"
                " b REFERENCES q DEFERRABLE, c NOT NULL NOT DEFERRABLE,"
                " FOREIGN KEY (b, c) REFERENCES p ON INSERT CASCADE DEFERRABLE CHECK (a <> 'b'))"
            ),
            TableDefinition(
                (ColumnDefinition("a"), ColumnDefinition("b"), ColumnDefinition("c")),
                checks=(CheckDefinition("a <> 'b'"),),
                references=(
                    ReferenceDefinition(("a",), "p", deferrable="deferred"),
                    ReferenceDefinition(("b",), "q"),
                    ReferenceDefinition(("b", "c"), "p", deferrable="immediate"),
                ),
            ),
        ),
        (
            "CREATE TABLE t (b'type', n'b''' NULL, x x, left GENERATED, c INT GENERATED ALWAYS)",
            TableDefinition(
                (
                    ColumnDefinition("b", "'type'"),
                    ColumnDefinition("n", "'b'''"),
                    ColumnDefinition("x", "x"),
                    ColumnDefinition("left", "GENERATED"),
                    ColumnDefinition("c", "INT GENERATED ALWAYS"),
                )
            ),
        ),
        (
            (
                "CREATE TABLE IF NOT EXISTS main.'t' /* ( */ (a /* INT */ CONSTRAINT -- ,\n b,\n"
                " c AS (a || ')') VIRTUAL UNIQUE ON CONFLICT REPLACE, CONSTRAINT d,"
                " UNIQUE((a), [c] COLLATE nocase) -- last )\n) -- STRICT\n"
            ),
            TableDefinition(
                (ColumnDefinition("a"), ColumnDefinition("c", generated="a || ')'")),
                uniques=(KeyDefinition(("c",), conflict="REPLACE"), KeyDefinition(("a", "c"))),
            ),
        ),
        (
            "CREATE TABLE t (a DEFAULT - 1 COLLATE rtrim, b DEFAULT x'00' COLLATE \"NOCASE\")",
            TableDefinition(
                (
                    ColumnDefinition("a", collation="rtrim"),
                    ColumnDefinition("b", collation="NOCASE"),
                )
            ),
        ),
        (
            "CREATE TABLE t (a INT PRIMARY KEY) /* end */ WITHOUT ROWID -- really",
            TableDefinition(
                (ColumnDefinition("a", "INT"),), KeyDefinition(("a",)), without_rowid=True
            ),
        ),
        (
            "CREATE TABLE t (a INT PRIMARY KEY) STRICT, without rowid /* open",
            TableDefinition(
                (ColumnDefinition("a", "INT"),),
                KeyDefinition(("a",)),
                strict=True,
                without_rowid=True,
            ),
        ),
        (
            "CREATE TABLE t (a INT) strict",
            TableDefinition((ColumnDefinition("a", "INT"),), strict=True),
        ),
    ],
)
def test_a_table_says(sql: str, definition: TableDefinition) -> None:
    assert read_create_table(accepted(sql)) == definition


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("active", "active"),
        ('"a ""b"""', 'a "b"'),
        ("[c]", "c"),
        ("'text'", None),
        ("true", None),
        ("Null", None),
        ("current_date", None),
        ("(1 + (2))", None),
        ("+1.5", None),
    ],
)
def test_a_default_that_is_a_bare_word_is_a_string(sql: str, word: str | None) -> None:
    definition = read_create_table(accepted(f"CREATE TABLE t (a DEFAULT {sql} NOT NULL, b)"))
    assert definition.columns == (ColumnDefinition("a", default_word=word), ColumnDefinition("b"))


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "CREATE TABLE t",
        "CREATE TABLE t (a CHECK (",
        "CREATE TABLE t (a",
        "CREATE TABLE t AS SELECT count(*), b FROM u",
        "CREATE VIEW t (a) AS SELECT 1",
        "CREATE TABLE t (a PRIMARY b)",
        "CREATE TABLE t (a, PRIMARY b)",
        "CREATE TABLE t (a, UNIQUE ())",
        "CREATE TABLE t (a, UNIQUE (()))",
        "CREATE TABLE t (a CHECK ())",
        "CREATE TABLE t (a REFERENCES x'00')",
        "CREATE TABLE t (a SOMETHING NEW NOT NULL BUT OTHERWISE)",
        "CREATE TABLE t (a) WITH LASERS",
    ],
)
def test_what_is_no_create_table_is_unreadable(sql: str) -> None:
    with pytest.raises(UnreadableStatement):
        read_create_table(sql)


@pytest.mark.parametrize(
    ("sql", "definition"),
    [
        ("CREATE INDEX i ON t (a)", IndexDefinition(("a",))),
        ("CREATE INDEX i ON t (first, nulls, last)", IndexDefinition(("first", "nulls", "last"))),
        (
            "CREATE UNIQUE INDEX \"i (\" ON t (lower(a), b DESC, (a || ',') COLLATE NOCASE ASC)",
            IndexDefinition(("lower(a)", "b", "(a || ',') COLLATE NOCASE")),
        ),
        (
            "CREATE INDEX i ON t (a) WHERE (a > 1 AND b <> ')') -- why",
            IndexDefinition(("a",), "a > 1 AND b <> ')'"),
        ),
        (
            "CREATE INDEX 'on' ON [t (] (a COLLATE \"x,y\" ASC, (b), 'c', \"d)\" NULLS FIRST)",
            IndexDefinition(('a COLLATE "x,y"', "b", "'c'", '"d)"')),
        ),
        (
            "CREATE INDEX i ON t (a) WHERE (a > 1) AND (b > 2)",
            IndexDefinition(("a",), "(a > 1) AND (b > 2)"),
        ),
    ],
)
def test_an_index_says(sql: str, definition: IndexDefinition) -> None:
    assert read_create_index(sql) == definition


@pytest.mark.parametrize(
    "sql", ["", "CREATE INDEX i", "CREATE INDEX i ON t (a", "CREATE INDEX i ON t (a) USING b"]
)
def test_what_is_no_create_index_is_unreadable(sql: str) -> None:
    with pytest.raises(UnreadableStatement, match="cannot follow"):
        read_create_index(sql)


def test_a_virtual_table_says_its_module() -> None:
    using = "fts5(a, 'USING', tokenize = \"porter\") -- why"
    assert read_using(f"CREATE VIRTUAL TABLE [USING x] USING {using}") == using


# Made-up tables: what was put in must come out, and SQLite must take the statement.

NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8
) | st.sampled_from(["select", "primary", "check", "a b", "a)b", "--", "/*", "'", '"', "`", "]"])
BLANKS = st.sampled_from([" ", "\n", "\t", " /* ,) */ ", " -- ,)'\n"])
TEXTS = st.text("ab'\"`[](),;-/*\n", max_size=6)
TYPES = st.sampled_from(["", "INT", "integer", "varchar(10)", "decimal (5, 2)", "LONG TEXT", '"x"'])
CONFLICTS = st.sampled_from([None, "ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"])


def quoted(name: str) -> st.SearchStrategy[str]:
    """The name in each of the quotes that can hold it."""
    forms = [f'"{name.replace(chr(34), chr(34) * 2)}"', f"`{name.replace('`', '``')}`"]
    if "]" not in name:
        forms.append(f"[{name}]")
    return st.sampled_from(forms)


@dataclass(frozen=True)
class MadeUp:
    sql: str
    definition: TableDefinition


@st.composite
def conditions(draw: st.DrawFn) -> str:
    text = draw(TEXTS).replace("'", "''")
    return draw(
        st.sampled_from([f"1 < '{text}'", f"('{text}') <> ('x')", f"length('{text}') > (0)"])
    )


@st.composite
def column(draw: st.DrawFn, name: str) -> tuple[str, ColumnDefinition, list[CheckDefinition]]:
    blank = draw(BLANKS)
    kind = draw(TYPES)
    pieces = [draw(quoted(name)), kind]
    checks = []
    for _ in range(draw(st.integers(0, 2))):
        condition = draw(conditions())
        constraint = draw(st.none() | NAMES)
        if constraint is not None:
            pieces += ["CONSTRAINT", draw(quoted(constraint))]
        pieces += ["check", f"({blank}({condition}) )"]
        checks.append(CheckDefinition(condition, constraint))
    conflict = None
    if draw(st.booleans()):
        conflict = draw(CONFLICTS)
        pieces += ["Not", "NULL", *(["ON", "conflict", conflict] if conflict else [])]
    if draw(st.booleans()):
        literal = "'" + draw(TEXTS).replace("'", "''") + "'"
        pieces += ["DEFAULT", draw(st.sampled_from(["5", "-1.5", "(1 + (2))", "NULL", literal]))]
    collation = draw(st.sampled_from([None, "NOCASE", "BINARY"]))
    if collation:
        pieces += ["COLLATE", collation]
    made = ColumnDefinition(name, kind, collation=collation, not_null_conflict=conflict)
    return blank.join(filter(None, pieces)), made, checks


@st.composite
def tables(draw: st.DrawFn) -> MadeUp:
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.casefold))
    columns = [draw(column(name)) for name in names]
    items = [sql for sql, _, _ in columns]
    uniques, references = [], []
    for name in names:
        if draw(st.booleans()):
            constraint, conflict = draw(st.none() | NAMES), draw(CONFLICTS)
            begin = f"CONSTRAINT {draw(quoted(constraint))} " if constraint is not None else ""
            end = f" ON CONFLICT {conflict}" if conflict else ""
            items.append(f"{begin}UNIQUE ({draw(quoted(name))} DESC){end}")
            uniques.append(KeyDefinition((name,), constraint, conflict))
        if draw(st.booleans()):
            to = draw(NAMES)
            items.append(
                f"FOREIGN KEY ({draw(quoted(name))}) REFERENCES {draw(quoted(to))} ON DELETE SET NULL"
            )
            references.append(ReferenceDefinition((name,), to))
    checks = tuple(check for _, _, own in columns for check in own)
    definition = TableDefinition(
        columns=tuple(made for _, made, _ in columns),
        uniques=tuple(uniques),
        checks=checks,
        references=tuple(references),
    )
    comma = draw(st.sampled_from([",", " ,\n", "/* ( */,"]))
    return MadeUp(f"CREATE TABLE {draw(quoted('t (,'))} ({comma.join(items)})", definition)


@given(made=tables())
def test_what_was_put_into_a_table_comes_out(made: MadeUp) -> None:
    assert read_create_table(accepted(made.sql)) == made.definition


@given(sql=st.text("CREATE TABLE t(a,'\"`[]-/*\n)x", max_size=40))
def test_no_text_makes_the_parser_fail_in_another_way(sql: str) -> None:
    try:
        read_create_table("CREATE TABLE t (" + sql)
    except UnreadableStatement:
        return
