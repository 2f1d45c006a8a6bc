"""A migration, or its rollback, as a piece of work that happens once.

Whoever runs it calls ``claim``, ``work`` and ``finish``; or, where the work was undone, ``abandon``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

from kit_django.operations.base import Operation
from kit_django.operations.rehearsal import Rehearsed, rehearse
from kit_django.operations.schema import Schema
from kit_django.runner.announcing import Method
from kit_django.runner.databases.sessions import NOTHING, Answer, Question
from kit_django.runner.events import (
    Event,
    MigrationFinished,
    MigrationStarted,
    RollbackFinished,
    RollbackStarted,
)
from kit_django.runner.history import History, NotClaimed
from kit_django.runner.history_table import HistoryRow
from kit_django.runner.loading import LoadedMigration


class Unit(ABC):
    """``what`` begins a sentence about it; ``method()`` is where its writer has to look."""

    what: str
    method: Method
    command: str
    begins: Literal["absent", "applied"]
    ends: Literal["absent", "applied"]
    """How the history has it before and after."""

    def __init__(self, loaded: LoadedMigration, history: History) -> None:
        self.loaded = loaded
        self.history = history
        self.row_id = 0

    @property
    def name(self) -> str:
        return self.loaded.name

    @property
    def is_atomic(self) -> bool:
        return self.loaded.migration.atomic

    @abstractmethod
    def claim(self, statements: int, question: Question = NOTHING) -> Answer:
        """Make it ours; so many of its statements count as begun. Raises NotClaimed.

        The question is answered by the same statement, where that can be.
        """

    @abstractmethod
    def work(self, schema: Schema) -> None:
        """What the migration does, by code of its writer's."""

    @abstractmethod
    def rehearse(self) -> Rehearsed:
        """What ``work`` will do, without doing it. Raises what is wrong with what the migration says."""

    @abstractmethod
    def finish(self, duration_ms: int, question: Question = NOTHING) -> Answer:
        """It is done. The question is answered by the same statement, where that can be."""

    @abstractmethod
    def abandon(self) -> None:
        """As if it had never been claimed."""

    @abstractmethod
    def history_sql(self) -> str:
        """What ``claim`` and ``finish`` come to, for ``--pretend``."""

    @abstractmethod
    def started(self) -> Event: ...

    @abstractmethod
    def finished(self, duration_ms: int, operations: tuple[str, ...]) -> Event: ...


class Up(Unit):
    what = "Migration"
    method = "up"
    command = "migrate"
    begins, ends = "absent", "applied"

    def __init__(self, loaded: LoadedMigration, history: History, batch: int) -> None:
        super().__init__(loaded, history)
        self.batch = batch

    def claim(self, statements: int, question: Question = NOTHING) -> Answer:
        checksum = self.loaded.checksum
        self.row_id, answer = self.history.claim_and_ask(
            question, self.name, self.batch, checksum, statements
        )
        return answer

    def rehearse(self) -> Rehearsed:
        return rehearse(self.loaded.up, self.history.connection)

    def work(self, schema: Schema) -> None:
        self.loaded.up(schema)
        schema.refuse_loose_ends()

    def finish(self, duration_ms: int, question: Question = NOTHING) -> Answer:
        return self.history.finish(self.row_id, duration_ms, question)

    def abandon(self) -> None:
        self.history.remove(self.row_id)

    def history_sql(self) -> str:
        return self.history.claim_sql(self.name, self.batch, self.loaded.checksum)

    def started(self) -> Event:
        return MigrationStarted(self.name)

    def finished(self, duration_ms: int, operations: tuple[str, ...]) -> Event:
        return MigrationFinished(self.name, duration_ms, operations)


class Down(Unit):
    """``undo`` are the operations that stand in for a ``down()`` that was left out."""

    what = "The rollback of migration"
    method = "down"
    command = "migrate_rollback"
    begins, ends = "applied", "absent"

    def __init__(
        self,
        loaded: LoadedMigration,
        history: History,
        row: HistoryRow,
        undo: tuple[Operation, ...] | None,
    ) -> None:
        super().__init__(loaded, history)
        self.row = row
        self.row_id = row.id
        self.undo = undo

    def claim(self, statements: int, question: Question = NOTHING) -> Answer:
        if not self.history.reopen(self.row, statements):
            raise NotClaimed(self.name, self.row.id)
        return None

    def rehearse(self) -> Rehearsed:
        if self.undo is None:
            return rehearse(self.loaded.down, self.history.connection)
        return Rehearsed(self.undo, is_whole=True)

    def work(self, schema: Schema) -> None:
        if self.undo is None:
            self.loaded.down(schema)
            schema.refuse_loose_ends()
            return
        for operation in self.undo:
            schema.perform(operation)

    def finish(self, duration_ms: int, question: Question = NOTHING) -> Answer:
        self.history.remove(self.row_id)
        return None

    def abandon(self) -> None:
        self.history.restore(self.row)

    def history_sql(self) -> str:
        return self.history.remove_sql(self.name)

    def started(self) -> Event:
        return RollbackStarted(self.name)

    def finished(self, duration_ms: int, operations: tuple[str, ...]) -> Event:
        return RollbackFinished(self.name, duration_ms, operations)
