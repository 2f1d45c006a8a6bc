"""Where the databases of tests are copied from, so that only the first one has to be made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


class Templates(ABC):
    """One is kept for a key; ``origin`` tells whose it is, so that it goes when a newer one is kept."""

    def __init__(self, connection: BaseDatabaseWrapper, key: str, origin: str) -> None:
        self.connection: Any = connection
        self.key, self.origin = key[:32], origin

    @abstractmethod
    def fill(self, make: Callable[[], None]) -> None:
        """Make the connection's database, which is empty, what ``make`` makes of it: by copying it
        where that was done before, else by doing it, and keeping a copy.

        A copy that cannot be kept is made again by the next run.
        """
