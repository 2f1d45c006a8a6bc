"""A script is cut where its own client would cut it."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from kit_django.exceptions import OperationError
from kit_django.schema.dialects.mysql import MARIADB
from kit_django.schema.dialects.postgresql import POSTGRESQL
from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.sql import scripts
from kit_django.schema.sql.scripts import statements_of
from kit_django.schema.sql.tokens import token_at

BODY = (
    "CREATE PROCEDURE p() BEGIN DECLARE i INT DEFAULT 3; REPEAT SET i = i - 1; UNTIL i < 1 END REPEAT;"
    " l: LOOP LEAVE l; END LOOP; WHILE i > 9 DO SET i = CASE WHEN i > 1 THEN 1 ELSE 2 END; END WHILE;"
    " IF i = 1 THEN SELECT IF(i, 1, 2); ELSEIF i THEN SELECT 2; END IF; CASE i WHEN 1 THEN SELECT 1;"
    " ELSE BEGIN END; END CASE; FOR r IN (SELECT 1 AS x) DO SELECT r.x; END FOR;"
    " DROP TABLE IF EXISTS x; SELECT 1 FOR UPDATE; SELECT REPEAT('a', 2); END"
)
MARIADBS = {
    "routine": (f"{BODY}; SELECT 1", [BODY, "SELECT 1"]),
    "no block": (
        "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW IF NEW.a THEN SET NEW.a = 1; END IF; DO 1",
        [
            "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW IF NEW.a THEN SET NEW.a = 1; END IF",
            "DO 1",
        ],
    ),
    "delimiter": (
        f"DELIMITER $$\n{BODY}$$\n-- ;\nSELECT '$$'$$\nDELIMITER ;\nSELECT 1;",
        [BODY, "-- ;\nSELECT '$$'", "SELECT 1"],
    ),
    "dump": (
        (
            "/*!40101 SET NAMES utf8 */;\nDELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER a BEGIN x; END */"
            ";;\nDELIMITER ;\n/*!40101 SET x=1 */;"
        ),
        [
            "/*!40101 SET NAMES utf8 */",
            "/*!50003 CREATE*/ /*!50003 TRIGGER a BEGIN x; END */",
            "/*!40101 SET x=1 */",
        ],
    ),
    "no code": (
        "CREATE TABLE event (begin date, `if` int); BEGIN; INSERT INTO event VALUES (';\\'', \";\"); END",
        [
            "CREATE TABLE event (begin date, `if` int)",
            "BEGIN",
            "INSERT INTO event VALUES (';\\'', \";\")",
            "END",
        ],
    ),
    "no block behind a head": (
        (
            "CREATE TRIGGER t BEFORE UPDATE ON x FOR EACH ROW FOLLOWS y IF NEW.a THEN SET NEW.a = IF(1, 2, 3);"
            " END IF; CREATE PROCEDURE p() COMMENT 'x;' IF 1 THEN DO 1; END IF; CREATE FUNCTION f() RETURNS"
            " varchar(9) CHARACTER SET utf8mb4 IF 1 THEN RETURN IF(1, 2, 3); END IF; DO 1"
        ),
        [
            (
                "CREATE TRIGGER t BEFORE UPDATE ON x FOR EACH ROW FOLLOWS y IF NEW.a THEN"
                " SET NEW.a = IF(1, 2, 3); END IF"
            ),
            "CREATE PROCEDURE p() COMMENT 'x;' IF 1 THEN DO 1; END IF",
            (
                "CREATE FUNCTION f() RETURNS varchar(9) CHARACTER SET utf8mb4 IF 1 THEN"
                " RETURN IF(1, 2, 3); END IF"
            ),
            "DO 1",
        ],
    ),
    "body of one statement": (
        (
            "CREATE FUNCTION f() RETURNS int RETURN IF(1, 2, 3); CREATE PROCEDURE IF NOT EXISTS p()"
            " SELECT CASE WHEN 1 THEN 2 END, IF(1, 2, 3); DO 1"
        ),
        [
            "CREATE FUNCTION f() RETURNS int RETURN IF(1, 2, 3)",
            "CREATE PROCEDURE IF NOT EXISTS p() SELECT CASE WHEN 1 THEN 2 END, IF(1, 2, 3)",
            "DO 1",
        ],
    ),
    "package": (
        (
            "CREATE PACKAGE BODY p AS FUNCTION a RETURN INT AS BEGIN RETURN 1; END; PROCEDURE b AS BEGIN"
            " NULL; END; END; DO 1"
        ),
        [
            (
                "CREATE PACKAGE BODY p AS FUNCTION a RETURN INT AS BEGIN RETURN 1; END; PROCEDURE b AS BEGIN"
                " NULL; END; END"
            ),
            "DO 1",
        ],
    ),
    "event": (
        "ALTER DEFINER=a EVENT e DO BEGIN DO 1; DO 2; END; ALTER TABLE t ADD a int; DO 3",
        [
            "ALTER DEFINER=a EVENT e DO BEGIN DO 1; DO 2; END",
            "ALTER TABLE t ADD a int",
            "DO 3",
        ],
    ),
    "block alone": (
        "BEGIN NOT ATOMIC SELECT 1; END; DO 2",
        ["BEGIN NOT ATOMIC SELECT 1; END", "DO 2"],
    ),
}
POSTGRESQLS = {
    "dollars": (
        "CREATE FUNCTION f() RETURNS int AS $f$ BEGIN RETURN 1; END $f$ LANGUAGE plpgsql; SELECT 1;;",
        [
            "CREATE FUNCTION f() RETURNS int AS $f$ BEGIN RETURN 1; END $f$ LANGUAGE plpgsql",
            "SELECT 1",
        ],
    ),
    "atomic": (
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 1",
        ["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END", "SELECT 1"],
    ),
    "cases within each other": (
        (
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT (CASE WHEN true THEN CASE 1 WHEN 1 THEN 2 END"
            " END); END; SELECT 1"
        ),
        [
            (
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT (CASE WHEN true THEN CASE 1 WHEN 1"
                " THEN 2 END END); END"
            ),
            "SELECT 1",
        ],
    ),
    "called like a block": (
        "CREATE FUNCTION begin() RETURNS int AS 'SELECT 1;' LANGUAGE sql; SELECT 1",
        ["CREATE FUNCTION begin() RETURNS int AS 'SELECT 1;' LANGUAGE sql", "SELECT 1"],
    ),
    "rule": (
        "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b); SELECT 1",
        ["CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)", "SELECT 1"],
    ),
    "guards": ("\\restrict abc\n\nSELECT 1;\n\\unrestrict abc\n", ["SELECT 1"]),
    "comments": ("-- a;\n/* ; /* ; */ ; */ SELECT ';' -- ;\n; -- the end", None),
}
SQLITES = (
    "CREATE TEMP TRIGGER t AFTER INSERT ON x BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM y; END;"
    " CREATE TABLE trigger (begin int)"
)


@pytest.mark.parametrize(("script", "expected"), MARIADBS.values(), ids=MARIADBS.keys())
def test_mariadbs(script, expected):
    assert statements_of(script, MARIADB) == expected


@pytest.mark.parametrize(("script", "expected"), POSTGRESQLS.values(), ids=POSTGRESQLS.keys())
def test_postgresqls(script, expected):
    found = statements_of(script, POSTGRESQL)
    assert found == expected if expected else len(found) == 1


def test_sqlites():
    first, second = statements_of(SQLITES, SQLITE)
    assert first.endswith("END")
    assert second == "CREATE TABLE trigger (begin int)"


def test_a_case_before_the_block_of_a_trigger():
    trigger = (
        "CREATE TRIGGER t INSTEAD OF UPDATE ON v WHEN CASE WHEN new.a THEN CASE 1 WHEN 1 THEN 1 END END"
        " BEGIN SELECT CASE WHEN 1 THEN 2 END; SELECT 1; END"
    )
    assert statements_of(f"{trigger}; SELECT 1", SQLITE) == [trigger, "SELECT 1"]


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ("COPY t (a) FROM stdin;\n1\n\\.\n", "pg_dump --inserts"),
        ("\\connect other\nSELECT 1", "is said to psql"),
    ],
)
def test_what_only_psql_can_do_is_refused(script, word):
    with pytest.raises(OperationError, match=word):
        statements_of(script, POSTGRESQL)


def test_what_is_long_is_cut_too():
    script = f"INSERT INTO t VALUES ('{'a;b ' * 40_000}');" + "SELECT 1;" * 5_000
    assert len(statements_of(script, SQLITE)) == 5_001
    assert len(statements_of("INSERT INTO t VALUES (1);\n" * 40_000, MARIADB)) == 40_000


@pytest.mark.parametrize("dialect", [MARIADB, POSTGRESQL, SQLITE], ids=lambda each: each.name)
def test_rows_are_not_taken_apart(dialect, monkeypatch):
    """To cut 3,000 statements of rows into their tokens took twice as long as to run them."""
    look = Mock(side_effect=token_at)
    monkeypatch.setattr(scripts, "token_at", look)
    rows = [
        f"-- {n}\nInsert INTO d VALUES ('a;b', {n}, -{n}.5e3, a=>{n}, \"x;\")" for n in range(99)
    ]
    assert statements_of(f"{';'.join(rows)};\nCREATE TABLE t (a int);", dialect) == [
        *rows,
        "CREATE TABLE t (a int)",
    ]
    assert look.call_count < 20


@pytest.mark.parametrize("dialect", [MARIADB, POSTGRESQL, SQLITE], ids=lambda each: each.name)
def test_what_looks_like_an_end_within_rows_is_none(dialect):
    rows = [
        "INSERT INTO t VALUES ('it''s;', (1), -1, 2 - 3)",
        "INSERT INTO t VALUES (1 /* ; /* a */ ) /* '; */",
        "UPDATE t SET a = '-- ;' -- ;'\n WHERE b = 1/2",
        "SELECT x'00', ';' , a.b, ':;' FROM \"a;b\" WHERE a > 1",
        "DELETE FROM t WHERE a IN (SELECT ';')",
    ]
    if dialect is POSTGRESQL:
        rows[1] = "INSERT INTO t VALUES (1) /* ; /* ; */ ; */"
        rows += [
            r"SELECT E'\';' || $$;'$$ || $a$;$$;$a$, a[1], 1::int, '\'",
            "INSERT INTO a$b VALUES (1)",
        ]
    if dialect is MARIADB:
        rows += [
            "INSERT INTO `a;b` VALUES ('\\';', \"it's;\", _utf8mb4';') # ;\n",
            "SELECT 1--1, '#;'",
        ]
        rows += ["REPLACE INTO t VALUES (1) /*! ; */"]
    if dialect is SQLITE:
        rows += ["SELECT [a;b], `c;d`, '\\'"]
    assert statements_of(";\n".join(rows), dialect) == [each.strip() for each in rows]
