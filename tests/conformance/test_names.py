"""Names and texts that would be something else, if they were not quoted: in every operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import models
from django.db.models import F, Q

from kit_django.exceptions import OperationError
from tests.schemas import rows_of, run, table_of

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema

NAMES = [
    "it's \"1\" `2` [3]; 100%s %d %% \\' \n--",
    'x"; DROP TABLE victim; --',
    "x`; DROP TABLE victim; -- ",
    "select",
    "  Groß 表\t",
    "objects",
    "%(x)s" + "a" * 50,
]
DOTTED = [".a.b"]
"""Not for PostgreSQL, where a dot stands between a schema and a table."""


def names_of(vendor: str) -> list[str]:
    names = [name.rstrip() if vendor == "mysql" else name for name in NAMES]
    if vendor == "postgresql":
        return [name.replace(".", "_") for name in names]
    return [*names, *DOTTED]


def victim(schema: Schema) -> None:
    with schema.create_table("victim") as table:
        table.id()
    schema.run_sql("INSERT INTO victim (id) VALUES (1)")


def short(name: str, suffix: str) -> str:
    """As many characters as leave room for the suffix in the narrowest database."""
    return name[:48] + suffix


@pytest.mark.parametrize("part", range(2))
def test_hostile_names_and_texts(conform, connection, vendor, part):
    names = names_of(vendor)[part::2]
    has_comments = connection.features.supports_comments
    told = (lambda name: {"comment": name}) if has_comments else lambda name: {}

    def change(schema: Schema) -> None:
        for name in names:
            with schema.create_table(name, **told(name)) as table:
                table.id()
                table.string(name, max_length=60, default=name, **told(name))
                table.unsigned_integer(short(name, "+"), default=1, index=short(name, " i"))
                table.json(short(name, "{"), null=True)
                table.enum(
                    short(name, "e"), [name, "other"], default=name, type_name=short(name, " t")
                ) if vendor != "postgresql" else None
                table.unique([name, short(name, "+")], name=short(name, " u"))
                table.check(Q(**{name: name}) | Q(**{name: "x"}), name=short(name, " c"))
                table.generated(short(name, "g"), F(short(name, "+")) + 1, models.IntegerField())
            with schema.create_table(short(name, "'2")) as table:
                table.foreign_id(name, references=name, on_delete="cascade", null=True)
            with schema.alter_table(name) as table:
                table.string(short(name, "'3"), null=True, max_length=60)
                table.change(short(name, "'3")).string(max_length=70).was.string(max_length=60)
                table.change(name).set(default=f"{name}!").was.set(default=name)
                table.index([name], name=short(name, " j"))
                table.rename(name, short(name, "'4"))
                table.rename_index(short(name, " j"), short(name, " k"))
            schema.rename_table(name, short(name, "'5"))
            if has_comments:
                schema.comment_table(short(name, "'5"), f"{name}?", was=name)

    outcome = conform(change, given=victim)
    assert outcome.after.find("victim")
    for name in names:
        table = outcome.after.find(short(name, "'5"))
        assert table, name
        column = table.column(short(name, "'4"))
        assert table.comment == (f"{name}?" if has_comments else "")
        assert column.comment == (name if has_comments else "")
        assert {index.name for index in table.indexes} >= {short(name, " k"), short(name, " i")}
        (key,) = outcome.after.find(short(name, "'2")).foreign_keys
        assert (key.columns, key.to_table) == ((name,), short(name, "'5"))
    assert_usable(connection, names)


def assert_usable(connection: Any, names: list[str]) -> None:
    """The default is the text that was given, and the ORM finds its way."""

    def look(schema: Schema) -> None:
        for name in names:
            made = schema.model(short(name, "'5"))
            text = short(name, "'4")
            # The check takes two texts, and the new default is none of them.
            made.objects.create(**{text: "x"})
            found = made.objects.filter(**{text: "x"}).get()
            assert getattr(found, text) == "x"
            other = schema.model(short(name, "'2"))
            field = "objects_field" if name == "objects" else name
            other.objects.create(**{f"{field}_id": found.pk})
            assert other.objects.count() == 1

    run(connection, look)
    assert rows_of(connection)[None, "victim"] == [{"id": 1}]


@pytest.mark.databases("postgresql")
def test_hostile_enum_labels_and_type_names(conform, vendor):
    names = names_of(vendor)

    def change(schema: Schema) -> None:
        with schema.create_table("t") as table:
            for position, name in enumerate(names):
                table.enum(f"e{position}", [name, "other"], default=name)
        for name in names:
            schema.create_enum(short(name, " t"), [name])

    after = conform(change).after
    assert {enum.name for enum in after.enums} >= {short(name, " t") for name in names}
    table = after.find("t")
    for position, name in enumerate(names):
        assert table.column(f"e{position}").default is not None
        enum = next(each for each in after.enums if each.name == f"t_e{position}")
        assert enum.labels == (name, "other")


@pytest.mark.databases("postgresql")
def test_hostile_schemas(conform):
    name = 'the "other" 100%; it\'s'

    def change(schema: Schema) -> None:
        schema.create_schema(name)
        with schema.create_table(f"{name}.t 'x'") as table:
            table.id()
            table.enum("kind", ["a"])
            table.foreign_id("self_id", references=f"{name}.t 'x'", null=True)
            table.string("s", index=True, comment=name, max_length=10)
        with schema.alter_table(f"{name}.t 'x'") as table:
            table.change("s").string(max_length=20).was.string(max_length=10)
            table.change("id").integer().was.big_integer()
        schema.rename_table(f"{name}.t 'x'", f"{name}.u%")

    conform(change)


LONG = {"postgresql": "ä" * 31 + "ab", "mysql": "a" * 65, "sqlite": "sqlite_x"}
MESSAGE = {
    "postgresql": "takes 64 bytes, and 63 is the most",
    "mysql": "has 65 characters, and 64 is the most",
    "sqlite": "are SQLite's own",
}


def test_names_that_a_database_would_cut_are_refused(refuse, connection, vendor):
    run(connection, victim)
    name = LONG[vendor]
    match = f"{connection.display_name} cannot have .* called {name!r}: .*{MESSAGE[vendor]}"

    def create(schema):
        with schema.create_table(name) as table:
            table.id()

    refuse(create, OperationError, match)
    refuse(lambda schema: schema.rename_table("victim", name), OperationError, match)
    refuse(lambda schema: schema.create_index("victim", "id", name=name), OperationError, match)

    def column(schema):
        with schema.alter_table("victim") as table:
            table.integer(name, null=True)

    def rename(schema):
        with schema.alter_table("victim") as table:
            table.rename("id", name)

    def constraint(schema):
        with schema.alter_table("victim") as table:
            table.check("id > 0", name=name)

    def index(schema):
        schema.create_index("victim", "id", name="short")
        schema.rename_index("victim", "short", name)

    if vendor != "sqlite":  # which keeps only names of tables and indexes for itself
        for change in (column, rename, constraint):
            refuse(change, OperationError, match)
    with pytest.raises(OperationError, match="called"):
        run(connection, index)


def test_names_of_full_length(conform, vendor):
    length = {"postgresql": 63, "mysql": 64, "sqlite": 200}[vendor]
    one, two = "t" * length, "u" * length

    def change(schema):
        with schema.create_table(one) as table:
            table.id()
            table.string(one, max_length=20, unique=True)
            table.string(two, max_length=20, index=True)
            table.foreign_id("x" * length, references=one, null=True)
            table.unsigned_integer("y" * length, default=0)
        schema.rename_table(one, two)

    table = conform(change).after.find(two)
    names = [index.name for index in table.indexes] + [unique.name for unique in table.uniques]
    assert len(set(names)) == 3
    assert all(len(name) <= 63 for name in names)


@pytest.mark.parametrize(("name", "message"), [("", "says nothing"), ("a\0b", "and no NUL")])
def test_names_that_no_database_has(refuse, name, message):
    def create(schema):
        with schema.create_table(name) as table:
            table.id()

    refuse(create, OperationError, message)


def test_texts_that_no_database_has(refuse, connection, vendor):
    def change(schema):
        with schema.create_table("t") as table:
            table.string("s", default="a\0b")

    refuse(change, OperationError, "NUL character")


@pytest.mark.databases("mysql")
def test_names_that_mariadb_would_refuse(refuse):
    def blank(schema):
        with schema.create_table("t ") as table:
            table.id()

    def astral(schema):
        with schema.create_table("t😀") as table:
            table.id()

    refuse(blank, OperationError, "cannot end with a space")
    refuse(astral, OperationError, "basic plane")


def test_columns_that_models_cannot_have(conform, connection):
    reserved = ["objects", "pk", "Meta", "save", "check", "clean", "_meta", "from", "class"]

    def change(schema):
        with schema.create_table("t") as table:
            table.id()
            for name in reserved:
                table.integer(name, default=3)
            table.check(Q(check__gt=0) & Q(objects=F("save")), name="by_q")

    conform(change)
    seen = []

    def look(schema):
        model = schema.model("t")
        model.objects.create()
        seen.append(model.objects.get())

    run(connection, look)
    (row,) = seen
    assert [getattr(row, f"{name}_field") for name in ("objects", "pk", "Meta", "save")] == [3] * 4
    assert getattr(row, "from") == 3
    assert table_of(connection, "t").has_column("_meta")
