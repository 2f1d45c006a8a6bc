"""MariaDB's and MySQL's own. What only MariaDB has is skipped on MySQL."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from kit_django.schema.dialects.mysql import MYSQL
from kit_django.schema.facts import (
    Check,
    Column,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexPart,
    PrimaryKey,
    Sequence,
    Table,
    Trigger,
    Unique,
    View,
)
from kit_django.schema.introspection import introspect, introspect_table, referencing_tables
from kit_django.schema.introspection.mysql.columns import column
from kit_django.schema.introspection.mysql.escapes import spoken
from kit_django.schema.introspection.mysql.server import Server
from kit_django.schema.introspection.rows import fetch
from tests import databases
from tests.schema.introspection.sql import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

pytestmark = pytest.mark.databases("mysql")
ENGINE = ("engine", "InnoDB")


@pytest.fixture
def mariadb(connection: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    if not connection.mysql_is_mariadb:  # type: ignore[attr-defined]
        pytest.skip("MySQL has no such thing, or another wording for it.")
    return connection


def read(connection: BaseDatabaseWrapper, name: str = "t", schema: str | None = None) -> Table:
    table = introspect_table(connection, name, schema)
    assert table is not None
    return table


def test_columns_say_what_was_written(mariadb: BaseDatabaseWrapper) -> None:
    run(
        mariadb,
        r"""
        CREATE TABLE t (
            id int(10) unsigned zerofill AUTO_INCREMENT PRIMARY KEY COMMENT 'it''s \\ a "key"',
            a varchar(20) NOT NULL DEFAULT 'it''s \\ x',
            b datetime(3) DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3),
            c decimal(5,2) DEFAULT 1.50,
            d int AS (c * 2) VIRTUAL,
            e varchar(50) GENERATED ALWAYS AS ((concat(a, '\\\''))) STORED,
            f char(36) DEFAULT (uuid()),
            g int DEFAULT (1 + 2),
            h int INVISIBLE DEFAULT NULL,
            i varchar(10) CHARACTER SET latin1 COLLATE latin1_bin,
            j enum('a','it''s','b\\') DEFAULT 'a',
            k set('x','y') NOT NULL,
            l bit(3) DEFAULT b'101',
            m text DEFAULT 'NULL',
            n year
        ) COMMENT 'table ''c''' AUTO_INCREMENT = 100
        """,
    )
    table = read(mariadb)
    assert table.comment == "table 'c'"
    assert table.options == (ENGINE,)
    assert table.columns == (
        Column(
            "id",
            "int(10) unsigned zerofill",
            null=False,
            comment='it\'s \\ a "key"',
            identity=Identity("auto_increment"),
        ),
        Column("a", "varchar(20)", null=False, default=r"'it''s \\ x'"),
        Column(
            "b", "datetime(3)", default="current_timestamp(3)", on_update="current_timestamp(3)"
        ),
        Column("c", "decimal(5,2)", default="1.50"),
        Column("d", "int(11)", generated=Generated("`c` * 2", stored=False)),
        Column("e", "varchar(50)", generated=Generated(r"concat(`a`,'\\\'')", stored=True)),
        Column("f", "char(36)", default="uuid()"),
        Column("g", "int(11)", default="(1 + 2)"),
        Column("h", "int(11)", invisible=True),
        Column("i", "varchar(10)", collation="latin1_bin"),
        Column("j", "enum('a','it''s','b\\\\')", default="'a'"),
        Column("k", "set('x','y')", null=False),
        Column("l", "bit(3)", default="b'101'"),
        Column("m", "text", default="'NULL'"),
        Column("n", "year(4)"),
    )


def test_defaults_can_be_written_back(connection: BaseDatabaseWrapper) -> None:
    types = {
        "varchar(20)": r"'it''s \\ %s'",
        "int": "5",
        "decimal(5,2)": "-1.5",
        "double": "1e3",
        "bit(3)": "b'101'",
        "varbinary(5)": "x'415c27'",
        "date": "'2024-01-01'",
        "datetime": "CURRENT_TIMESTAMP",
        "json": "(json_array())",
        "char(4)": "(concat('a''', 'b'))",
    }
    columns = ", ".join(f"c{n} {kind} DEFAULT {sql}" for n, (kind, sql) in enumerate(types.items()))
    run(connection, f"CREATE TABLE t (id int, {columns})", "INSERT INTO t (id) VALUES (1)")
    again = ", ".join(
        f"{column.name} {column.type} DEFAULT {column.default or 'NULL'}"
        for column in read(connection).columns
    )
    run(connection, f"CREATE TABLE again ({again})", "INSERT INTO again (id) VALUES (1)")
    defaults = [
        [each.default for each in read(connection, name).columns] for name in ("t", "again")
    ]
    assert defaults[0] == defaults[1]
    values = [
        tuple(fetch(connection, f"SELECT c0, c1, c2, c3, c4, c5, c6, c8, c9 FROM {name}")[0])
        for name in ("t", "again")
    ]
    assert values[0] == values[1]


def test_keys_and_indexes_have_one_source(connection: BaseDatabaseWrapper) -> None:
    run(
        connection,
        """
        CREATE TABLE t (
            a varchar(50) NOT NULL, b int, c text,
            PRIMARY KEY (a(7), b),
            UNIQUE KEY once (b, a) COMMENT 'only once',
            UNIQUE KEY prefix (c(10)),
            KEY ordered (b DESC, a),
            FULLTEXT KEY words (c) COMMENT 'search'
        )
        """,
    )
    table = read(connection)
    assert table.primary_key == PrimaryKey(("a", "b"), options=(("parts", "`a`(7), `b`"),))
    assert table.uniques == (Unique(("b", "a"), "once", options=(("comment", "only once"),)),)
    assert table.indexes == (
        Index("ordered", (IndexPart("b", descending=True), IndexPart("a"))),
        Index("prefix", (IndexPart("c", length=10),), unique=True),
        Index("words", (IndexPart("c"),), method="FULLTEXT", comment="search"),
    )


def test_an_unused_index_and_a_hash_are_told(mariadb: BaseDatabaseWrapper) -> None:
    run(
        mariadb,
        "CREATE TABLE t (a int, b text, KEY i (a) IGNORED, UNIQUE KEY u (b) USING HASH"
        ", g point NOT NULL, SPATIAL KEY s (g))",
    )
    table = read(mariadb)
    assert table.indexes == (
        Index("i", (IndexPart("a"),), options=(("ignored", ""),)),
        Index("s", (IndexPart("g"),), method="SPATIAL"),
    )
    assert table.uniques == (Unique(("b",), "u", options=(("using", "HASH"),)),)


def test_checks_know_whether_they_are_of_a_column(mariadb: BaseDatabaseWrapper) -> None:
    run(
        mariadb,
        r"""
        CREATE TABLE t (
            a int CHECK (a > 0),
            b varchar(9) CHECK ((b <> 'it''s\\)') and (b > '(')),
            j json,
            CONSTRAINT `the check` CHECK (((a > 1) or (b < 'x')))
        )
        """,
    )
    table = read(mariadb)
    assert table.column("j") == Column("j", "longtext", collation="utf8mb4_bin")
    assert table.checks == (
        Check("`a` > 0", column="a"),
        Check(r"`b` <> 'it\'s\\)' and `b` > '('", column="b"),
        Check("json_valid(`j`)", column="j"),
        Check("`a` > 1 or `b` < 'x'", "the check"),
    )


def test_foreign_keys_and_the_indexes_that_come_with_them(connection: BaseDatabaseWrapper) -> None:
    other = databases.scratch_name("other")
    run(
        connection,
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b), UNIQUE KEY (b))",
        f"DROP TABLE IF EXISTS `{other}`.far",
        f"CREATE TABLE `{other}`.far (id int PRIMARY KEY)",
        f"""
        CREATE TABLE t (
            x int, y int,
            CONSTRAINT pair FOREIGN KEY (x, y) REFERENCES p (a, b) ON DELETE CASCADE,
            CONSTRAINT single FOREIGN KEY (y) REFERENCES p (b) ON DELETE SET NULL ON UPDATE CASCADE,
            CONSTRAINT away FOREIGN KEY (x) REFERENCES `{other}`.far (id)
        )
        """,
    )
    table = read(connection)
    run(connection, "DROP TABLE t", f"DROP TABLE `{other}`.far")
    found = {key.name: key for key in table.foreign_keys}
    assert list(found) == ["away", "pair", "single"]
    assert found["away"].to_schema == other
    assert found["pair"].columns == ("x", "y")
    assert found["pair"].to_columns == ("a", "b")
    assert found["pair"].on_delete == "CASCADE"
    assert found["single"] == ForeignKey(
        ("y",), "p", ("b",), "single", on_delete="SET NULL", on_update="CASCADE"
    )
    assert [index.columns for index in table.indexes] == [("x", "y"), ("y",)]


def test_another_database_is_a_schema(connection: BaseDatabaseWrapper) -> None:
    other = databases.scratch_name("other")
    run(
        connection,
        f"DROP TABLE IF EXISTS `{other}`.t",
        f"CREATE TABLE `{other}`.t (a int)",
        "CREATE TABLE t (b int)",
    )
    found = introspect(connection, schemas=[other])
    far = read(connection, "t", other)
    run(connection, f"DROP TABLE `{other}`.t")
    assert [(table.key, table.column_names) for table in found] == [
        ((None, "t"), ("b",)),
        ((other, "t"), ("a",)),
    ]
    assert far == found.tables[1]
    assert referencing_tables(connection, "t", other) == ()


def test_what_a_table_says_as_a_whole(mariadb: BaseDatabaseWrapper) -> None:
    run(
        mariadb,
        "CREATE TABLE t (a varchar(5), b varchar(5) COLLATE latin1_bin, c varchar(5) COLLATE utf8mb4_bin)"
        " CHARACTER SET latin1 ROW_FORMAT = COMPRESSED STATS_PERSISTENT = 0",
        "CREATE TABLE parts (x int) PARTITION BY RANGE (x)"
        " (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)",
        "CREATE TABLE versioned (x int, y int WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING",
    )
    found = {table.name: table for table in introspect(mariadb)}
    assert found["t"].options == (
        ENGINE,
        ("collation", "latin1_swedish_ci"),
        ("row_format", "COMPRESSED"),
        ("stats_persistent", "0"),
    )
    assert [column.collation for column in found["t"].columns] == [
        None,
        "latin1_bin",
        "utf8mb4_bin",
    ]
    assert found["parts"].kind == "partitioned table"
    assert found["parts"].options == (
        ENGINE,
        ("partition key", "RANGE (`x`)"),
        ("partition p0", "10"),
        ("partition p1", "MAXVALUE"),
    )
    assert found["versioned"].kind == "table"
    assert found["versioned"].options == (ENGINE, ("system versioning", ""))
    assert found["versioned"].column("y").options == (("without system versioning", ""),)


def test_a_geometry_knows_its_reference_system(mariadb: BaseDatabaseWrapper) -> None:
    run(mariadb, "CREATE TABLE t (a point REF_SYSTEM_ID = 4326 NOT NULL, b geometry, c int)")
    assert read(mariadb).columns == (
        Column("a", "point", null=False, options=(("srid", "4326"),)),
        Column("b", "geometry"),
        Column("c", "int(11)"),
    )


def test_sequences_are_no_tables(mariadb: BaseDatabaseWrapper) -> None:
    run(
        mariadb,
        "CREATE SEQUENCE `a ``b` START 5 INCREMENT 2 CYCLE",
        "CREATE SEQUENCE plain",
        "CREATE SEQUENCE down INCREMENT -1",
        "SELECT NEXT VALUE FOR plain",
    )
    found = introspect(mariadb)
    assert found.tables == ()
    assert found.sequences == (
        Sequence("a `b", options=(("increment", "2"), ("start", "5"), ("cycle", ""))),
        Sequence("down", options=(("increment", "-1"),)),
        Sequence("plain"),
    )


def test_triggers_are_told_in_the_order_in_which_they_fire(connection: BaseDatabaseWrapper) -> None:
    run(
        connection,
        "CREATE TABLE t (a int)",
        "CREATE TRIGGER zz BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
        "CREATE TRIGGER `a ``b` BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 2",
        "CREATE TRIGGER after_it AFTER INSERT ON t FOR EACH ROW SET @x = ';'",
    )
    triggers = read(connection).triggers
    assert triggers == (
        Trigger(
            "after_it", "CREATE TRIGGER `after_it` AFTER INSERT ON `t` FOR EACH ROW SET @x = ';'"
        ),
        Trigger("zz", "CREATE TRIGGER `zz` BEFORE INSERT ON `t` FOR EACH ROW SET NEW.a = 1"),
        Trigger(
            "a `b",
            "CREATE TRIGGER `a ``b` BEFORE INSERT ON `t` FOR EACH ROW FOLLOWS `zz` SET NEW.a = 2",
        ),
    )
    run(connection, *(f"DROP TRIGGER `{each.name.replace('`', '``')}`" for each in triggers))
    run(connection, *(each.sql for each in triggers))
    assert read(connection).triggers == triggers


def test_views_have_their_query(connection: BaseDatabaseWrapper) -> None:
    run(connection, "CREATE TABLE t (a int)", "CREATE VIEW v AS SELECT a + 1 AS b FROM t")
    found = introspect(connection, views=True)
    view = found.find("v")
    assert view is not None
    assert (view.kind, view.options, view.comment) == ("view", (), "")
    assert view.column_names == ("b",)
    assert found.views == (View("v", view.sql),)
    assert "AS `b`" in view.sql


def test_names_that_differ_in_case_alone_are_two_tables(connection: BaseDatabaseWrapper) -> None:
    if fetch(connection, "SELECT @@lower_case_table_names AS lower_case")[0].lower_case:
        pytest.skip("The server compares the names of tables without regard to case.")
    run(connection, "CREATE TABLE t (a int)", "CREATE TABLE T (b int, KEY i (b))")
    assert read(connection, "t").column_names == ("a",)
    assert read(connection, "t").indexes == ()
    assert read(connection, "T").column_names == ("b",)
    assert [table.name for table in introspect(connection)] == ["T", "t"]


MYSQL_8 = Server(is_mariadb=False, dialect=MYSQL, database="shop", collations={}, lower_case=0)


@pytest.mark.parametrize(
    ("data_type", "value", "extra", "default"),
    [
        ("varchar", r"it's \ x", "", r"'it''s \\ x'"),
        ("varchar", "5", "", "'5'"),
        ("int", "5", "", "5"),
        ("decimal", "-1.50", "", "-1.50"),
        ("bit", "b'101'", "", "b'101'"),
        ("varbinary", "0x00FF", "", "0x00FF"),
        ("char", "0x00FF", "", "'0x00FF'"),
        ("datetime", "CURRENT_TIMESTAMP", "DEFAULT_GENERATED", "CURRENT_TIMESTAMP"),
        ("datetime", "CURRENT_TIMESTAMP(3)", "DEFAULT_GENERATED", "CURRENT_TIMESTAMP(3)"),
        ("varchar", "CURRENT_TIMESTAMP", "", "'CURRENT_TIMESTAMP'"),
        ("char", "uuid()", "DEFAULT_GENERATED", "(uuid())"),
        ("int", "(1 + 2)", "DEFAULT_GENERATED", "(1 + 2)"),
        ("char", r"concat(_utf8mb4\'a\',`b`)", "DEFAULT_GENERATED", "(concat(_utf8mb4'a',`b`))"),
        ("varchar", "NULL", "", "'NULL'"),
        ("varchar", None, "", None),
    ],
)
def test_what_mysql_8_tells_of_a_default_becomes_sql(
    data_type: str, value: str | None, extra: str, default: str | None
) -> None:
    row = SimpleNamespace(
        name="c",
        type=data_type,
        data_type=data_type,
        default_value=value,
        nullable=1,
        extra=extra,
        charset=None,
        collation=None,
        comment="",
        expression="",
        srid=None,
    )
    assert column(row, MYSQL_8, None) == Column("c", data_type, default=default)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (r"(`c` <> _utf8mb4\'it\\\'s\')", r"(`c` <> _utf8mb4'it\'s')"),
        (r"concat(`a`,_utf8mb4\'\\n\')", r"concat(`a`,_utf8mb4'\n')"),
        (r"concat(`a`,'\'')", r"concat(`a`,'\'')"),
        ("(`a` > 0)", "(`a` > 0)"),
    ],
)
def test_what_mysql_escapes_is_read_as_it_was_written(told: str, meant: str) -> None:
    assert spoken(told, MYSQL_8) == meant


def test_texts_with_backslashes_are_told_in_the_sql_of_the_session(
    mariadb: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MariaDB tells them with escapes, whatever the session's mode; what is told can be run."""
    run(
        mariadb,
        r"""CREATE TABLE t (a varchar(9) DEFAULT 'x\\\n',
            b varchar(9) AS (concat(a, '\\', "'")), CHECK ((a <> '(\\')))""",
    )
    escaped = cast(Table, introspect_table(mariadb, "t"))
    assert escaped.column("a").default == r"'x\\\n'"
    run(mariadb, "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'")
    monkeypatch.setattr(mariadb, "sql_mode", {"NO_BACKSLASH_ESCAPES"}, raising=False)
    plain = cast(Table, introspect_table(mariadb, "t"))
    assert plain.column("a").default == "'x\\\n'"
    assert plain.column("b").generated == Generated(r"concat(`a`,'\','''')", stored=False)
    assert [check.sql for check in plain.checks] == [r"`a` <> '(\'"]
    run(mariadb, f"ALTER TABLE t ALTER a SET DEFAULT {plain.column('a').default}")
    run(mariadb, f"ALTER TABLE t ADD CHECK ({plain.checks[0].sql})")
    again = cast(Table, introspect_table(mariadb, "t"))
    assert again.columns == plain.columns
    assert [check.sql for check in again.checks] == [plain.checks[0].sql] * 2


def test_sakila(connection: BaseDatabaseWrapper, corpus: Callable[[str], Path]) -> None:
    corpus("sakila")
    found = introspect(connection, views=True)
    film = cast(Table, found.find("film"))
    assert film.column("rating").type == "enum('G','PG','PG-13','R','NC-17')"
    assert film.column("special_features").type.startswith("set(")
    assert film.column("release_year").type == "year(4)"
    assert {trigger.name for trigger in film.triggers} == {"ins_film", "upd_film", "del_film"}
    words = cast(Table, found.find("film_text"))
    assert [index.method for index in words.indexes] == ["FULLTEXT"]
    assert found.find("customer_list") is not None
