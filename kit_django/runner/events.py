"""What a runner reports while it works. Commands turn these into words.

Each command imports them: a named tuple is made in a quarter of the time of a dataclass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Waiting(NamedTuple):
    """Another runner holds the lock; ``holder`` says who and since when."""

    holder: str
    timeout: float


class DumpStarted(NamedTuple):
    """A schema dump is about to be loaded, which stands in for so many of kit's migrations."""

    path: str
    migrations: int


class DumpLoaded(NamedTuple):
    path: str
    migrations: int


class MigrationStarted(NamedTuple):
    name: str


class MigrationFinished(NamedTuple):
    """``operations`` are one line each."""

    name: str
    duration_ms: int
    operations: tuple[str, ...] = ()


class MigrationSkipped(NamedTuple):
    """Left as it is: ``reason`` completes the sentence "was skipped: ..."."""

    name: str
    reason: str


class MigrationFaked(NamedTuple):
    """Recorded without having been run."""

    name: str


class RollbackStarted(NamedTuple):
    name: str


class RollbackFinished(NamedTuple):
    name: str
    duration_ms: int
    operations: tuple[str, ...] = ()


class SeederStarted(NamedTuple):
    name: str


class SeederFinished(NamedTuple):
    name: str
    duration_ms: int


class Renaming(NamedTuple):
    """``column`` is empty where a table is meant, ``new`` where it was dropped."""

    table: str
    column: str
    new: str


class Renamed(NamedTuple):
    """What a migration, or its rollback, has given another name or dropped, in its order."""

    steps: tuple[Renaming, ...]


class Pretended(NamedTuple):
    """The SQL that a migration, or its rollback, would run, the history row included."""

    name: str
    statements: tuple[str, ...]


class Progress(NamedTuple):
    """How far long work is; ``total`` is 0 where nobody can know."""

    work: str
    done: int = 0
    total: int = 0


class Note(NamedTuple):
    """Something that is no error and that a person should know."""

    text: str


Event = (
    Waiting
    | DumpStarted
    | DumpLoaded
    | MigrationStarted
    | MigrationFinished
    | MigrationSkipped
    | MigrationFaked
    | RollbackStarted
    | RollbackFinished
    | SeederStarted
    | SeederFinished
    | Renamed
    | Pretended
    | Progress
    | Note
)
Report = Callable[[Event], None]
