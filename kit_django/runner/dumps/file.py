"""The dump as a file: which migrations it covers, and the SQL that makes what they have made.

It is made to be merged as text. A thing's place depends on its own name; a migration's on its
checksum, between marks that never move, as two branches that each add their newest one at the end of
a list would always meet there.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

from django.db import DEFAULT_DB_ALIAS

from kit_django.conf import get_settings
from kit_django.exceptions import ConfigurationError, DumpUnusable, UsageError
from kit_django.runner.dumps.seal import sealed, unsealed
from kit_django.runner.files import display_path

Kind = Literal["kit", "pruned", "skipped", "django"]
"""Of a migration: kit's; kit's, whose file is gone for good; kit's whose ``should_run()`` said no,
and which stays pending; Django's, called ``app.name``."""

HEADING = (
    "-- The schema of a database, as schema_dump of kit_django writes it. Do not edit it: write a\n"
    "-- migration, and dump again. Where two branches meet, take either side, migrate, and dump again.\n"
)
DATABASE = "-- Database: "
BY_LINES = "-- Each statement ends with a semicolon before an empty line."
COVERS = (
    "--\n"
    "-- It covers these migrations. They stand in the order of their checksums, between marks that stay\n"
    "-- where they are, so that two branches seldom write at the same place.\n"
    "--\n"
)
ENDING = ";\n\n"
CHECKSUM = 64
MARKS = [f"{number:02x}" for number in range(0, 256, 4)]
CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")


@dataclass(frozen=True, slots=True, order=True)
class Record:
    """A migration that a dump covers."""

    checksum: str
    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.checksum} {self.kind} {self.name}"


@dataclass(frozen=True)
class Dump:
    """What a dump file says. ``is_by_lines`` says that its statements can be told apart by lines."""

    path: Path
    vendor: str
    records: tuple[Record, ...]
    is_by_lines: bool
    body: str = ""

    def of(self, *kinds: Kind) -> dict[str, Record]:
        """The records of these kinds, by name."""
        return {each.name: each for each in self.records if each.kind in kinds}

    @cached_property
    def covered(self) -> dict[str, Record]:
        """kit's migrations that count as applied where it was loaded."""
        return self.of("kit", "pruned")


def dump_path(alias: str) -> Path | None:
    """Where the dump of a database is, or would be."""
    settings = get_settings()
    if alias in settings.schema_dump:
        return settings.schema_dump[alias]
    if alias == DEFAULT_DB_ALIAS and settings.migrations_dir is not None:
        return settings.migrations_dir / "schema.sql"
    return None


def needed_path(alias: str) -> Path:
    """The same. Raises UsageError, ConfigurationError where nothing says where it is."""
    path = dump_path(alias)
    if path is not None:
        return path
    if alias == DEFAULT_DB_ALIAS:
        raise ConfigurationError(
            'There is no telling where the dump is. Set BASE_DIR, or KIT["SCHEMA_DUMP"], in the settings.'
        )
    raise UsageError(
        f'settings.KIT["SCHEMA_DUMP"] names no file for {alias!r}. Add it, as in '
        f'{{{alias!r}: BASE_DIR / "migrations" / "schema_{alias}.sql"}}.'
    )


def read(path: Path | None) -> Dump | None:
    """The dump, None where there is no such file. Raises DumpUnusable."""
    text = _text(path)
    if path is None or text is None:
        return None
    lines = text.splitlines(keepends=True)
    head = list(_head(lines))
    if any(line.startswith(CONFLICT) for line in lines):
        raise DumpUnusable(f"{display_path(path)} has the marks of a conflict in it")
    dump = _dump(path, head, "".join(lines[len(head) :]))
    try:
        return replace(dump, body=unsealed(dump.body))
    except DumpUnusable as error:
        raise DumpUnusable(f"{display_path(path)} {error}") from error


def read_head(path: Path | None) -> Dump | None:
    """The dump without its SQL: what a command that loads nothing needs of it. Raises DumpUnusable."""
    if path is None:
        return None
    try:
        with path.open(encoding="utf-8") as file:
            return _dump(path, list(_head(file)), "")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def pruned_names(alias: str) -> frozenset[str]:
    """kit's migrations whose files are gone, as the dump makes what they made."""
    with suppress(DumpUnusable):
        head = read_head(dump_path(alias))
        if head is not None:
            return frozenset(head.of("pruned"))
    return frozenset()


def render(vendor: str, records: Iterable[Record], statements: Iterable[str]) -> str:
    """The text of a dump file. ``statements`` come with what ends each of them."""
    found = list(statements)
    is_by_lines = all(each.endswith(ENDING) and ENDING not in each[:-1] for each in found)
    lines = list(MARKS)
    for record in records:
        insort(lines, str(record))
    told = "".join(f"-- {line}\n" for line in lines)
    how = f"{BY_LINES}\n" if is_by_lines else ""
    return f"{HEADING}{DATABASE}{vendor}\n{how}{COVERS}{told}\n{sealed(''.join(found))}"


def _text(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    # Written over by a checkout that gives all lines other endings, it is read as it was written.
    return text.replace("\r\n", "\n") if text.partition("\n")[0].endswith("\r") else text


def _unreadable(path: Path, error: Exception) -> DumpUnusable:
    why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
    return DumpUnusable(f"{display_path(path)} cannot be read: {why}")


def _head(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("--"):
            return
        yield line


def _dump(path: Path, head: list[str], body: str) -> Dump:
    lines = [line.rstrip() for line in head]
    vendor = next((line.removeprefix(DATABASE) for line in lines if line.startswith(DATABASE)), "")
    if not vendor:
        raise DumpUnusable(f"{display_path(path)} is no file that schema_dump has written")
    records = tuple(record for line in lines if (record := _record(line[3:])))
    return Dump(path, vendor, records, BY_LINES in lines, body.lstrip("\n"))


def _record(line: str) -> Record | None:
    checksum, _, said = line.partition(" ")
    kind, _, name = said.partition(" ")
    if len(checksum) != CHECKSUM or kind not in get_args(Kind) or not name:
        return None
    return Record(checksum, kind, name)  # type: ignore[arg-type]
