"""What a runner reports while it works. Commands turn these into words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another runner holds the lock; ``holder`` says who and since when."""

    holder: str
    timeout: float


@dataclass(frozen=True, slots=True)
class DumpStarted:
    """A schema dump is about to be loaded, which stands in for so many of kit's migrations."""

    path: str
    migrations: int


@dataclass(frozen=True, slots=True)
class DumpLoaded:
    path: str
    migrations: int


@dataclass(frozen=True, slots=True)
class MigrationStarted:
    name: str


@dataclass(frozen=True, slots=True)
class MigrationFinished:
    """``operations`` are one line each."""

    name: str
    duration_ms: int
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MigrationSkipped:
    """Left as it is: ``reason`` completes the sentence "was skipped: ..."."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class MigrationFaked:
    """Recorded without having been run."""

    name: str


@dataclass(frozen=True, slots=True)
class RollbackStarted:
    name: str


@dataclass(frozen=True, slots=True)
class RollbackFinished:
    name: str
    duration_ms: int
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeederStarted:
    name: str


@dataclass(frozen=True, slots=True)
class SeederFinished:
    name: str
    duration_ms: int


class Renaming(NamedTuple):
    """``column`` is empty where a table is meant, ``new`` where it was dropped."""

    table: str
    column: str
    new: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """What a migration, or its rollback, has given another name or dropped, in its order."""

    steps: tuple[Renaming, ...]


@dataclass(frozen=True, slots=True)
class Pretended:
    """The SQL that a migration, or its rollback, would run, the history row included."""

    name: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work is; ``total`` is 0 where nobody can know."""

    work: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Note:
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
