"""What SQL says, read where it matters: types, functions and strings that look like columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db.models.expressions import RawSQL

from tests.commands.test_db_sync import execute, models
from tests.commands.test_db_sync_options import sync
from tests.schemas import run, table_of

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.operations.schema import Schema
    from tests.conformance.conftest import Conform
    from tests.projects import Project

# A column is called as a type that a cast names, as a function and as a word in a text.
TYPES = {"sqlite": "text", "postgresql": "text", "mysql": "char"}
NAMED = {
    "sqlite": [
        """CREATE TABLE t ("code" text, text text, upper text,
            x text AS (cast("code" as text)) STORED,
            CHECK (cast("code" as text) <> 'text' /* text */ AND upper("code") <> 'upper'))""",
        """CREATE INDEX i ON t (cast("code" as text), upper("code"))
            WHERE cast("code" as text) <> 'text'""",
    ],
    "postgresql": [
        """CREATE TABLE t (code varchar(9), text text, upper text,
            x text GENERATED ALWAYS AS (code::text) STORED,
            CHECK (code::text <> 'text' AND code = ANY (ARRAY[upper(code)])))""",
        "CREATE INDEX i ON t ((code::text), upper(code)) WHERE code::text <> $$text$$",
    ],
    "mysql": [
        r"""CREATE TABLE t (code varchar(9), `char` varchar(9), `upper` varchar(9),
            x varchar(9) AS (cast(code as char)) STORED,
            CHECK (cast(code as char) <> '\'`char`' AND upper(code) <> '`upper`'))""",
        "CREATE INDEX i ON t (code)",
    ],
}


def named(schema: Schema) -> None:
    for sql in NAMED[schema.connection.vendor]:
        schema.run_sql(sql)


def test_a_column_called_like_a_type_or_function_is_dropped(conform: Conform, vendor: str) -> None:
    def change(schema: Schema) -> None:
        with schema.alter_table("t") as table:
            table.drop(TYPES[vendor])
            table.drop("upper")

    found = conform(change, given=named, irreversible="what the column was")
    before, after = found.before.find("t"), found.after.find("t")
    assert before is not None
    assert after is not None
    assert after.column_names == ("code", "x")
    assert after.checks == before.checks
    assert after.column("x") == before.column("x")
    assert [index.parts for index in after.indexes] == [index.parts for index in before.indexes]


def test_a_column_called_like_a_type_or_function_is_renamed(conform: Conform, vendor: str) -> None:
    def change(schema: Schema) -> None:
        with schema.alter_table("t") as table:
            table.rename(TYPES[vendor], "body")
            table.rename("upper", "lower")

    found = conform(change, given=named)
    before, after = found.before.find("t"), found.after.find("t")
    assert before is not None
    assert after is not None
    assert after.column_names == ("code", "body", "lower", "x")
    assert after.checks == before.checks
    assert after.column("x") == before.column("x")
    assert [index.where for index in after.indexes] == [index.where for index in before.indexes]


def test_a_column_is_renamed_wherever_sql_names_it(conform: Conform, vendor: str) -> None:
    def change(schema: Schema) -> None:
        with schema.alter_table("t") as table:
            table.rename("code", "a key")

    after = conform(change, given=named).after.find("t")
    assert after is not None
    (check,) = after.checks
    assert "code" not in check.sql
    assert "code" not in str(after.column("x").generated)
    assert "code" not in str([(each.parts, each.where) for each in after.indexes])


GROUPED = (
    "CREATE TABLE t (id integer NOT NULL PRIMARY KEY, n integer, "
    "m integer GENERATED ALWAYS AS ({}) STORED, CONSTRAINT few CHECK ({}))"
)


def test_another_grouping_is_a_difference(project: Project) -> None:
    whole = ("(n + 1) * 2", "(n > 1 OR n < 9) AND n <> 5")
    execute(project.connection, GROUPED.format(*whole))
    sync(project)
    for other in (("n + 1 * 2", whole[1]), (whole[0], "n > 1 OR (n < 9 AND n <> 5)")):
        execute(project.connection, "DROP TABLE t", GROUPED.format(*other))
        assert sync(project, "--check", check=1)[-1] == "The models differ from the database."
    execute(project.connection, "DROP TABLE t", GROUPED.format("((n) + 1) * 2", f"({whole[1]})"))
    assert sync(project, "--check")[-1] == "The models are up to date."


ALTERNATIVES = " OR ".join(f"(n > {number} AND m = {number})" for number in range(300))
CHECKED = """
    CREATE TABLE t (id integer NOT NULL PRIMARY KEY, kind varchar(9), state varchar(9),
        archived integer, n integer, m integer,
        CONSTRAINT kinds CHECK (kind IN ('a', 'b') OR archived IS NULL),
        CONSTRAINT states CHECK (state IN ('c', 'd') OR state IS NULL),
        CONSTRAINT many CHECK ({}))
