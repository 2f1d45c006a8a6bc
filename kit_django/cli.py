"""The console script ``kit``: ``manage.py kit`` of the project that one is in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

NO_PROJECT = """\
kit: there is no manage.py in {folder} or in a folder above it. Go to your Django project, as in \
"cd mysite", and run kit there.\
"""


def main() -> None:
    """Find manage.py, run its ``kit`` command with our arguments, end with its exit code."""
    manage = find_manage(Path.cwd())
    if manage is None and set(sys.argv[1:]) <= {"-h", "--help"}:
        sys.stdout.write(overview() + "\n")
        return
    if manage is None:
        sys.stderr.write(NO_PROJECT.format(folder=Path.cwd()) + "\n")
        sys.exit(2)
    command = [sys.executable, str(manage), "kit", *sys.argv[1:]]
    if os.name == "posix":
        os.execv(sys.executable, command)
    sys.exit(subprocess.call(command))


def overview() -> str:
    """All commands, a line each, and where they are to be run."""
    from kit_django.management.commands.kit import Command

    return (
        f"{Command.help}\n\nRun it in a Django project: where manage.py is, or in a folder below."
    )


def find_manage(folder: Path) -> Path | None:
    """The manage.py of the folder, or of the nearest one above it."""
    for place in (folder, *folder.parents):
        if (place / "manage.py").is_file():
            return place / "manage.py"
    return None
