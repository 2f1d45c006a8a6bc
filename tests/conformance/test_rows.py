"""SQL of one's own, and rows through the ORM, in a migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db.models import F

from kit_django.exceptions import Irreversible, UnknownTable
from kit_django.operations.schema import record
from tests.schemas import run, table_of

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema


def authors(schema: Schema) -> None:
    with schema.create_table("authors") as table:
        table.id()
        table.string("name", max_length=20)
        table.integer("rank", default=1, index="by_rank")
    with schema.create_table("books") as table:
        table.id()
        table.string("title", max_length=40, null=True)
        table.foreign_id("author_id", references="authors", on_delete="cascade")
        table.foreign_id("sequel_id", references="books", null=True)
    with schema.create_table("pairs") as table:
        table.integer("x")
        table.integer("y")
        table.string("note", max_length=9, default="n")
        table.primary_key(["x", "y"])


def test_run_sql_and_its_reverse(conform):
    def change(schema):
        schema.run_sql("CREATE TABLE own (n integer)", reverse="DROP TABLE own")
        schema.run_sql(
            "INSERT INTO authors (name) VALUES ('a%'); UPDATE authors SET rank = 2;",
            reverse="DELETE FROM authors",
        )

    assert conform(change, given=authors).after.find("own")


def test_run_sql_with_parameters(conform, connection):
    def change(schema):
        schema.run_sql(
            "INSERT INTO authors (name, rank) VALUES (%s, %s)",
            ["it's 5% \\ %s", 7],
            reverse="DELETE FROM authors",
        )

    conform(change, given=authors)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, rank FROM authors")
        assert tuple(cursor.fetchone()) == ("it's 5% \\ %s", 7)


def test_run_sql_without_reverse(conform):
    conform(
        lambda schema: schema.run_sql("UPDATE authors SET rank = 2"),
        given=authors,
        irreversible="does not say how to undo it",
    )


@pytest.mark.databases("sqlite", "postgresql")
def test_triggers_and_scripts_in_sql(conform, vendor):
    trigger = {
        "sqlite": (
            "CREATE TRIGGER t AFTER INSERT ON authors BEGIN "
            "UPDATE authors SET rank = 5; DELETE FROM books; END;"
        ),
        "postgresql": (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN DELETE FROM books; RETURN NULL; END $$;"
            "CREATE TRIGGER t AFTER INSERT ON authors EXECUTE FUNCTION f();"
        ),
    }
    reverse = {
        "sqlite": "DROP TRIGGER t",
        "postgresql": "DROP TRIGGER t ON authors; DROP FUNCTION f()",
    }

    def change(schema):
        schema.run_sql(trigger[schema.vendor], reverse=reverse[schema.vendor])

    assert conform(change, given=authors).after.find("authors").triggers


def test_the_catalog_sees_what_sql_has_done(connection):
    def change(schema):
        assert not schema.has_table("own")
        schema.run_sql("CREATE TABLE own (n integer)")
        assert schema.has_table("own")
        schema.execute("ALTER TABLE own ADD COLUMN m integer")
        assert schema.has_column("own", "m")
        with schema.alter_table("own") as table:
            table.rename("m", "o")
        assert not schema.has_column("own", "m")
        assert schema.has_index("authors", "by_rank")
        assert not schema.has_index("authors", "by_name")
        assert not schema.has_index("nothing", "by_name")
        with schema.cursor() as cursor:
            cursor.execute("DROP TABLE own")
        assert not schema.has_table("own")

    run(connection, authors, change)


def test_execute(connection):
    seen = []

    def change(schema):
        assert schema.execute("INSERT INTO authors (name) VALUES (%s)", params=["50%"]) == []
        seen.extend(schema.execute("SELECT name FROM authors WHERE name LIKE '5%'"))
        seen.append(schema.connection.vendor)

    run(connection, authors, change)
    assert [tuple(seen[0]), seen[1]] == [("50%",), connection.vendor]


def test_models(connection):
    def change(schema):
        Author = schema.model("authors")
        Book = schema.model("books")
        author = Author.objects.create(name="a")
        other = Author.objects.create(name="b", rank=5)
        Book.objects.bulk_create(
            [Book(title=f"book {number}", author=author) for number in range(250)]
        )
        last = Book.objects.create(author_id=other.pk, sequel=Book.objects.first())
        assert last.author.name == "b"
        assert last.sequel.author == author
        Book.objects.filter(author__name="a").update(title=F("author_id"))
        assert sum(1 for _ in Book.objects.iterator(chunk_size=100)) == 251
        changed = list(Book.objects.filter(author=author)[:3])
        for book in changed:
            book.title = "changed"
        assert Book.objects.bulk_update(changed, ["title"]) == 3
        assert Book.objects.filter(title="changed").count() == 3
        assert Book.objects.select_related("author", "sequel").get(pk=last.pk).author.rank == 5
        last.delete()
        with schema.alter_table("authors") as table:
            table.integer("age", null=True)
        schema.model("authors").objects.filter(pk=other.pk).update(age=7)
        assert schema.model("authors").objects.get(age=7).rank == 5

    run(connection, authors, change)


def test_models_of_composite_keys(connection):
    def change(schema):
        Pair = schema.model("pairs")
        Pair.objects.create(x=1, y=2)
        Pair.objects.bulk_create([Pair(x=1, y=3, note="z"), Pair(x=2, y=2)])
        assert Pair.objects.get(pk=(1, 2)).note == "n"
        Pair.objects.filter(pk=(1, 3)).update(note="w")
        assert Pair.objects.get(x=1, y=3).note == "w"
        Pair.objects.get(pk=(2, 2)).delete()
        assert Pair.objects.count() == 2

    run(connection, authors, change)


def test_models_of_tables_without_a_key(connection):
    """A column that may be null tells no rows apart, and is null where that is said."""

    def change(schema):
        with schema.create_table("loose") as table:
            table.integer("n")
            table.integer("x", null=True, default=5)
            table.integer("y", null=True, default=6)
            table.unique(["x", "y"])
            table.unique(["y"])
        Loose = schema.model("loose")
        Loose.objects.bulk_create([Loose(n=1, x=None, y=None), Loose(n=2, x=None, y=7)])
        Loose.objects.create(n=3)
        assert sorted(schema.execute("SELECT n, x, y FROM loose")) == [
            (1, None, None),
            (2, None, 7),
            (3, 5, 6),
        ]

    run(connection, change)


def test_rows_and_tables_in_any_order(connection):
    """Checks of rows that wait for the end of the transaction do not stand in the way."""

    def change(schema):
        Author = schema.model("authors")
        author = Author.objects.create(name="a")
        schema.model("books").objects.create(author=author, title="x")
        with schema.alter_table("books") as table:
            table.string("subtitle", max_length=9, default="s")
        schema.run_sql("UPDATE books SET title = 'y'")
        with schema.alter_table("authors") as table:
            table.change("id").big_integer()
            table.drop("rank")
        schema.model("books").objects.update(subtitle="t")
        schema.rename_table("books", "texts")
        assert schema.model("texts").objects.get().author.name == "a"

    run(connection, authors, change)
    assert table_of(connection, "texts").has_column("subtitle")


def test_what_cannot_be_recorded(connection):
    asking = [
        lambda schema: schema.model("authors"),
        lambda schema: schema.execute("SELECT 1"),
        lambda schema: schema.cursor(),
        lambda schema: schema.has_table("authors"),
        lambda schema: schema.has_column("authors", "id"),
        lambda schema: schema.has_index("authors", "x"),
    ]
    for ask in asking:
        with pytest.raises(Irreversible, match="asks the database for"):
            record(ask, connection)


def test_a_model_of_nothing(connection):
    with pytest.raises(UnknownTable, match="no table 'nothing'"):
        run(connection, lambda schema: schema.model("nothing"))