"""


def test_choices_are_those_of_the_whole_check(project: Project) -> None:
    """Beside them a check of many alternatives, which no file could hold one within the other."""
    execute(project.connection, CHECKED.format(ALTERNATIVES))
    sync(project)
    source = models(project)
    kind, state = (source.partition(f" {name} = ")[2].split("\n")[0] for name in ("kind", "state"))
    assert "choices" not in kind
    assert "choices" in state
    assert 'name="kinds"' in source
    assert 'name="many"' in source
    assert sync(project, "--check")[-1] == "The models are up to date."


@pytest.mark.databases("postgresql")
def test_a_check_on_a_name_in_quotes_says_nothing_of_another_case(project: Project) -> None:
    execute(
        project.connection,
        'CREATE TABLE t (id integer NOT NULL PRIMARY KEY, a integer, "A" integer CHECK ("A" >= 0))',
    )
    sync(project)
    said = [line for line in models(project).splitlines() if "IntegerField(" in line]
    positive = [line for line in said if "Positive" in line]
    assert len(positive) == 1
    assert 'db_column="A"' in positive[0]


@pytest.mark.databases("postgresql")
def test_an_expression_between_parentheses_is_not_in_parentheses(conform: Conform) -> None:
    def change(schema: Schema) -> None:
        with schema.create_table("t") as table:
            table.integer("a")
            table.integer("b")
            table.exclude(
                [(RawSQL("(a) + (b)", ()), "=")],
                name="sums",
                method="btree",
                where="(a > 0) OR (b > 0)",
            )

    (exclusion,) = conform(change).after.find("t").exclusions  # type: ignore[union-attr]
    assert "(a + b)" in exclusion.sql


@pytest.mark.databases("sqlite")
def test_a_statement_that_cannot_be_followed_stops_before_anything(
    connection: BaseDatabaseWrapper,
) -> None:
    """Comments behind every word, all quotes, strings with parentheses: a rebuild keeps them all."""
    execute(
        connection,
        'CREATE TABLE [t (] ("a""b" INT -- ,)\n CHECK /* ( */ ("a""b" <> \')\' ), `c` \'x (2)\''
        " DEFAULT ( '(' ) /* ' */, d AS (`c` || \"a\"\"b\") /* stored */ STORED, e REFERENCES 'p q'"
        " ('x') NOT NULL DEFERRABLE INITIALLY DEFERRED, CONSTRAINT [k)] UNIQUE (`c` COLLATE nocase"
        " DESC, [e]) ON CONFLICT IGNORE -- last ) \n) -- the end",
    )

    def change(schema: Schema) -> None:
        with schema.alter_table("t (") as table:
            table.change('a"b').big_integer(null=True)

    before = table_of(connection, "t (")
    run(connection, change)
    after = table_of(connection, "t (")
    assert after.columns[1:] == before.columns[1:]
    assert after.checks == before.checks
    assert after.uniques == before.uniques
    assert after.uniques[0].options[0] == ("conflict", "IGNORE")
    assert after.foreign_keys == before.foreign_keys
    assert after.foreign_keys[0].deferrable == "deferred"
