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
    file is replaced; where one cannot be, those before it get their old texts back.
    """
    prepared: list[tuple[Path, Path]] = []
    try:
        for change in sorted(changes, key=_order):
            _compile(change)
            target = Path(os.path.realpath(change.path))
            _refuse_another(change, target)
            prepared.append((_beside(target, change.new, change.encoding), target))
        _replace_all(prepared)
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


def _order(change: FileChange) -> tuple[bool, bool]:
    """New modules before the package that imports them, and that before what it imports no more."""
    return change.old is not None, change.path.name != "__init__.py"


def _refuse_another(change: FileChange, target: Path) -> None:
    """A person may have saved the file since it was read."""
    there = target.read_bytes().decode(change.encoding) if target.exists() else None
    if there != change.old:
        raise SyncError(
            f"{change.path} was changed by someone else while it was worked on. Nothing was "
            f"written; run db_sync again."
        )


def _replace_all(prepared: list[tuple[Path, Path]]) -> None:
    done: list[tuple[Path, bytes | None]] = []
    try:
        for temporary, target in prepared:
            old = target.read_bytes() if target.exists() else None
            temporary.replace(target)
            done.append((target, old))
    except OSError:
        for target, old in reversed(done):
            _put_back(target, old)
        raise


def _put_back(target: Path, old: bytes | None) -> None:
    with suppress(OSError):
        if old is None:
            target.unlink()
        else:
            _beside(target, old).replace(target)


def _compile(change: FileChange) -> None:
    try:
        compile(change.new, str(change.path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise SyncError(
            f"What was to be written to {change.path} is not valid Python: {error}. Nothing was "
            f"changed; please report this with the schema of the table."
        ) from error


def _beside(target: Path, text: str | bytes, encoding: str = "utf-8") -> Path:
    """A temporary file in the target's folder, with the target's own permissions."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode(encoding))
        file.flush()
        os.fsync(file.fileno())
    mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
    Path(name).chmod(mode)
    return Path(name)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
