"""The ``with`` blocks of a migration: what is said in one, and what was begun and never said."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

from kit_django.exceptions import OperationError
from kit_django.operations.builders.strict import Strict
from kit_django.operations.changes.base import Change

Builder = TypeVar("Builder")


class LooseEnds:
    """What was begun, each with what to say of it if nothing came of it."""

    def __init__(self) -> None:
        self._begun: dict[int, tuple[object, str]] = {}

    def begin(self, thing: object, message: str) -> None:
        self._begun[id(thing)] = (thing, message)

    def tie(self, thing: object) -> None:
        self._begun.pop(id(thing), None)

    def refuse(self) -> None:
        """Raises OperationError for the first that is still loose, and forgets them all."""
        messages = [message for _, message in self._begun.values()]
        self._begun.clear()
        if messages:
            raise OperationError(messages[0])


class Said:
    """The changes that are said of one table within a block, in their order."""

    def __init__(self, table: str, call: str) -> None:
        self.table = table
        self.call = call
        self.changes: list[Change] = []
        self.loose = LooseEnds()
        self.has_ended = False

    def add(self, *changes: Change) -> int:
        """Their place in the list. Raises OperationError behind the block."""
        self.require_open()
        self.changes.extend(changes)
        return len(self.changes) - len(changes)

    def require_open(self) -> None:
        if self.has_ended:
            raise OperationError(
                f"The block of {self.call} has ended, and what is said of its table now would be "
                "lost. Say it within the block."
            )

    def end(self) -> None:
        """Raises OperationError where something was begun and not said, or nothing at all."""
        self.has_ended = True
        self.loose.refuse()
        if not self.changes:
            raise OperationError(
                f"The block of {self.call} says nothing. Say in it what is to be done, or leave it "
                "out; a condition goes around the block."
            )


class Block(Strict, Generic[Builder]):
    """What ``with schema.create_table(...) as table`` enters; it takes effect at its end."""

    def __init__(
        self, said: Said, builder: Builder, take_effect: Callable[[Said], None], blocks: Blocks
    ) -> None:
        self.called = said.call
        self._said = said
        self._builder = builder
        self._take_effect = take_effect
        self._blocks = blocks

    def __enter__(self) -> Builder:
        self._said.require_open()
        self._blocks.enter(self._said)
        return self._builder

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._blocks.leave(self._said)
        if error is not None:
            self._said.has_ended = self._blocks.has_failed = True
            return
        self._said.end()
        self._take_effect(self._said)


class Blocks:
    """The blocks of one schema: one at a time, and none that is never entered."""

    def __init__(self) -> None:
        self.loose = LooseEnds()
        self.has_failed = False
        """Whether something was raised within one."""
        self._entered: Said | None = None

    def begin(self, said: Said) -> None:
        self.loose.begin(
            said,
            f"{said.call} has done nothing, as its block was never entered and left. Write "
            f"`with {said.call} as table:` and say in it what is to be done.",
        )

    def enter(self, said: Said) -> None:
        self.refuse_within(said.call)
        self._entered = said

    def leave(self, said: Said) -> None:
        self._entered = None
        self.loose.tie(said)

    def refuse_within(self, what: str) -> None:
        """Raises OperationError within a block, before which it would take effect."""
        if self._entered is not None:
            raise OperationError(
                f"{what[0].upper()}{what[1:]} is said within the block of {self._entered.call}, "
                "and would take effect before it. Say it before the block, or behind it."
            )
