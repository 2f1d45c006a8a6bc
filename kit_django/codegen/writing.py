"""New texts for files: all of them, or none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kit_django.exceptions import SyncError


@dataclass(frozen=True, slots=True)
class FileChange:
    """``old`` is None for a file that is not there yet. ``classes`` are those that are new."""

    path: Path
    old: str | None
    new: str
    classes: tuple[str, ...] = ()
    encoding: str = "utf-8"


def write_all(changes: Iterable[FileChange]) -> None:
    """Write every file, each whole or not at all. Raises SyncError.

    All texts are compiled, and all of them are on the disk under other names, before the first
    file is replaced.
    """
    prepared: list[tuple[Path, Path]] = []
    try:
        for change in changes:
            _compile(change)
            target = Path(os.path.realpath(change.path))
            prepared.append((_beside(target, change), target))
        for temporary, target in prepared:
            temporary.replace(target)
    except UnicodeError as error:
        raise SyncError(
            f"The models cannot be written in the encoding of their file: {error}. Nothing was "
            f"changed; save the file as UTF-8 and run db_sync again."
        ) from error
    except OSError as error:
        raise SyncError(
            f"The models cannot be written: {error}. Nothing was changed; make the file and its "
            f"folder writable and run db_sync again."
        ) from error
    finally:
        for temporary, _ in prepared:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _compile(change: FileChange) -> None:
    try:
        compile(change.new, str(change.path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise SyncError(
            f"What was to be written to {change.path} is not valid Python: {error}. Nothing was "
            f"changed; please report this with the schema of the table."
        ) from error


def _beside(target: Path, change: FileChange) -> Path:
    """A temporary file in the target's folder, with the target's own permissions."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(change.new.encode(change.encoding))
        file.flush()
        os.fsync(file.fileno())
    mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
    Path(name).chmod(mode)
    return Path(name)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
