"""Operations that are SQL of the writer's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit_django.exceptions import Irreversible
from kit_django.operations.base import Loss, Operation
from kit_django.operations.definitions.kinds import Params
from kit_django.schema.sql.secrets import masked

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine


@dataclass(frozen=True)
class RunSQL(Operation):
    """One statement, or several where ``params`` is None; ``reverse`` is what undoes it.

    The files are where the two were read, if they were."""

    sql: str
    params: Params | None = None
    reverse: str | None = None
    file: str = ""
    reverse_file: str = ""

    def perform(self, engine: Engine) -> None:
        engine.run_sql(self.sql, self.params)

    def inverse(self) -> tuple[Operation, ...]:
        if self.reverse is None:
            raise Irreversible(
                f"{self.describe()} does not say how to undo it. Say it with reverse=."
            )
        back = self.sql if self.params is None else None
        return (RunSQL(self.reverse, reverse=back, file=self.reverse_file, reverse_file=self.file),)

    def describe(self) -> str:
        if self.file:
            return f"run file {self.file!r}"
        first_line = masked(self.sql).strip().partition("\n")[0]
        return f"run SQL {first_line[:60]!r}"

    @property
    def destroys(self) -> tuple[Loss, ...]:
        return (Loss(f"{self.describe()} (kit cannot judge it)"),)
