"""Test databases on SQLite: copies of a file that is kept among the user's temporary ones."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from kit_django.runner.databases.templates import Templates


class SqliteTemplates(Templates):
    @property
    def project(self) -> str:
        return hashlib.sha256(self.origin.encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        return f"{self.project}_{self.key}.sqlite3"

    def fill(self, make: Callable[[], None]) -> None:
        folder = _own_folder()
        if folder is None or not self._copied(folder / self.name):
            make()
            if folder is not None:
                self._keep(folder)

    def _copied(self, template: Path) -> bool:
        if not template.is_file():
            return False
        self.connection.ensure_connection()
        with closing(sqlite3.connect(f"{template.as_uri()}?mode=ro", uri=True)) as source:
            source.backup(self.connection.connection)
        return True

    def _keep(self, folder: Path) -> None:
        new = folder / f".{self.name}.{os.getpid()}"
        self.connection.ensure_connection()
        try:
            with closing(sqlite3.connect(new)) as target:
                self.connection.connection.backup(target)
            new.replace(folder / self.name)
        except (OSError, sqlite3.Error):
            new.unlink(missing_ok=True)
            return
        for old in folder.glob(f"{self.project}_*.sqlite3"):
            if old.name != self.name:
                with suppress(OSError):
                    old.unlink()


def _own_folder() -> Path | None:
    """A folder that nobody else can write to; None where there is none to be had."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"kit_django_{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    is_ours = not hasattr(os, "getuid") or (found.st_uid == user and not found.st_mode & 0o077)
    return folder if stat.S_ISDIR(found.st_mode) and is_ours else None
