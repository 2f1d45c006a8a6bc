"""A file that takes the place of another, and is to everybody the same file as before."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from kit_django.exceptions import SyncError


def refuse_no_file(path: Path, target: Path) -> None:
    """A link that leads nowhere, a pipe or a device is somebody's intention, and no place to
    write. ``target`` is where ``path`` leads. Raises SyncError."""
    is_dangling = path.is_symlink() and not target.exists()
    if is_dangling or (target.exists() and not target.is_file()):
        what = "a link to a file that is not there" if is_dangling else "no file that holds text"
        raise SyncError(
            f"{path} is {what}. Nothing was changed; put a plain file there and run db_sync again."
        )


def make_like(new: Path, target: Path) -> None:
    """Give it the owner, the group, the mode and the access list of the file that it is for."""
    there = target.stat()
    with suppress(PermissionError):
        os.chown(new, there.st_uid, there.st_gid)
    shutil.copystat(target, new)
    os.utime(new)


def put(new: Path, target: Path) -> None:
    """Replace the file; one whose owner or group cannot be given to another is written over."""
    if target.exists() and _owner(new) != _owner(target):
        _write_over(target, new.read_bytes())
    else:
        new.replace(target)


def _write_over(target: Path, data: bytes) -> None:
    old = target.read_bytes()
    try:
        target.write_bytes(data)
    except OSError:
        with suppress(OSError):
            target.write_bytes(old)
        raise


def _owner(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_uid, found.st_gid
