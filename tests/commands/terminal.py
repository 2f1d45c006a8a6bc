"""A command that is run by a person at a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.projects import Project


def at_a_terminal(project: Project, *arguments: str, answer: str) -> tuple[str, int]:
    """What the command printed, and its exit code, after the person has typed the answer."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        project.command(*arguments),
        cwd=project.folder,
        env=project.environment(),
        stdin=theirs,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    return done.stdout + done.stderr, done.returncode
