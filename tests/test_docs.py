"""The README and the guide, followed word by word on the database that is tested."""

from __future__ import annotations

import re
import runpy
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.core.management.commands.makemigrations import Command as DjangoMakeMigrations
from django.core.management.commands.migrate import Command as DjangoMigrate

from kit_django.conf import Settings
from kit_django.operations.definitions.column_types import ColumnMethods
from tests import databases
from tests.conformance.test_coverage import methods
from tests.forks import ForkedProject
from tests.pages import Reader
from tests.projects import REPOSITORY, environment
from tests.schemas import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.forks import ForkServer

DOCS = REPOSITORY / "docs"
PAGES = [REPOSITORY / "README.md", *sorted(DOCS.glob("*.md"))]
ADOPTING = DOCS / "adopting.md"
FOR_EMPTY_DATABASES = [page for page in PAGES if page != ADOPTING]
COMMANDS = sorted(name for name, app in get_commands().items() if app == "kit_django")
DJANGOS = {"migrate": DjangoMigrate, "makemigrations": DjangoMakeMigrations}
LINKING = [*PAGES, REPOSITORY / "CONTRIBUTING.md", REPOSITORY / "CHANGELOG.md"]


@pytest.mark.parametrize("page", FOR_EMPTY_DATABASES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(
    page: Path, connection: BaseDatabaseWrapper, user_server: ForkServer, tmp_path: Path
) -> None:
    follow(page, connection, user_server, tmp_path)


@pytest.mark.parametrize("schema", ["chinook", "sakila", "pagila"])
def test_a_database_is_adopted_step_by_step(
    schema: str,
    corpus: Callable[[str], Path],
    connection: BaseDatabaseWrapper,
    other_connection: BaseDatabaseWrapper,
    user_server: ForkServer,
    tmp_path: Path,
) -> None:
    corpus(schema)
    adopted = facts_of(connection)
    project = follow(ADOPTING, connection, user_server, tmp_path)

    url, installed = databases.url_of(other_connection), user_server.kit_django
    colleague = ForkedProject(project, url, other_connection, installed, user_server)
    colleague.run("migrate", check=0)
    rebuilt = {table.name: table for table in facts_of(other_connection)}
    assert {table.name for table in adopted} <= rebuilt.keys()
    colleague.run("migrate_reset", "--force", check=0)
    assert {table.name for table in adopted}.isdisjoint(
        table.name for table in facts_of(other_connection)
    )


def follow(page: Path, connection: BaseDatabaseWrapper, server: ForkServer, tmp_path: Path) -> Path:
    """Do what the page says; the folder of its project."""
    folder = tmp_path / "reader"
    folder.mkdir()
    variables = environment(databases.url_of(connection), server.kit_django)
    reader = Reader(folder, variables, server)
    reader.follow(page)
    return reader.folder


@pytest.mark.parametrize("page", LINKING, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_of_the_guide_is_in_its_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in DOCS.glob("[a-z]*.md") if f"({page.name})" not in index] == []


def test_every_page_of_the_guide_is_in_the_site() -> None:
    toctree = (DOCS / "index.rst").read_text(encoding="utf-8").split(":hidden:")[1].split()
    assert set(toctree) == {"generated/reference", *(page.stem for page in DOCS.glob("[a-z]*.md"))}


def test_the_site_has_a_page_of_what_the_code_says() -> None:
    text = runpy.run_path(str(DOCS / "reference.py"))["text"]()
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL))
    assert sorted(sections) == [name for name in COMMANDS if name != "kit"]
    for row in (
        "| `--single-transaction` |",
        "| `kit_django.E005` | there is no telling where migrations are |",
        "| `LockTimeout` | 3 |",
    ):
        assert row in text
    assert "--run-syncdb" not in sections["migrate"]  # that is Django's


def test_each_operation_has_its_row() -> None:
    """What it does to rows, whether it goes back and what it locks: all six cells are filled in."""
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    table = text.split("## Rows, the way back, and locks")[1].split("\n## ")[0]
    rows = [
        line.strip("|").split("|")
        for line in table.splitlines()
        if line.startswith("| `") or "| a new" in line
    ]
    told = {name for row in rows for name in re.findall(r"`(\w+)", row[0])}
    types = {name for name in dir(ColumnMethods) if not name.startswith("_")}
    assert {name for name, _ in methods()} - types - told == {"set"}
    assert types - set(re.findall(r"`(\w+)", text)) == set()
    assert [row[0] for row in rows if len(row) != 6 or not all(map(str.strip, row[:5]))] == []


def test_the_table_of_settings_is_the_code_s() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| `(.+?)` \|", text, re.MULTILINE))
    defaults: dict[str, Any] = {
        name.upper(): getattr(Settings(), name) for name in Settings.__dataclass_fields__
    }
    assert rows.pop("MIGRATIONS_DIR") == 'BASE_DIR / "migrations"'
    assert defaults.pop("MIGRATIONS_DIR") is None
    assert rows.pop("SCHEMA_DUMP") == '{"default": MIGRATIONS_DIR / "schema.sql"}'
    assert defaults.pop("SCHEMA_DUMP") == {}
    assert {name: eval(default) for name, default in rows.items()} == defaults  # noqa: S307


def options(command: BaseCommand) -> set[str]:
    """The long options of a command."""
    actions = command.create_parser("manage.py", "command")._actions
    return {word for action in actions for word in action.option_strings if word[:2] == "--"}


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "kit"])
def test_the_options_of_a_command_are_documented(name: str) -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    known = options(DJANGOS.get(name, BaseCommand)())
    documented = set(re.findall(r"^\| `(--[a-z-]+)", section, re.MULTILINE))
    assert documented == options(load_command_class("kit_django", name)) - known
