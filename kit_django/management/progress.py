"""How far long work is, in one line of a terminal that is written again and again."""

from __future__ import annotations

import shutil
from time import monotonic

from django.core.management.base import OutputWrapper

MANY = 20
"""Fewer of anything are done before somebody reads the line."""
EVERY = 0.1


class ProgressLine:
    """Takes what is being done, and how many of how many are; nothing where ``out`` is no terminal."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.is_terminal = out.isatty()
        self.work = ""
        self.next = 0.0
        self.width = 0

    def __call__(self, work: str, done: int, total: int) -> None:
        now = monotonic()
        if not self.is_terminal or total < MANY or (work == self.work and now < self.next):
            return
        self.work, self.next = work, now + EVERY
        text = f"{work}: {done} of {total} ..."[: shutil.get_terminal_size().columns - 1]
        self._write(text.ljust(self.width))
        self.width = len(text)

    def clear(self) -> None:
        """Leave the terminal as if nothing had been there."""
        if self.width:
            self._write(" " * self.width)
            self._write("")
            self.width = 0

    def _write(self, text: str) -> None:
        self.out.write(f"\r{text}", ending="")
        self.out.flush()
