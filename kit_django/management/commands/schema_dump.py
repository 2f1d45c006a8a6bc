"""``schema_dump``: write the schema as SQL, for empty databases to start from."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.project.replacing import make_like, put, refuse_no_file
from kit_django.exceptions import DatabasesDiffer, DumpUnusable, Prohibited, UsageError
from kit_django.management.base import KitCommand, add_database, asks, describe_database
from kit_django.management.reporting import counted, listed
from kit_django.runner.dumps.covering import covered
from kit_django.runner.dumps.file import Dump, Record, needed_path, read, read_head
from kit_django.runner.dumps.fitting import misfit, uncovered
from kit_django.runner.dumps.writing import Written, written
from kit_django.runner.files import MigrationFile, discover, display_path, project_folders


class Command(KitCommand):
    help = (
        "Writes the whole schema as SQL, with the names of the migrations that made it. An empty "
        "database starts from that, and runs only what is newer."
    )
    examples = ("", "--check", "--prune")

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="Write nothing; exit with 1 if the dump does not cover all migrations as they are.",
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            help="Remove the migration files that the dump covers, after asking.",
        )
        parser.add_argument("--force", action="store_true", help="With --prune: do not ask.")
        parser.add_argument(
            "--allow-differences",
            action="store_true",
            help="Write it though it lacks what kit cannot say, and name that.",
        )
        add_database(parser)

    def run(self, **options: Any) -> None:
        if options["force"] and not options["prune"]:
            raise UsageError("--force goes with --prune.")
        if options["check"] and options["prune"]:
            raise UsageError("--check writes nothing, and --prune removes files. Say one of them.")
        connection = connections[options["database"]]
        path = needed_path(connection.alias)
        if options["check"]:
            self.tell_whether_stale(connection, path)
            return
        records = covered(connection, _before(path), self.report)
        files = _files_of(records) if options["prune"] else []
        if files and not options["force"]:
            _confirm(files)
        pruned = {file.name for file in files}
        dump = written(
            connection, [_pruned(each) if each.name in pruned else each for each in records]
        )
        if not (dump.tables or records):
            raise UsageError(_nothing_there(connection))
        if dump.unsaid and not options["allow_differences"]:
            raise DatabasesDiffer(_refusal(dump, connection))
        write(path, dump.text)
        for file in files:
            file.path.unlink()
        data = {
            "dump": str(path),
            "migrations": [each.name for each in records if each.kind in ("kit", "pruned")],
            "pruned": [str(file.path) for file in files],
            "differences": list(dump.unsaid),
        }
        self.report.conclude(data, _words(path, dump, records, files))

    def tell_whether_stale(self, connection: BaseDatabaseWrapper, path: Path) -> None:
        try:
            found = _why_stale(connection, path)
        except DumpUnusable as error:
            found = [f"{error}."]
        fine = [f"{display_path(path)} covers all migrations."]
        advice = ["Run migrate, then schema_dump."]
        self.report.answer({"stale": found}, [*found, *advice] if found else fine)
        if found:
            sys.exit(1)


def _why_stale(connection: BaseDatabaseWrapper, path: Path) -> list[str]:
    """Why the dump is stale; nothing where it is not."""
    dump = read(path)
    if dump is None:
        return [f"There is no {display_path(path)}."]
    files = discover()
    if reason := misfit(dump, connection, files):
        return [f"{display_path(path)} does not fit: {reason}."]
    new = uncovered(dump, connection, files)
    return [f"{display_path(path)} does not cover {', '.join(new)}."] if new else []


def _before(path: Path) -> Dump | None:
    """What is there, whatever it is: it is written anew, but for what it alone remembers."""
    try:
        return read_head(path)
    except DumpUnusable:
        return None


def _files_of(records: tuple[Record, ...]) -> list[MigrationFile]:
    """The files of the project's own that are covered; those of installed packages are theirs."""
    names = {each.name for each in records if each.kind == "kit"}
    own = project_folders()
    return [file for file in discover() if file.name in names and file.path.parent in own]


def _pruned(record: Record) -> Record:
    return Record(record.checksum, "pruned", record.name)


def _confirm(files: list[MigrationFile]) -> None:
    """Raises Prohibited."""
    untouched = "Nothing was written or removed."
    if not sys.stdin.isatty():
        raise Prohibited(f"There is no terminal to ask at. {untouched} Say --force to go on.")
    names = listed([display_path(file.path) for file in files])
    what = "Databases that have not run them, and are not empty, will need them back."
    if not asks(f"{names}\n{what} Remove these {len(files)} files?"):
        raise Prohibited(untouched)


def _refusal(dump: Written, connection: BaseDatabaseWrapper) -> str:
    return (
        f"{describe_database(connection)} has what kit cannot dump:\n{listed(dump.unsaid)}\n"
        "No dump was written. --allow-differences writes it without these."
    )


def _nothing_there(connection: BaseDatabaseWrapper) -> str:
    return (
        f"There is nothing to dump: {describe_database(connection)} has no tables, and no migration is "
        f"on record. Run migrate, or name another database. Nothing was written."
    )


def _words(
    path: Path, dump: Written, records: tuple[Record, ...], files: list[MigrationFile]
) -> Iterator[str]:
    count = sum(each.kind in ("kit", "pruned") for each in records)
    yield f"Wrote {display_path(path)}: {dump.tables} tables, made by {counted(count)}."
    yield from (f"It lacks {name}." for name in dump.unsaid)
    yield from (f"Removed {display_path(file.path)}." for file in files)


def write(path: Path, text: str) -> None:
    """Put a new file in its place, all of it or nothing. Raises DumpUnusable."""
    target = path.resolve()
    new = target.with_name(f".{target.name}.new")
    try:
        refuse_no_file(path, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(text.encode())
        if target.exists():
            make_like(new, target)
        put(new, target)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise DumpUnusable(
            f"{display_path(path)} cannot be written: {error.strerror}. No dump was written."
        ) from error
