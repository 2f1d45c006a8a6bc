"""Migration files: where they lie, how they are named, which ones there are.

Nothing here imports a migration: ``loading`` does.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

from django.apps import apps

from kit_django.conf import get_settings
from kit_django.exceptions import MigrationFileError
from kit_django.scripts import CALL, Scripts

APP_FOLDER = "kit_migrations"
SUFFIX = ".py"
TIMESTAMP = "%Y%m%d%H%M%S"
EXAMPLE = "20240101120000_create_posts_table.py"

_MARK = b"\xef\xbb\xbf"
_DAY = r"(?!0000)\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|1\d|2[0-8])"
_PLAIN_NAME = re.compile(_DAY + r"(?:[01]\d|2[0-3])(?:[0-5]\d){2}_[a-z0-9][a-z0-9_]*", re.ASCII)
"""Of a day that every month has: nothing else has to be looked at."""
_NAME = re.compile(r"(?P<timestamp>\d{14})_[a-z0-9][a-z0-9_]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with migrations; ``app_label`` is None for the project's own."""

    path: Path
    app_label: str | None = None


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """A migration that has not been imported. ``name`` is that of the file without ``.py``."""

    name: str
    folder: Path
    app_label: str | None = None

    @property
    def path(self) -> Path:
        """Made when it is asked for: there may be thousands, and a path takes longer than a read."""
        return self.folder / f"{self.name}{SUFFIX}"

    def read(self) -> bytes:
        """The source. Raises MigrationFileError where the file cannot be read."""
        try:
            return _content(f"{self.folder}{os.sep}{self.name}{SUFFIX}")
        except OSError as error:
            raise MigrationFileError(
                f"{display_path(self.path)} cannot be read: {error.strerror}. "
                f"Make it readable for the user that runs the command."
            ) from error

    def checksum(self) -> str:
        """That of the source and of the scripts that it names. Raises MigrationFileError."""
        source = self.read()
        return checksum_of(source, Scripts.beside(self.path, source) if CALL in source else None)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file cannot be a migration."""

    kind: Literal["name", "duplicate"]
    path: Path
    message: str
    hint: str


def _content(path: str) -> bytes:
    """Of a small file. Python's own files ask the system twice as much for each."""
    descriptor = os.open(path, os.O_RDONLY | _BINARY)
    try:
        return b"".join(iter(partial(os.read, descriptor, _MOST), b""))
    finally:
        os.close(descriptor)


_BINARY = getattr(os, "O_BINARY", 0)  # Windows would turn line endings
_MOST = 1 << 15


def checksum_of(source: bytes, scripts: Scripts | None = None) -> str:
    """SHA-256 of a source as Python reads it: without byte order mark, any line ending; and of its
    scripts, with their names."""
    digest = hashlib.sha256(_plain(source))
    for name, text in sorted(scripts.found.items()) if scripts else ():
        digest.update(b"\0" + name.encode() + b"\0" + hashlib.sha256(_plain(text)).digest())
    return digest.hexdigest()


def _plain(text: bytes) -> bytes:
    return text.removeprefix(_MARK).replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def discover(folders: Iterable[Folder] | None = None) -> tuple[MigrationFile, ...]:
    """All migrations of the folders (by default the project's), ordered by name.

    Raises MigrationFileError for a file that cannot be one, and for a name that is there twice.
    """
    files, problems = scan(migration_folders() if folders is None else folders)
    if problems:
        more = f" ({len(problems) - 1} more like this.)" if len(problems) > 1 else ""
        raise MigrationFileError(f"{problems[0].message} {problems[0].hint}{more}")
    return files


def migration_folders() -> tuple[Folder, ...]:
    """``KIT["MIGRATIONS_DIR"]`` and the ``kit_migrations`` folder of each installed app."""
    own = get_settings().migrations_dir
    candidates = [Folder(own)] if own else []
    candidates += [app_folder(config.label) for config in apps.get_app_configs()]
    seen: dict[Path, Folder] = {}
    for folder in candidates:
        seen.setdefault(folder.path.resolve(), folder)
    return tuple(seen.values())


