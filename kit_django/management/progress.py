"""How far long work is, in one line of a terminal that is written again and again."""

from __future__ import annotations

import os
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
        self.is_terminal = out.isatty() and os.environ.get("TERM") != "dumb"
        self.width = 0
        self.work = ""
        self.next = 0.0

    def __call__(self, work: str, done: int, total: int) -> None:
        """``total`` is 0 where nobody can know."""
        now = monotonic()
        if 0 < total < MANY or (work == self.work and now < self.next):
            return
        self.work, self.next = work, now + EVERY
        self.show(f"{work}: {done} of {total} ..." if total else f"{work} ...")

    def show(self, text: str) -> None:
        if self.is_terminal:
            text = text[: _columns()]
            self._write(f"\r{text.ljust(self.width)}")
            self.width = len(text)

    def clear(self) -> None:
        """Leave the terminal as if nothing had been there."""
        if self.width:
            self._write(f"\r{' ' * _columns()}\r")
            self.width = 0

    def _write(self, text: str) -> None:
        self.out.write(text, ending="")
        self.out.flush()


def _columns() -> int:
    """How many fit into a line; one more, and some terminals would begin the next."""
    return shutil.get_terminal_size().columns - 1
