"""SQLite's own: what the pragmas do not tell, and tables that are not like others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from kit_django.schema.facts import (
    Check,
    Column,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexPart,
    PrimaryKey,
    Table,
    Trigger,
    Unique,
    View,
)
from kit_django.schema.introspection import introspect, introspect_table, table_keys
from kit_django.schema.introspection.sqlite.foreign_keys import Parents, make_foreign_keys
from kit_django.schema.sql.created import ReferenceDefinition
from tests.schema.introspection.sql import run

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

pytestmark = pytest.mark.databases("sqlite")


def read(connection: BaseDatabaseWrapper, name: str = "t") -> Table:
    table = introspect_table(connection, name)
    assert table is not None
    return table


def test_columns_say_what_was_written(connection: BaseDatabaseWrapper) -> None:
    run(
        connection,
        """
        CREATE TABLE t (
            id integer PRIMARY KEY AUTOINCREMENT,
            "the name" varchar ( 10 ) NOT NULL ON CONFLICT IGNORE DEFAULT 'it''s' COLLATE NOCASE,
            [no type],
            `word` text DEFAULT active,
            quoted text DEFAULT "a ""b"" 'c'",
            maths INT DEFAULT ((1+ 2)),
            negative INT DEFAULT -5,
            now TEXT DEFAULT CURRENT_TIMESTAMP,
            none INT DEFAULT NULL,
            flag BOOLEAN DEFAULT true,
            doubled INT GENERATED ALWAYS AS (maths * (2)) STORED,
            tripled AS ((maths) * 3),
            plain TEXT COLLATE BINARY
        )
        """,
    )
    assert read(connection).columns == (
        Column(
            "id",
            "integer",
            null=False,
            identity=Identity("autoincrement"),
            options=(("rowid", ""),),
        ),
        Column(
            "the name",
            "varchar ( 10 )",
            null=False,
            default="'it''s'",
            collation="NOCASE",
            options=(("not null conflict", "IGNORE"),),
        ),
        Column("no type", ""),
        Column("word", "text", default="'active'"),
        Column("quoted", "text", default="'a \"b\" ''c'''"),
        Column("maths", "INT", default="1+ 2"),
        Column("negative", "INT", default="-5"),
        Column("now", "TEXT", default="CURRENT_TIMESTAMP"),
        Column("none", "INT"),
        Column("flag", "BOOLEAN", default="true"),
        Column("doubled", "INT", generated=Generated("maths * (2)", stored=True)),
        Column("tripled", "", generated=Generated("(maths) * 3", stored=False)),
        Column("plain", "TEXT"),
    )


def test_defaults_can_be_written_back_in_parentheses(connection: BaseDatabaseWrapper) -> None:
    defaults = [
        "active",
        '"a b"',
        "[c d]",
        "(1+2)",
        "-5",
        "x'ab'",
        "'it''s'",
        "true",
        "NULL",
        "1e3",
    ]
    columns = ", ".join(f"c{n} DEFAULT {sql}" for n, sql in enumerate(defaults))
    run(connection, f"CREATE TABLE t (id, {columns})", "INSERT INTO t (id) VALUES (1)")
    again = ", ".join(
        f"{column.name} DEFAULT ({column.default or 'NULL'})" for column in read(connection).columns
    )
    run(connection, f"CREATE TABLE again ({again})", "INSERT INTO again (id) VALUES (1)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM t")
        expected = cursor.fetchone()
        cursor.execute("SELECT * FROM again")
        assert cursor.fetchone() == expected


def test_an_integer_primary_key_is_the_rowid_unless_it_is_written_otherwise(
    connection: BaseDatabaseWrapper,
) -> None:
    run(
        connection,
        "CREATE TABLE rowid (id INTEGER PRIMARY KEY)",
        "CREATE TABLE table_level (id INTEGER, PRIMARY KEY (id DESC))",
        "CREATE TABLE descending (id INTEGER PRIMARY KEY DESC)",
        "CREATE TABLE int (id INT PRIMARY KEY)",
        "CREATE TABLE without (id INTEGER PRIMARY KEY) WITHOUT ROWID",
    )
    found = {table.name: table.column("id") for table in introspect(connection)}
    is_rowid = {name for name, column in found.items() if ("rowid", "") in column.options}
    assert is_rowid == {"rowid", "table_level"}
    assert {name for name, column in found.items() if column.null} == {"descending", "int"}


def test_keys_keep_names_directions_collations_and_conflicts(
    connection: BaseDatabaseWrapper,
) -> None:
    run(
        connection,
        """
        CREATE TABLE t (
            a TEXT COLLATE NOCASE,
            b TEXT,
            c TEXT CONSTRAINT c_once UNIQUE ON CONFLICT REPLACE,
            CONSTRAINT "the key" PRIMARY KEY (b DESC, a) ON CONFLICT ROLLBACK,
            UNIQUE (a COLLATE BINARY, c),
            CONSTRAINT second UNIQUE (b, c)
        )
        """,
    )
    table = read(connection)
    assert table.primary_key == PrimaryKey(
        ("b", "a"), "the key", options=(("conflict", "ROLLBACK"), ("parts", '"b" DESC, "a"'))
    )
    assert table.uniques == (
        Unique(("a", "c"), options=(("parts", '"a" COLLATE "BINARY", "c"'),)),
        Unique(("b", "c"), "second"),
        Unique(("c",), "c_once", options=(("conflict", "REPLACE"),)),
    )
    assert table.indexes == ()


def test_checks_are_verbatim_without_their_parentheses(connection: BaseDatabaseWrapper) -> None:
    run(
        connection,
        """
        CREATE TABLE t (
            a INT CHECK (a > 0), -- CHECK (no)
            b TEXT CONSTRAINT b_short CHECK ((length(b) < 5)) CHECK (b <> 'a, )'),
            /* CONSTRAINT no CHECK (1) */
            CONSTRAINT both CHECK ((a) < (9)) CHECK (b IS NOT "c)")
        )
        """,
    )
    assert read(connection).checks == (
        Check("a > 0"),
        Check("b <> 'a, )'"),
        Check('b IS NOT "c)"'),
        Check("length(b) < 5", "b_short"),
        Check("(a) < (9)", "both"),
    )


def test_foreign_keys_name_what_they_point_to_as_it_is_spelt_there(
    connection: BaseDatabaseWrapper,
) -> None:
    run(
        connection,
        "CREATE TABLE Parent (Id INTEGER PRIMARY KEY, A INT, B INT, UNIQUE (A, B))",
        """
        CREATE TABLE t (
            implicit INT REFERENCES parent,
            x INT REFERENCES PARENT (id) ON DELETE SET NULL ON UPDATE CASCADE
                DEFERRABLE INITIALLY DEFERRED,
            y INT CONSTRAINT "y fk" REFERENCES parent (id) MATCH FULL NOT DEFERRABLE,
            gone INT REFERENCES nowhere,
            gone_too INT REFERENCES nowhere (z) DEFERRABLE,
            CONSTRAINT pair FOREIGN KEY (x, y) REFERENCES parent (a, b) ON DELETE SET DEFAULT
        )
        """,
    )
    assert read(connection).foreign_keys == (
        ForeignKey(("gone",), "nowhere", ()),
        ForeignKey(("gone_too",), "nowhere", ("z",), deferrable="immediate"),
        ForeignKey(("implicit",), "Parent", ("Id",)),
        ForeignKey(
            ("x",),
            "Parent",
            ("Id",),
            on_delete="SET NULL",
            on_update="CASCADE",
            deferrable="deferred",
        ),
        ForeignKey(("x", "y"), "Parent", ("A", "B"), "pair", on_delete="SET DEFAULT"),
        ForeignKey(("y",), "Parent", ("Id",), "y fk"),
    )


def test_two_foreign_keys_that_look_alike_keep_their_own_names(
    connection: BaseDatabaseWrapper,
) -> None:
    run(
        connection,
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        """
        CREATE TABLE t (
            x INT CONSTRAINT one REFERENCES parent (id) ON DELETE CASCADE
                CONSTRAINT two REFERENCES parent (id) ON DELETE RESTRICT
        )
        """,
    )
    found = {key.name: key.on_delete for key in read(connection).foreign_keys}
    assert found == {"one": "CASCADE", "two": "RESTRICT"}


def test_a_foreign_key_takes_the_definition_of_its_columns_and_its_table() -> None:
    """Whatever stands before it: a definition that the pragma does not tell of is passed over."""
    written = (
        ReferenceDefinition(("y",), "a", name="other columns"),
        ReferenceDefinition(("x",), "b", name="other table", deferrable="deferred"),
        ReferenceDefinition(("X",), "A", name="its own"),
    )
    row = SimpleNamespace(id=0, seq=0, column="x", to_table="a", to_column="id")
    row.on_delete = row.on_update = "NO ACTION"
    (found,) = make_foreign_keys([row], written, Parents({}))
    assert (found.name, found.deferrable) == ("its own", None)


def test_indexes_have_expressions_directions_collations_and_conditions(
    connection: BaseDatabaseWrapper,
) -> None:
    statements = [
        'CREATE TABLE t (a TEXT COLLATE NOCASE, b TEXT, "c, (d" INT)',
        'CREATE INDEX plain ON t (a, "c, (d" DESC)',
        "CREATE UNIQUE INDEX partial ON t (b COLLATE NOCASE, a COLLATE BINARY)\n WHERE (b > '(') -- end",
        "CREATE INDEX expression ON t ((lower(b)), b || ',' COLLATE NOCASE DESC, a ASC)",
    ]
    run(connection, *statements)
    table = read(connection)
    assert table.indexes == (
        Index(
            "expression",
            (
                IndexPart(expression="lower(b)"),
                IndexPart(expression="b || ',' COLLATE NOCASE", descending=True),
                IndexPart("a"),
            ),
        ),
        Index(
            "partial",
            (IndexPart("b", collation="NOCASE"), IndexPart("a", collation="BINARY")),
            unique=True,
            where="b > '('",
        ),
        Index("plain", (IndexPart("a"), IndexPart("c, (d", descending=True))),
    )
    assert [index.sql for index in table.indexes] == [statements[3], statements[2], statements[1]]


def test_tables_without_rowid_and_strict_ones_say_so(connection: BaseDatabaseWrapper) -> None:
    run(
        connection,
        "CREATE TABLE t (a INT PRIMARY KEY, b ANY) STRICT, WITHOUT ROWID",
        "CREATE TABLE copy AS SELECT a AS 'x y', b FROM t",
    )
    table = read(connection)
    assert table.options == (("strict", ""), ("without rowid", ""))
    assert table.sql == "CREATE TABLE t (a INT PRIMARY KEY, b ANY) STRICT, WITHOUT ROWID"
    assert read(connection, "copy").columns == (Column("x y", "INT"), Column("b", ""))


def test_triggers_are_verbatim_and_those_on_views_go_with_the_view(
    connection: BaseDatabaseWrapper,
) -> None:
    on_table = "CREATE TRIGGER \"a b\" AFTER INSERT ON T BEGIN SELECT ';'; END"
    on_view = "CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN SELECT 1; END"
    view = "CREATE VIEW v (x) AS SELECT a FROM t"
    run(connection, "CREATE TABLE t (a)", view, on_table, on_view)
    found = introspect(connection, views=True)
    assert [table.kind for table in found] == ["table", "view"]
    assert found.tables[0].triggers == (Trigger("a b", on_table),)
    assert found.tables[1].triggers == (Trigger("v_insert", on_view),)
    assert found.tables[1].columns == (Column("x", ""),)
    assert found.views == (View("v", view),)
    assert table_keys(connection) == ((None, "t"),)


def test_a_view_that_is_broken_has_no_columns_and_spoils_nothing(
    connection: BaseDatabaseWrapper,
) -> None:
    run(
        connection,
        "CREATE TABLE t (a)",
        "CREATE VIEW broken AS SELECT * FROM gone",
        "CREATE VIEW whole AS SELECT a FROM t",
    )
    found = introspect(connection, views=True)
    assert {table.name: len(table.columns) for table in found} == {"broken": 0, "t": 1, "whole": 1}


def test_a_virtual_table_is_one_of_a_kind_and_its_shadows_are_left_out(
    connection: BaseDatabaseWrapper,
) -> None:
    run(connection, "CREATE VIRTUAL TABLE \"docs (\" USING fts5(title, body, prefix='2 3')")
    found = introspect(connection)
    assert [(table.name, table.kind, table.options) for table in found] == [
        ("docs (", "virtual table", (("using", "fts5(title, body, prefix='2 3')"),)),
    ]
    visible = [column.name for column in found.tables[0].columns if not column.invisible]
    assert visible == ["title", "body"]


def test_sqlites_own_tables_are_left_out(connection: BaseDatabaseWrapper) -> None:
    run(
        connection,
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE INDEX i ON t (id)",
        "ANALYZE",
    )
    assert table_keys(connection) == ((None, "t"),)
    assert [table.name for table in introspect(connection)] == ["t"]


def test_a_table_is_found_as_sqlite_finds_it_without_regard_to_case(
    connection: BaseDatabaseWrapper,
) -> None:
    run(connection, "CREATE TABLE Users (Id INTEGER PRIMARY KEY)")
    assert read(connection, "uSERS").name == "Users"


def test_a_temporary_table_does_not_hide_the_real_one(connection: BaseDatabaseWrapper) -> None:
    run(connection, "CREATE TABLE t (a)", "CREATE TEMP TABLE t (b)")
    assert read(connection).column_names == ("a",)


def test_altering_a_table_as_sqlite_does_leaves_it_readable(
    connection: BaseDatabaseWrapper,
) -> None:
    run(
        connection,
        "CREATE TABLE t (a INT, b INT, CHECK (a > 0) UNIQUE (b))",
        "ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'x' CHECK (c <> '')",
        'ALTER TABLE t RENAME COLUMN a TO "the a"',
        'ALTER TABLE t RENAME TO "the table"',
    )
    table = read(connection, "the table")
    assert table.column_names == ("the a", "b", "c")
    assert table.checks == (Check('"the a" > 0'), Check("c <> ''"))
    assert table.uniques == (Unique(("b",)),)
