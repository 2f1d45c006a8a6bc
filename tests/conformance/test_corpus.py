"""Real schemas: on each table a column comes, changes, is renamed, indexed, and goes again."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kit_django.exceptions import OperationError
from kit_django.schema.facts import display_name
from tests.dumps import assert_same
from tests.schemas import by_hand, differences, facts_of, rows_of, run, statements_of, undo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.operations.schema import Schema
    from kit_django.schema.facts import Table
    from tests.dumps import Judge, Lines


def is_altered(table: Table) -> bool:
    """Partitions have their columns from the table that they are parts of."""
    return table.kind in ("table", "partitioned table")


def come_and_go(schema: Schema, name: str) -> None:
    with schema.alter_table(name) as table:
        table.string("kit it's 100%", max_length=20, default="it's 100%")
    with schema.alter_table(name) as table:
        table.change("kit it's 100%").string(max_length=30, null=True, default="x")
    with schema.alter_table(name) as table:
        table.rename("kit it's 100%", 'kit "renamed"')
    schema.create_index(name, 'kit "renamed"', name=f"kit {name}"[:60])
    schema.drop_index(name, f"kit {name}"[:60])
    with schema.alter_table(name) as table:
        table.drop('kit "renamed"')


def test_each_table_is_as_it_was(
    connection: BaseDatabaseWrapper, dump: Judge, corpus_schema: Path
) -> None:
    before, rows, dumped = facts_of(connection), rows_of(connection), dump(connection)
    names = [display_name(table.key) for table in before if is_altered(table)]
    assert len(names) > 5

    def change(schema: Schema) -> None:
        for name in names:
            come_and_go(schema, name)

    run(connection, change)
    assert differences(facts_of(connection), before) == []
    assert rows_of(connection) == rows
    assert_same(dump(connection), dumped)


def test_a_column_of_each_table_is_renamed_and_back(
    connection: BaseDatabaseWrapper, dump: Judge, corpus_schema: Path
) -> None:
    """Keys, foreign keys, indexes, checks, views and triggers follow there and back, or it is
    refused because of a view or a trigger that the database cannot have follow."""
    before, rows, dumped = facts_of(connection), rows_of(connection), dump(connection)
    done = []
    for table in filter(is_altered, before):
        change = renaming(display_name(table.key), table.columns[0].name)
        try:
            run(connection, change)
        except OperationError as error:
            assert re.search("view|trigger|procedure|function", str(error))  # noqa: PT017
        else:
            done.append(change)
    assert len(done) > 5
    for change in reversed(done):
        undo(connection, change)
    found = facts_of(connection)
    assert [table.column_names for table in found] == [table.column_names for table in before]
    assert [table.foreign_keys for table in found] == [table.foreign_keys for table in before]
    assert rows_of(connection) == rows
    assert_same(dump(connection), dumped, rowid_by_its_name)


def rowid_by_its_name(part: str, lines: Lines) -> Lines:
    """A rename makes SQLite write a key's name into triggers and views where they said rowid."""
    if not part.startswith(("trigger", "view")):
        return lines
    return tuple(re.sub(r"\b(rowid|\w+_id)\b", "key", line) for line in lines)


def renaming(name: str, column: str) -> Callable[[Schema], None]:
    def change(schema: Schema) -> None:
        with schema.alter_table(name) as table:
            table.rename(column, f"{column[:50]} it's")
        if schema.vendor != "mysql":  # whose views and triggers stay with the old name
            schema.rename_table(name, f"{name[:50]} %")

    return change


@pytest.mark.databases("sqlite")
def test_each_table_is_rebuilt_as_it_was(
    connection: BaseDatabaseWrapper, dump: Judge, corpus_schema: Path
) -> None:
    """SQLite's tables lose nothing of what other tools have written into their definitions."""
    before, rows, dumped = facts_of(connection), rows_of(connection), dump(connection)

    def change(schema: Schema) -> None:
        for table in before:
            if is_altered(table):
                with schema.alter_table(table.name) as builder:
                    builder.check("1 = 1", name="kit_check")

    run(connection, change)
    checked = [
        replace(table, checks=tuple(each for each in table.checks if each.name != "kit_check"))
        for table in facts_of(connection)
    ]
    assert differences(replace(before, tables=tuple(checked)), before) == []
    assert rows_of(connection) == rows
    undo(connection, change)
    assert differences(facts_of(connection), before) == []
    assert_same(dump(connection), dumped)


@pytest.mark.databases("postgresql")
def test_partitions_are_altered_through_their_parent(connection, corpus, refuse) -> None:
    corpus("pagila")
    partition = next(
        table for table in facts_of_partitions(connection) if table.kind == "partition"
    )

    def change(schema):
        with schema.alter_table(partition.name) as table:
            table.integer("x", null=True)

    refuse(change, OperationError, "has its columns from payment. Change them there")


def facts_of_partitions(connection):
    from kit_django.schema.introspection import introspect

    return introspect(connection, partitions=True)


def test_what_facts_are_written_as_makes_the_same_again(
    connection: BaseDatabaseWrapper, other_connection: BaseDatabaseWrapper, corpus_schema: Path
) -> None:
    there = facts_of(connection)
    by_hand(other_connection, statements_of(connection))
    assert differences(facts_of(other_connection), there) == []
