"""What a database's own tool says of it: the judge of whether two databases are the same."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db.backends.base.base import BaseDatabaseWrapper


class NoDump(Exception):
    """Why there is no dump."""


class Judge(Protocol):
    """Whatever says what a database holds."""

    def run(self, connection: BaseDatabaseWrapper) -> Mapping[str, tuple[str, ...]]:
        """Each thing that the database holds, with the lines that make it. Raises NoDump."""
        ...


@dataclass(frozen=True, slots=True)
class Tool:
    """The programs that dump a kind of database, any of which will do, and how the text is read."""

    names: Sequence[str]
    options: Sequence[str]
    parts: Callable[[str, str], Iterable[tuple[str, Sequence[str]]]]
    """The dump and the database's name -> each thing in it with its lines."""

    def run(self, connection: BaseDatabaseWrapper) -> Mapping[str, tuple[str, ...]]:
        """Each thing that the database holds, with the lines that make it. Raises NoDump."""
        text = self._text(connection)
        found: dict[str, tuple[str, ...]] = {}
        for name, lines in self.parts(text, str(connection.settings_dict["NAME"])):
            found[name] = (*found.get(name, ()), *lines)
        return found

    def _text(self, connection: BaseDatabaseWrapper) -> str:
        program = next(filter(None, map(shutil.which, self.names)), None)
        if program is None:
            raise NoDump(f"{' or '.join(self.names)} is not installed")
        arguments, environment = connection.client.settings_to_cmd_args_env(
            connection.settings_dict, []
        )
        done = subprocess.run(
            [program, *self.options, *arguments[1:]],
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
        if done.returncode:
            raise NoDump(" ".join(done.stderr.split()) or f"{program} failed")
        return done.stdout
