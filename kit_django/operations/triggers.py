"""Operations on triggers, which are a part of their table's facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kit_django.exceptions import Irreversible, OperationError
from kit_django.operations.base import Operation
from kit_django.schema import facts
from kit_django.schema.sql.creations import one_creation
from kit_django.schema.statements import drop_trigger

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine


@dataclass(frozen=True)
class CreateTrigger(Operation):
    """``sql`` is the whole statement."""

    table: str
    name: str
    sql: str

    def perform(self, engine: Engine) -> None:
        table = engine.catalog.table(self.table)
        if any(each.name == self.name for each in table.triggers):
            raise OperationError(
                f"Table {table.display_name!r} has a trigger {self.name!r} already."
            )
        trigger = facts.Trigger(
            self.name, one_creation(self.sql, "TRIGGER", self.name, engine.dialect)
        )
        engine.execute(trigger.sql)
        engine.others_changed([replace(table, triggers=(*table.triggers, trigger))])
        if not engine.pretends:
            self._refuse_another_table(engine)

    def _refuse_another_table(self, engine: Engine) -> None:
        """Nothing could take it back by the table that it is said of."""
        if all(each.name != self.name for each in engine.catalog.table(self.table).triggers):
            raise OperationError(
                f"The trigger {self.name!r} is said of {self.table!r}, and its statement makes it on "
                "another table. Say one table."
            )

    def inverse(self) -> tuple[Operation, ...]:
        return (DropTrigger(self.table, self.name, self.sql),)

    def describe(self) -> str:
        return f"create trigger {self.name!r} of {self.table!r}"


@dataclass(frozen=True)
class DropTrigger(Operation):
    """``was`` is the statement that makes it again."""

    table: str
    name: str
    was: str | None = None

    def perform(self, engine: Engine) -> None:
        table = engine.catalog.table(self.table)
        trigger = next((each for each in table.triggers if each.name == self.name), None)
        if trigger is None:
            known = ", ".join(repr(each.name) for each in table.triggers) or "none"
            raise OperationError(
                f"Table {table.display_name!r} has no trigger {self.name!r}. Its triggers: {known}."
            )
        engine.execute(drop_trigger(engine.dialect, table, trigger))
        left = tuple(each for each in table.triggers if each != trigger)
        engine.others_changed([replace(table, triggers=left)])

    def inverse(self) -> tuple[Operation, ...]:
        if self.was is None:
            raise Irreversible(
                f"{self.describe()} does not say what the trigger was. Say it with was=."
            )
        return (CreateTrigger(self.table, self.name, self.was),)

    def describe(self) -> str:
        return f"drop trigger {self.name!r} of {self.table!r}"
