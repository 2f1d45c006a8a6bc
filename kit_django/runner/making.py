"""What migrations make besides tables: once these are gone, it has to go, too, to be made again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.operations.objects import EXTENSION, CreateObject
from kit_django.operations.schema import Schema
from kit_django.runner.loading import LoadedMigration


def objects_made(
    migrations: Iterable[LoadedMigration], connection: BaseDatabaseWrapper
) -> tuple[tuple[str, str], ...]:
    """The types, sequences, routines and schemas that the migrations say they make, as ``("TYPE", "mood")``.

    Nothing is run: behind a question to the database, nobody knows what a migration makes.
    """
    found = (
        (operation.kind.keyword, operation.made.name)
        for migration in migrations
        if migration.migration.database == connection.alias
        for operation in _creations(migration, connection)
        if operation.kind is not EXTENSION and not operation.if_not_exists
    )
    return tuple(dict.fromkeys(found))


def _creations(
    migration: LoadedMigration, connection: BaseDatabaseWrapper
) -> Iterator[CreateObject]:
    schema = Schema(connection)
    with suppress(Exception):  # which comes when it is run, with all that can be said of it
        migration.up(schema)
    yield from (each for each in schema.operations if isinstance(each, CreateObject))
