"""``db_diagram``: the tables and what refers to what, drawn."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.dom import minidom

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from tests.runner.conftest import Migrations

SHOP = """
with schema.create_table("users") as table:
    table.id()
    table.string("name", max_length=40, unique="one_name")
with schema.create_table("orders") as table:
    table.id()
    table.foreign_id("user_id", references="users")
    table.foreign_id("parent_id", references="orders", null=True)
with schema.create_table("lines") as table:
    table.id()
    table.foreign_id("order_id", references="orders")
with schema.create_table("notes") as table:
    table.id()
"""

# The lines that Mermaid's grammar has, as far as db_diagram writes them.
ENTITY = r'"[^"%\\\n]+"'
ATTRIBUTE = r"[A-Za-z_][\w\-\[\]()]*"
MERMAID = re.compile(
    rf"erDiagram|\s+(?:{ENTITY}(?: \{{)?|\}}"
    rf'|{ATTRIBUTE} (?!(?:pk|fk|uk)\b)[A-Za-z_]\w*(?: (?:[PFU]K(?:, )?)+)?(?: "[^"%]*")?'
    rf"|{ENTITY} \|[|o]--o[|{{] {ENTITY} : {ENTITY})",
    re.ASCII | re.IGNORECASE,
)


@pytest.fixture
def shop(migrations: Migrations) -> Migrations:
    migrations.write("20240101120000_shop", SHOP)
    migrations.migrate()
    return migrations


def texts(svg: str) -> list[str]:
    """What a picture shows, and its tooltips; raises where it is no XML."""
    document = minidom.parseString(svg.encode())
    found = [*document.getElementsByTagName("text"), *document.getElementsByTagName("title")]
    return [node.firstChild.nodeValue for node in found if node.firstChild]  # type: ignore[misc]


def test_mermaid(shop: Migrations) -> None:
    lines = shop.run("db_diagram").stdout.splitlines()
    assert lines[0] == "erDiagram"
    assert [line for line in lines if not MERMAID.fullmatch(line)] == []
    assert '    "users" ||--o{ "orders" : "user_id"' in lines
    assert '    "orders" |o--o{ "orders" : "parent_id"' in lines
    assert any(re.fullmatch(r'\s+\S+ parent_id FK "null"', line) for line in lines)
    assert any(re.fullmatch(r"\s+\S+ name UK", line) for line in lines)
    assert not any("kit_migrations" in line for line in lines)


def test_svg(shop: Migrations, tmp_path: Path) -> None:
    path = tmp_path / "docs" / "shop.svg"
    said = shop.run("db_diagram", "-o", str(path)).stdout
    assert said.endswith("shop.svg: 4 tables, 3 foreign keys.\n")
    shown = texts(path.read_text(encoding="utf-8"))
    assert {"users", "orders", "lines", "notes", "parent_id"} <= set(shown)
    assert "orders (user_id) → users (id)" in shown
    assert "PK" in shown


def test_as_data(shop: Migrations) -> None:
    found = json.loads(shop.run("db_diagram", format="json").stdout)
    tables = {each["table"]: each for each in found["tables"]}
    assert tables.keys() == {"users", "orders", "lines", "notes"}
    assert tables["users"]["columns"][1]["marks"] == ["UK"]
    keys = {
        (each["source"], *each["columns"], each["target"]): each for each in found["foreign_keys"]
    }
    assert keys["orders", "parent_id", "orders"]["null"] is True
    assert keys["lines", "order_id", "orders"]["one"] is False


def test_around_one_table(shop: Migrations) -> None:
    lines = shop.run("db_diagram", around="users").stdout.splitlines()
    assert '    "orders" {' in lines
    assert not any("lines" in line for line in lines)
    lines = shop.run("db_diagram", around="users", depth=2).stdout.splitlines()
    assert '    "lines" {' in lines
    assert not any("notes" in line for line in lines)
    assert '    "orders"' in shop.run("db_diagram", around="lines", depth=1, columns="none").stdout


def test_the_tables_of_an_app(shop: Migrations, settings: Settings) -> None:
    settings.KIT = {**settings.KIT, "MODELS": {"shop": ["orders", "lines"]}}
    found = json.loads(shop.run("db_diagram", app="shop", format="json").stdout)
    assert [(each["table"], each["app"]) for each in found["tables"]] == [
        ("lines", "shop"),
        ("orders", "shop"),
    ]
    lines = shop.run("db_diagram", app="shop").stdout.splitlines()
    assert '    "users"' in lines  # without columns: it is elsewhere
    outcome = shop.run("db_diagram", app="shopp")
    assert outcome.code == 2
    assert "No app 'shopp' has tables" in outcome.error
    assert "Did you mean 'shop'?" in outcome.error


def test_columns_are_left_out_where_that_is_said(shop: Migrations) -> None:
    said = shop.run("db_diagram", columns="keys", around="notes").stdout
    assert "id PK" in said
    assert texts(shop.run("db_diagram", columns="none", around="notes", format="svg").stdout)[
        :2
    ] == [
        "notes",
        "1 column",
    ]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--around", "order"], "There is no table 'order'"),
        (["--around", "order"], "Did you mean 'orders'?"),
        (["--around", "orders", "--app", "shop"], "Say one of them."),
        (["--depth", "2"], "--depth goes with --around."),
        (["-o", "shop.png"], "shop.png does not say what to write. Known endings: .mmd"),
        (["-o", "shop.svg", "--format", "json"], "has the ending of svg"),
    ],
)
def test_words_that_do_not_fit(shop: Migrations, words: list[str], error: str) -> None:
    outcome = shop.run("db_diagram", *words)
    assert outcome.code == 2
    assert error in outcome.error


def test_a_file_that_cannot_be_written(shop: Migrations, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outcome = shop.run("db_diagram", "-o", str(tmp_path / "file" / "shop.svg"))
    assert outcome.code == 2
    assert "cannot be written" in outcome.error


HOSTILE = [
    "<script>alert(1)</script>",
    'x"; drop table y; --',
    "my direction TB",
    "a%%{init: {}}%%b",
    "we\x1b[31mird\u202eevil",
    "]]><!-- & -->",
    "pk",
    "用户表",
    "`code` **bold**",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_shown_and_do_nothing(migrations: Migrations, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    if migrations.connection.vendor == "mysql":
        quoted = f"`{name.replace('`', '``')}`"
    with migrations.connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {quoted} ({quoted} integer)".replace("%", "%%"), ())
    mermaid = migrations.run("db_diagram").stdout
    assert [line for line in mermaid.splitlines() if not MERMAID.fullmatch(line)] == []
    assert "direction " not in mermaid.partition("{")[0]
    svg = migrations.run("db_diagram", format="svg").stdout
    escaped = name.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
    assert texts(svg).count(escaped) == 2
    assert "<script" not in svg
    assert not set(mermaid + svg) & {"\x1b", "\u202e"}


def test_a_database_without_tables(migrations: Migrations) -> None:
    assert migrations.run("db_diagram").stdout == "erDiagram\n"
    assert texts(migrations.run("db_diagram", format="svg").stdout)


def test_what_mermaid_would_not_draw_is_said(migrations: Migrations) -> None:
    columns = ", ".join(f"{'c' * 50}{at} integer" for at in range(150))
    with migrations.connection.cursor() as cursor:
        for at in range(6):
            cursor.execute(f"CREATE TABLE t{at} ({columns})")
    outcome = migrations.run("db_diagram")
    assert outcome.code == 0
    assert "more than Mermaid draws at once" in outcome.stderr
