"""Any table that a database accepts has a model that imports, passes the checks, answers, comes back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import django
import pytest
from django.db import DatabaseError
from hypothesis import given, settings
from hypothesis import strategies as st

from kit_django.codegen.inference import infer
from kit_django.codegen.inference.context import Claim, Context
from kit_django.codegen.source.imports import Imports, render_imports
from kit_django.codegen.source.rendering import render_model
from kit_django.codegen.verifying.creating import create_models
from kit_django.codegen.verifying.losses import compare
from kit_django.codegen.verifying.round_trip import build_models
from kit_django.codegen.verifying.surroundings import surroundings_of
from kit_django.schema.field_reader import FieldReader
from kit_django.schema.introspection import introspect
from tests import databases
from tests.commands.test_db_sync import CLEAN
from tests.commands.test_db_sync_options import BEYOND_DJANGO
from tests.quoting import quote_literal, quote_name
from tests.roundtrip import Soundness, soundness

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.codegen.specs import Inference
    from tests.projects import Project

TYPES = {
    "sqlite": [
        *("integer", "bigint", "smallint", "INT", "bool", "BOOLEAN", "text", "varchar(20)"),
        *("NVARCHAR(9)", "char(32)", "decimal(8, 2)", "NUMERIC", "real", "date", "datetime"),
        *("TIMESTAMP", "time", "BLOB", "JSON", "POINT", ""),
    ],
    "postgresql": [
        *("integer", "bigint", "smallint", "boolean", "text", "varchar(20)", "varchar", "char(3)"),
        *("numeric(8, 2)", "numeric", "real", "double precision", "date", "timestamptz"),
        *("timestamp", "time", "interval", "bytea", "json", "jsonb", "uuid", "inet", "point"),
        *("text[]", "int4range", "tsvector", "bit(3)", "xml", "money"),
    ],
    "mysql": [
        *("int", "bigint", "smallint", "tinyint(1)", "tinyint", "int unsigned", "text"),
        *("varchar(20)", "char(3)", "decimal(8, 2)", "float", "double", "date", "datetime"),
        *("datetime(6)", "time", "blob", "varbinary(9)", "json", "year", "enum('a','b c')"),
        *("set('x','y')", "bit(1)", "mediumint unsigned", "longtext", "point"),
    ],
}
# Models in a registry of their own are not installed.
OF_THE_REGISTRY = {"fields.E300", "fields.E331"}
DEFAULTS = ["", "", " DEFAULT NULL", " DEFAULT 1", " DEFAULT '0'", " DEFAULT 'a'", " DEFAULT ''"]
PLAIN = ["id", "name", "class", "user_id", "userId", "UserID", "a__b", "save", "pk", "type", "Q"]
ODD = [
    'say "hi"',
    "it's",
    "100%",
    "%s",
    "two words",
    "back\\slash",
    "новое",
    "`tick`",
    "a.b",
    "x\ny",
]


def cannot_be_queried(name: str) -> bool:
    """Django before 6.1 raises for any query of such a name on PostgreSQL."""
    return "$" in name and databases.vendor() == "postgresql" and django.VERSION < (6, 1)


NAMES = st.sampled_from(PLAIN + ODD) | st.text(
    st.characters(codec="utf-8", max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc")),
    min_size=1,
    max_size=12,
).filter(lambda name: name == name.strip() and not cannot_be_queried(name))


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    tail: str


@dataclass(frozen=True)
class Table:
    """``key``, ``unique`` and ``index`` are numbers of columns; ``target`` is a table before it."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[int, ...]
    unique: tuple[int, ...]
    index: tuple[int, ...]
    target: int | None
    action: str
    checked: bool


def columns() -> st.SearchStrategy[Column]:
    tails = st.builds(str.__add__, st.sampled_from(DEFAULTS), st.sampled_from(["", " NOT NULL"]))
    return st.builds(Column, NAMES, st.sampled_from(TYPES[databases.vendor()]), tails)


