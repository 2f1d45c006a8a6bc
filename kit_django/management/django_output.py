"""Django's words about its own migrations, held back while it has nothing to tell."""

from __future__ import annotations

import re

from django.core.management.base import OutputWrapper

CHATTER = (
    "Operations to perform:",
    "  Apply all migrations:",
    "Running migrations:",
    "  No migrations to apply.",
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class HeldOutput:
    """A stream that keeps what is written to it until ``release``; from then on it lets all pass.

    ``finish`` writes what was kept but for the lines that say that there is nothing to do. Notices,
    and what handlers of signals write, are never lost.
    """

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.kept: list[str] = []
        self.is_open = False

    def write(self, text: str) -> None:
        if self.is_open:
            self.out.write(text, ending="")
        else:
            self.kept.append(text)

    def flush(self) -> None:
        self.out.flush()

    def isatty(self) -> bool:
        return self.out.isatty()

    def release(self) -> None:
        if not self.is_open:
            self.is_open = True
            self.write("".join(self.kept))
            self.kept.clear()

    def finish(self) -> None:
        lines = "".join(self.kept).splitlines(keepends=True)
        self.kept.clear()
        if told := "".join(line for line in lines if not _is_chatter(line)):
            self.out.write(told, ending="")


def _is_chatter(line: str) -> bool:
    return _COLOUR.sub("", line).startswith(CHATTER)
