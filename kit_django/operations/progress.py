"""How far an operation has come, so that a failure in its middle can be taken back step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """``moment`` grows whenever the database is just as the operations and ``steps`` say: a statement
    that succeeded since belongs to something that is half done."""

    def __init__(self) -> None:
        self.moment = 0
        self.steps = 0

    def begin(self) -> None:
        """An operation begins."""
        self.steps = 0

    def step(self) -> None:
        """A part of the operation is done that can be undone by itself."""
        self.steps += 1
        self.moment += 1

    def end(self) -> None:
        """The operation is done."""
        self.moment += 1

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Around what the database takes back by itself where it fails."""
        before = self.steps
        try:
            yield
        except BaseException:
            self.steps = before
            self.moment += 1
            raise
