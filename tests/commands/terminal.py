"""A command that is run by a person at a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.projects import Project

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


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


def shown(
    project: Project, *arguments: str, env: Mapping[str, str] | None = None, columns: int = 100
) -> tuple[str, int]:
    """All that the command wrote to a terminal, and its exit code."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    done = subprocess.Popen(
        project.command(*arguments),
        cwd=project.folder,
        env=project.environment({"TERM": "xterm", "COLUMNS": "", "NO_COLOR": "", **(env or {})}),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    text = b""
    with suppress(OSError):  # which is how a terminal's end is told
        while piece := os.read(ours, 4096):
            text += piece
    os.close(ours)
    return text.decode().replace("\r\n", "\n"), done.wait(60)


def left_standing(text: str) -> list[str]:
    """The lines that a person still sees at the end, without their colours."""
    return [
        line.rpartition("\r")[2] for line in COLOUR.sub("", text).removesuffix("\n").split("\n")
    ]
