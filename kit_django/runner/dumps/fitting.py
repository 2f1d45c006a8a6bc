"""Whether a dump is of the files that are there."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration

from kit_django.runner.dumps.file import Dump, Kind, Record
from kit_django.runner.files import MigrationFile, checksum_of
from kit_django.runner.migrator import for_database

Key = tuple[str, str]


def misfit(dump: Dump, connection: BaseDatabaseWrapper, files: Sequence[MigrationFile]) -> str:
    """Why the dump cannot stand in for the files and Django's migrations; empty where it can."""
    if dump.vendor != connection.vendor:
        return f"it is of a database of {dump.vendor}, and this is {connection.vendor}"
    if files and not dump.covered:
        return "it covers none of the migrations"
    found = [*_of_kit(dump, connection, files), *_of_django(dump, MigrationLoader(None))]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{found[0]}{more}" if found else ""


def uncovered(
    dump: Dump, connection: BaseDatabaseWrapper, files: Sequence[MigrationFile]
) -> list[str]:
    """What has come since, kit's and Django's: a dump that fits is stale for that alone."""
    known = dump.of("kit", "pruned", "skipped")
    new = for_database(connection, [file for file in files if file.name not in known])
    loader, there = MigrationLoader(None), dump.of("django")
    django = sorted(_name(key) for key in disk_migrations(loader))
    return [*(file.name for file in new), *(name for name in django if name not in there)]


def _of_kit(
    dump: Dump, connection: BaseDatabaseWrapper, files: Sequence[MigrationFile]
) -> Iterator[str]:
    known = dump.of("kit", "pruned", "skipped")
    there = {file.name: file for file in files}
    for record in sorted(known.values(), key=lambda each: each.name):
        file = there.get(record.name)
        if file is None and record.kind != "pruned":
            yield f"it covers {record.name}, whose file is missing"
        elif file is not None and file.checksum() != record.checksum:
            yield f"{record.name} was edited since"
    newest = max(dump.covered, default="")
    late = [file for file in files if file.name < newest and file.name not in known]
    for file in for_database(connection, late):
        yield f"{file.name} is older than {newest}, which it covers, and is not in it"


def _of_django(dump: Dump, loader: MigrationLoader) -> Iterator[str]:
    there = {_name(key): key for key in disk_migrations(loader)}
    covered = dump.of("django")
    for name, record in sorted(covered.items()):
        if name not in there:
            yield f"it covers Django's migration {name}, which is missing"
        elif django_record(loader, there[name]) != record:
            yield f"Django's migration {name} was edited since"
    for name in covered:
        migration = disk_migrations(loader).get(there.get(name, ("", "")))
        for parent in migration.dependencies if migration else ():
            if not _is_met(loader, parent, covered):
                yield f"it covers {name}, and not {_name(parent)} before it"


def disk_migrations(loader: MigrationLoader) -> Mapping[Key, Migration]:
    return loader.disk_migrations or {}


def django_record(loader: MigrationLoader, key: Key) -> Record:
    """A Django migration with the checksum of its file; where only compiled code is installed, that
    of nothing."""
    module = sys.modules[type(disk_migrations(loader)[key]).__module__]
    try:
        with open(str(module.__file__), "rb") as file:  # noqa: PTH123
            source = file.read()
    except OSError:
        source = b""
    return Record(checksum_of(source), "django", _name(key))


def kit_record(file: MigrationFile, kind: Kind = "kit") -> Record:
    return Record(file.checksum(), kind, file.name)


def _is_met(loader: MigrationLoader, parent: Key, covered: Collection[str]) -> bool:
    """What a squashed one stands for is as good as itself; ``__first__`` is always met."""
    if parent not in disk_migrations(loader):
        return True
    replaced = disk_migrations(loader)[parent].replaces
    return any(_name(each) in covered for each in (parent, *replaced))


def _name(key: Key) -> str:
    return ".".join(key)
