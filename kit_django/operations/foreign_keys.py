"""Foreign keys that are not looked at for a while."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from kit_django.exceptions import NotSupported
from kit_django.operations.base import Operation
from kit_django.operations.builders.block import LooseEnds
from kit_django.operations.builders.strict import Strict

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine


@dataclass(frozen=True)
class SwitchForeignKeys(Operation):
    """On or off. Where a database puts them off, to the end of a transaction at most, on looks at all."""

    on: bool

    def perform(self, engine: Engine) -> None:
        off_on = engine.dialect.switch_of_keys
        in_transaction = engine.connection.in_atomic_block or engine.pretends
        if off_on and engine.dialect.has_deferred_keys and not in_transaction:
            raise NotSupported(
                f"{engine.dialect.name} puts foreign keys off within a transaction only, and the migration "
                "says atomic = False. Put it into a migration of its own."
            )
        if off_on:
            engine.execute(off_on[self.on])

    def inverse(self) -> tuple[Operation, ...]:
        return (SwitchForeignKeys(not self.on),)

    def describe(self) -> str:
        return f"foreign keys {'on' if self.on else 'off'}"


class WithoutForeignKeys(Strict):
    """``with schema.disable_foreign_keys():``, as Laravel's withoutForeignKeyConstraints."""

    called = "schema.disable_foreign_keys()"

    def __init__(self, perform: Callable[[Operation], None], loose: LooseEnds) -> None:
        self._perform = perform
        self._loose = loose
        loose.begin(
            self,
            f"{self.called} has done nothing, as its block was never entered. Write "
            f"`with {self.called}:`.",
        )

    def __enter__(self) -> None:
        self._loose.tie(self)
        self._perform(SwitchForeignKeys(on=False))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self._perform(SwitchForeignKeys(on=True))
            return
        with suppress(Exception):  # the first error is the one to tell
            self._perform(SwitchForeignKeys(on=True))
