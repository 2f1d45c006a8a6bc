"""Output that nobody reads any more is dropped, and the command goes on.

``migrate | head -1`` closes the pipe while migrations run: an error where their lines are written would
stop one of them half-way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from django.core.management.base import OutputWrapper

NAMES = ("stdout", "stderr")


class Lenient:
    """A stream of the process that may lose its reader."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._forget()
            return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._forget()

    def _forget(self) -> None:
        """What is left in buffers, and what others write to the same place, goes nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


@contextmanager
def lenient_streams(*wrappers: OutputWrapper) -> Iterator[None]:
    """Within, and at the interpreter's end, neither stdout nor stderr fails for want of a reader; nor do
    the wrappers that a command has around them."""
    before: dict[str, IO[str]] = {name: getattr(sys, name) for name in NAMES if getattr(sys, name)}
    for name, stream in before.items():
        lenient = stream if isinstance(stream, Lenient) else Lenient(stream)
        setattr(sys, name, lenient)
        for wrapper in wrappers:
            if vars(wrapper)["_out"] is stream:
                vars(wrapper)["_out"] = lenient
    try:
        yield
    finally:
        for name, stream in before.items():
            with suppress(OSError):  # a full disk is told of at the interpreter's end
                getattr(sys, name).flush()
            setattr(sys, name, stream)
