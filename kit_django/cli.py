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
    if manage is None and sys.argv[1:2] in (["completion"], ["complete"]):
        complete_outside(*sys.argv[1:])
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


def complete_outside(name: str, *arguments: str) -> None:
    """What a shell asks where no project could say more than the names of commands."""
    from kit_django.management import completing
    from kit_django.management.commands.kit import COMMANDS

    if name == "complete":
        found = [each for each in COMMANDS if arguments[1:] and each.startswith(arguments[1])]
        sys.stdout.writelines(f"{each}\n" for each in found if len(arguments) == 2)
    elif arguments and arguments[0] in completing.SCRIPTS:
        sys.stdout.write(completing.SCRIPTS[arguments[0]])
    else:
        sys.exit(f"kit: say which shell it is for, as in {' or '.join(completing.SCRIPTS)}.")


def find_manage(folder: Path) -> Path | None:
    """The manage.py of the folder, or of the nearest one above it."""
    for place in (folder, *folder.parents):
        if (place / "manage.py").is_file():
            return place / "manage.py"
    return None
