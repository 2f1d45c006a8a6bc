"""What ``make_migration`` writes goes up, and comes back by the ``down()`` that it wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from kit_django.codegen.scaffolding import source
from tests.dumps import assert_same, columns_in_any_order, nothing
from tests.schemas import rows_of

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.dumps import Allowance, Judge
    from tests.runner.conftest import Migrations


@dataclass(frozen=True)
class Scaffold:
    """The arguments of the command, and what its ``down()`` cannot bring back."""

    arguments: tuple[str, ...]
    allowed: Allowance = nothing
    keeps_rows: bool = True
    fill: tuple[str, str] = ("", "")
    """What a person writes in the place of what the file says."""


# A down() that has to be told what there was is told it as the command says: by hand.
GIVEN = "title:string:unique body:text:null views:positive_integer:index price:decimal"
SCAFFOLDS = {
    "create": Scaffold(("create_tags_table",)),
    "create with columns": Scaffold(("create_tags_table", *GIVEN.split())),
    "create with a reference": Scaffold(("create_tags_table", "post_id:foreign_id:posts:null")),
    "create with all that can be said": Scaffold(
        (
            "create_products",
            *(
                "title:string:200",
                "body:text?",
                "price:decimal:10,2:default=0",
                "kind:enum:book,cd",
            ),
            *("post:foreign:posts:cascade", "ends_at:datetime?:index", "code:char:3:unique"),
        )
    ),
    "create by option": Scaffold(("begin", "name:char", "at:datetime:null", "--create", "tags")),
    "add": Scaffold(("add_slug_and_note_to_posts",)),
    "add with columns": Scaffold(
        ("add_more_to_posts", "code:uuid:null:unique", "post_id:foreign_id:posts:null")
    ),
    "add by option": Scaffold(("more", "is_on:boolean:null", "at:time:null", "--table", "posts")),
    "remove": Scaffold(("remove_note_from_notes",), columns_in_any_order, keeps_rows=False),
    "remove with columns": Scaffold(
        ("drop_more_from_notes", "note:string:null", "size:integer:null:index"),
        columns_in_any_order,
        keeps_rows=False,
    ),
    "drop": Scaffold(("drop_posts_table", *GIVEN.split()), keeps_rows=False),
    "rename": Scaffold(("rename_posts_to_articles",)),
    "rename column": Scaffold(("rename_title_to_headline_in_posts",)),
    "alter": Scaffold(("loosen", "--table", "posts"), fill=("pass", 'table.index("price")')),
    "empty": Scaffold(("fill",), fill=("pass", 'schema.rename_table("posts", "articles")')),
}
UNKNOWN = ("column", "table")


def make(migrations: Migrations, said: Scaffold) -> str:
    """The migration's file as the command writes it and a person finishes it; its source."""
    before = set(migrations.folder.glob("*.py"))
    outcome = migrations.run("make_migration", *said.arguments)
    assert outcome.code == 0, outcome.error
    (path,) = set(migrations.folder.glob("*.py")) - before
    source = path.read_text(encoding="utf-8")
    for what in UNKNOWN:
        message = f"Say what the {what} was, then delete this."
        source = source.replace(f'        raise NotImplementedError("{message}")\n', "")
    source = source.replace(*said.fill) if said.fill[0] else source
    path.write_text(source, encoding="utf-8")
    return source


@pytest.mark.parametrize("said", SCAFFOLDS.values(), ids=SCAFFOLDS.keys())
def test_up_and_down_as_written(
    migrations: Migrations, connection: BaseDatabaseWrapper, dump: Judge, said: Scaffold
) -> None:
    make(migrations, Scaffold(("create_posts_table", *GIVEN.split())))
    make(
        migrations,
        Scaffold(("create_notes_table", "note:string:null", "size:integer:null:index", "n:float")),
    )
    migrations.migrate()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO posts (title, views, price) VALUES ('one', 1, 1.5)")
        cursor.execute("INSERT INTO notes (note, n) VALUES ('two', 2)")
    before, rows = dump(connection), own(rows_of(connection))
    make(migrations, said)
    migrations.migrate()
    after = dump(connection)
    assert after != before
    assert migrations.run("migrate_rollback").code == 0
    assert_same(dump(connection), before, said.allowed)
    assert own(rows_of(connection)) == rows or not said.keeps_rows
    migrations.migrate()
    assert_same(dump(connection), after, said.allowed)


def own(rows):
    return {key: each for key, each in rows.items() if key[1] in ("posts", "notes")}


def test_no_kind_of_scaffold_is_left_out() -> None:
    assert set(source._BODIES) <= set(SCAFFOLDS)