def some_of(count: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(st.integers(0, count - 1), max_size=3, unique=True).map(tuple)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    drawn = draw(
        st.lists(columns(), min_size=1, max_size=6, unique_by=lambda each: each.name.lower())
    )
    several = some_of(len(drawn))
    return Table(
        name=draw(NAMES),
        columns=tuple(drawn),
        key=draw(several),
        unique=draw(several),
        index=draw(several),
        target=draw(st.none() | st.integers(0, 3)),
        action=draw(st.sampled_from(["", " ON DELETE CASCADE", " ON DELETE SET NULL"])),
        checked=draw(st.booleans()),
    )


def statements(connection: BaseDatabaseWrapper, table: Table, number: int) -> list[str]:
    """The table without anything that could be refused, and what might be in statements behind it."""
    name = quote_name(connection, table.name)
    quoted = [quote_name(connection, each.name) for each in table.columns]
    defined = [
        f"{column} {each.type}{each.tail}"
        for column, each in zip(quoted, table.columns, strict=True)
    ]
    if table.key:
        defined.append(f"PRIMARY KEY ({', '.join(quoted[each] for each in table.key)})")
    if table.checked:
        text = quote_literal(connection, table.name)
        defined.append(f"CHECK ({quoted[0]} IS NULL OR {text} <> {quote_literal(connection, 'x')})")
    made = [f"CREATE TABLE {name} ({', '.join(defined)})"]
    for kind, chosen in (("UNIQUE INDEX", table.unique), ("INDEX", table.index)):
        if chosen:
            index = quote_name(connection, f"{kind} {number} on {table.name}"[:60])
            keys = ", ".join(quoted[each] for each in chosen)
            made.append(f"CREATE {kind} {index} ON {name} ({keys})")
    return made


def create(connection: BaseDatabaseWrapper, drawn: list[Table]) -> None:
    """What the database refuses is left out: not everything fits together."""
    for number, table in enumerate(drawn):
        plainer = replace(table, columns=tuple(replace(each, tail="") for each in table.columns))
        for attempt in (table, replace(table, key=()), plainer, replace(plainer, key=())):
            made, *extras = statements(connection, attempt, number)
            if executed(connection, made):
                for statement in extras:
                    executed(connection, statement)
                break
        relate(connection, table, drawn, number)


def executed(connection: BaseDatabaseWrapper, statement: str) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, None)
    except DatabaseError:
        return False
    return True


def relate(connection: BaseDatabaseWrapper, table: Table, drawn: list[Table], number: int) -> None:
    """A link table's worth of foreign keys: each to a table that has one column for its key."""
    target = drawn[table.target] if table.target is not None and table.target < number else None
    if target is None or len(target.key) != 1:
        return
    column = target.columns[target.key[0]]
    name = quote_name(connection, f"links {number}")
    end = f"{quote_name(connection, target.name)} ({quote_name(connection, column.name)})"
    own = [quote_name(connection, each) for each in ("user_id", "user")]
    ends = ", ".join(f"{each} {column.type}" for each in own)
    keys = ", ".join(f"FOREIGN KEY ({each}) REFERENCES {end}{table.action}" for each in own)
    executed(connection, f"CREATE TABLE {name} (id integer NOT NULL PRIMARY KEY, {ends}, {keys})")


def inferred(connection: BaseDatabaseWrapper) -> Inference:
    facts = introspect(connection)
    reader = FieldReader.of(connection, facts)
    return infer([Claim(table, "blog") for table in facts], Context(connection, reader))


def source_of(found: Inference) -> str:
    imports = Imports()
    classes = "\n\n".join(render_model(model, imports) for model in found.models)
    return f"{render_imports(imports.needed, 88)}\n\n{classes}"


@pytest.mark.long
@settings(max_examples=15 if databases.vendor() == "mysql" else 60)
@given(drawn=st.lists(tables(), min_size=1, max_size=4, unique_by=lambda each: each.name.lower()))
def test_random_tables_have_sound_models(
    connection: BaseDatabaseWrapper,
    other_connection: BaseDatabaseWrapper,
    wipe: Callable[[BaseDatabaseWrapper], None],
    drawn: list[Table],
) -> None:
    wipe(connection)
    wipe(other_connection)
    create(connection, drawn)
    found = inferred(connection)
    assert source_of(found) == source_of(inferred(connection))
    compile(source_of(found), "models.py", "exec")
    models = build_models(found)
    for model in models:
        problems = [each.id for each in model.check(databases=["default"])]
        assert [each for each in problems if each not in OF_THE_REGISTRY] == []
        list(model.objects.all()[:1])
    before = introspect(connection)
    refused = create_models(other_connection, models, surroundings_of(connection, before))
    compared = compare(before, introspect(other_connection))
    # What stands in for a key that is not there need not be fit for one.
    keyless = {note.table for note in found.notes if "no unique key" in note.message}
    assert refused == [] or keyless
    lost = [loss for loss in compared.losses if loss.table not in keyless]
    assert [loss for loss in lost if loss.kind not in BEYOND_DJANGO] == []


@pytest.mark.long
@settings(max_examples=5)
@given(drawn=st.lists(tables(), min_size=4, max_size=8, unique_by=lambda each: each.name.lower()))
def test_random_tables_in_a_fresh_process(
    project: Project, wipe: Callable[[BaseDatabaseWrapper], None], drawn: list[Table]
) -> None:
    wipe(project.connection)
    create(project.connection, drawn)
    project.write("blog/models.py", "")
    project.run("db_sync", "--skip-migrations", check=0)
    assert project.run("check", check=0).lines == [CLEAN]
    assert soundness(project) == Soundness(imports=True, checks=True, queries=True)
    again = project.run("db_sync", "--skip-migrations", check=0)
    assert again.lines[-1] == "The models are up to date."