def project_folders() -> frozenset[Path]:
    """Those of them that are not in installed packages."""
    return frozenset(
        folder.path
        for folder in migration_folders()
        if not {"site-packages", "dist-packages"} & set(folder.path.parts)
    )


def app_folder(label: str) -> Folder:
    """Where an installed app keeps its migrations. Raises LookupError for an unknown label."""
    return Folder(Path(apps.get_app_config(label).path) / APP_FOLDER, label)


def scan(folders: Iterable[Folder]) -> tuple[tuple[MigrationFile, ...], tuple[Problem, ...]]:
    """The migrations of the folders, ordered by name, and what is wrong with other files."""
    files: dict[str, MigrationFile] = {}
    problems: list[Problem] = []
    for folder in folders:
        for name in _python_files(folder.path):
            file = MigrationFile(name, folder.path, folder.app_label)
            if name not in files and _PLAIN_NAME.fullmatch(name):
                files[name] = file
                continue
            problem = _problem_with_name(file) or _problem_with_twin(file, files.get(name))
            if problem:
                problems.append(problem)
            else:
                files[name] = file
    return tuple(files[name] for name in sorted(files)), tuple(problems)


def _python_files(folder: Path) -> list[str]:
    """The names of the folder's modules, sorted; none where the folder is missing."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name.removesuffix(SUFFIX)
                for entry in entries
                if entry.name.endswith(SUFFIX) and entry.name[0] not in "._" and entry.is_file()
            )
    except FileNotFoundError:
        return []
    except OSError as error:
        raise MigrationFileError(
            f"The migrations folder {display_path(folder)} cannot be read: {error.strerror}. "
            f'Make it a folder that can be read, or point settings.KIT["MIGRATIONS_DIR"] elsewhere.'
        ) from error


def _problem_with_name(file: MigrationFile) -> Problem | None:
    match = _NAME.fullmatch(file.name)
    if match is None:
        return Problem(
            "name",
            file.path,
            f"{display_path(file.path)} is not named like a migration.",
            f"Name it YYYYMMDDHHMMSS_snake_case.py, as in {EXAMPLE}, "
            f"or start its name with an underscore if it is none.",
        )
    if parse_timestamp(match["timestamp"]) is None:
        return Problem(
            "name",
            file.path,
            f"{display_path(file.path)} has a date that does not exist: {match['timestamp']}.",
            f"Its first 14 digits must be a UTC time, YYYYMMDDHHMMSS, as in {EXAMPLE}.",
        )
    return None


def _problem_with_twin(file: MigrationFile, twin: MigrationFile | None) -> Problem | None:
    if twin is None:
        return None
    return Problem(
        "duplicate",
        file.path,
        f"Two migrations are called {file.name}: {display_path(twin.path)} "
        f"and {display_path(file.path)}.",
        "Rename the one that has not been applied yet: a name must be unique across all folders.",
    )


def parse_timestamp(digits: str) -> datetime | None:
    """``"20240101120000"`` as a UTC time, None where there is no such time."""
    try:
        return datetime.strptime(digits, TIMESTAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def next_name(slug: str, existing: Iterable[str], now: datetime | None = None) -> str:
    """``slug`` behind a timestamp: the time now (UTC), or a second after the newest existing one.

    ``existing`` are names of migrations. Raises MigrationFileError at the end of time.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    newest = parse_timestamp(max(existing, default="")[:14])
    try:
        if newest and newest >= moment.replace(microsecond=0):
            moment = newest + timedelta(seconds=1)
    except OverflowError as error:
        raise MigrationFileError(
            f"No migration can come after {max(existing)}. Give that file an earlier date."
        ) from error
    return f"{moment:{TIMESTAMP}}_{slug}"


def display_path(path: Path) -> str:
    """The path as a person in the current folder would type it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
