"""Twenty migrations of a shop, which use every operation between them, up, down and up again."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kit_django.operations.builders.table import AlterTableBuilder, TableBuilder
from kit_django.operations.schema import Schema, inverses, record
from kit_django.runner.files import MigrationFile
from kit_django.runner.loading import load
from tests.schemas import differences, facts_of, schema_of

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.schema.facts import Database
    from tests.projects import Project

SHOP = Path(__file__).parent / "shop"
FILES = sorted(SHOP.glob("2*.py"))
NO_OPERATIONS = {
    "perform",
    "operations",
    "touched",
    "connection",
    "vendor",
    "add",
    "refuse_loose_ends",
    "take_scripts",
}
ON_THEIR_OWN = {
    *("with_enum_type", "run_file", "disable_foreign_keys", "when_has_column", "when_lacks_column"),
    *("create_function", "create_procedure", "create_trigger"),
    *("drop_function", "drop_procedure", "drop_trigger", "drop_morphs"),
    *("comment", "engine", "charset", "collation"),
    *("mac_address", "set_of", "ulid", "vector", "year"),
}
"""Operations that the shop has no use for, and that have tests of their own."""


def shop_of(connection: BaseDatabaseWrapper) -> Database:
    """The facts of all but the history."""
    facts = facts_of(connection)
    tables = tuple(table for table in facts if not table.name.startswith("kit_"))
    return replace(facts, tables=tables)


def test_up_down_up_with_the_commands(project: Project) -> None:
    for path in FILES:
        project.migration(path.name, path.read_text(encoding="utf-8"))
    before = shop_of(project.connection)
    up = project.run("migrate", check=0)
    assert up.stdout.count("Applying migration: ") == len(FILES) == 20
    after = shop_of(project.connection)
    assert after.find("users")
    project.run("migrate_rollback", "--all", check=0)
    assert differences(shop_of(project.connection), before) == []
    project.run("migrate", check=0)
    assert differences(shop_of(project.connection), after) == []


def test_each_of_them_up_down_up(connection: BaseDatabaseWrapper) -> None:
    for path in FILES:
        migration = load(MigrationFile(path.stem, path.parent)).migration
        before = facts_of(connection)
        with schema_of(connection, atomic=migration.atomic) as schema:
            migration.up(schema)
        after = facts_of(connection)
        with schema_of(connection, atomic=migration.atomic) as schema:
            down(migration, schema, connection)
        assert differences(facts_of(connection), before) == [], path.stem
        with schema_of(connection, atomic=migration.atomic) as schema:
            migration.up(schema)
        assert differences(facts_of(connection), after) == [], path.stem


def down(migration, schema, connection) -> None:
    if "down" in vars(type(migration)):
        migration.down(schema)
        return
    for operation in inverses(record(migration.up, connection)):
        schema.perform(operation)


def test_every_operation_is_used() -> None:
    called = {
        node.func.attr
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    methods = {
        name
        for kind in (Schema, TableBuilder, AlterTableBuilder)
        for name, _ in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    }
    assert methods - called - NO_OPERATIONS - ON_THEIR_OWN == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_has_one_class_named_after_it(path: Path) -> None:
    migration = load(MigrationFile(path.stem, path.parent)).migration
    words = path.stem.split("_")[1:]
    assert type(migration).__name__ == "".join(word.title() for word in words)
