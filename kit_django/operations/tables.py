"""Operations on whole tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kit_django.exceptions import Irreversible, OperationError, UnknownTable
from kit_django.operations.base import Loss, Operation
from kit_django.operations.changes.base import Change
from kit_django.operations.changes.columns import DropColumn
from kit_django.operations.changes.constraints import DropConstraint
from kit_django.operations.definitions.column import require_comments
from kit_django.operations.definitions.references import refuse_without_key
from kit_django.operations.lookups.names import refuse_taken_names
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.facts import display_name
from kit_django.schema.names import require_name
from kit_django.schema.tables.renaming import renamed_table

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine


@dataclass(frozen=True)
class CreateTable(Operation):
    """``changes`` add the table's columns, constraints and indexes to an empty picture of it."""

    name: str
    changes: tuple[Change, ...]
    if_not_exists: bool = False
    comment: str = ""

    def perform(self, engine: Engine) -> None:
        require_name(engine.connection, engine.catalog.key(self.name)[1], "a table")
        if not self._is_there(engine):
            table = self.target(engine.catalog)
            refuse_taken_names(engine, None, [table])
            engine.create_table(table, [change.needs for change in self.changes])
        elif not self.if_not_exists:
            raise OperationError(f"There is a table {self.name!r} already.")

    def _is_there(self, engine: Engine) -> bool:
        """Not asked for where the question who has its names tells that too."""
        is_told = "table" in engine.dialect.shared_names and not engine.pretends
        if is_told and not self.if_not_exists:
            return False
        return engine.catalog.find(self.name) is not None

    def target(self, catalog: Catalog) -> facts.Table:
        """The facts of the table that is to be made. Raises OperationError."""
        schema, name = catalog.key(self.name)
        if self.comment:
            require_comments(catalog.connection, "tables")
        if any(change.needs.concurrently for change in self.changes):
            raise OperationError(
                f"Table {self.name!r} is new, and nobody waits for its indexes. Leave out "
                "concurrently=."
            )
        table = facts.Table(name, schema=schema, comment=self.comment)
        for change in self.changes:
            table = change.after(table, catalog)
        if any(("not valid", "") in getattr(each, "options", ()) for each in table.constraints):
            raise OperationError(
                f"Table {self.name!r} is new, and has no rows to spare. Leave out valid=."
            )
        for key in table.foreign_keys:
            if (key.to_schema, key.to_table) == table.key:
                refuse_without_key(table, table, key.to_columns, catalog)
        if not table.columns:
            raise OperationError(f"Table {self.name!r} has no columns. Give it at least one.")
        return table

    def inverse(self) -> tuple[Operation, ...]:
        if self.if_not_exists:
            raise Irreversible(
                f"{self.describe()} with if_not_exists may not have made the table. Write down()."
            )
        return (DropTable(self.name, was=self),)

    def begun(self, steps: int) -> tuple[Operation, ...]:
        return (replace(self, if_not_exists=False),) if steps else ()

    def describe(self) -> str:
        return f"create table {self.name!r}"

    @property
    def touches(self) -> tuple[str, ...]:
        return (self.name,)


@dataclass(frozen=True)
class DropTable(Operation):
    """``was`` is the definition that makes the drop reversible."""

    name: str
    if_exists: bool = False
    cascade: bool = False
    was: CreateTable | None = None

    def perform(self, engine: Engine) -> None:
        table = engine.catalog.find(self.name)
        if table is not None:
            self._refuse_where_referenced(table, engine.catalog)
            engine.drop_table(table, cascade=self.cascade)
        elif not self.if_exists:
            hint = engine.catalog.near(self.name)
            raise UnknownTable(f"There is no table {self.name!r} to drop.{hint}")

    def _refuse_where_referenced(self, table: facts.Table, catalog: Catalog) -> None:
        if self.cascade:
            return
        for other, key in catalog.referencing(table.key):
            if other.key != table.key:
                raise OperationError(
                    f"Table {self.name!r} is what the foreign key {key.name!r} of "
                    f"{display_name(other.key)!r} points to. Drop that first, or say cascade=True."
                )

    def inverse(self) -> tuple[Operation, ...]:
        for option, given in (("if_exists", self.if_exists), ("cascade", self.cascade)):
            if given:
                raise Irreversible(
                    f"{self.describe()} with {option} does not say what it found. Write down()."
                )
        if self.was is None:
            raise Irreversible(
                f"{self.describe()} does not say what the table was. Say it with "
                f"`with schema.drop_table({self.name!r}) as table: ...`, or write down()."
            )
        return (self.was,)

    def describe(self) -> str:
        return f"drop table {self.name!r}"

    @property
    def destroys(self) -> tuple[Loss, ...]:
        return (Loss(self.describe(), self.name),)

    @property
    def touches(self) -> tuple[str, ...]:
        return (self.name,)


@dataclass(frozen=True)
class RenameTable(Operation):
    name: str
    new_name: str

    def perform(self, engine: Engine) -> None:
        table = engine.catalog.table(self.name)
        schema, new_name = engine.catalog.key(self.new_name)
        require_name(engine.connection, new_name, "a table")
        if engine.catalog.find(self.new_name) is not None:
            raise OperationError(f"There is a table {self.new_name!r} already.")
        if schema != table.schema:
            raise OperationError(
                f"{self.name!r} and {self.new_name!r} are in different schemas. A rename keeps "
                "the schema."
            )
        renamed = renamed_table(table, new_name)
        refuse_taken_names(engine, table, [renamed, *engine.followed(renamed, table.name)])
        engine.rename_table(table, renamed)

    def inverse(self) -> tuple[Operation, ...]:
        return (RenameTable(self.new_name, self.name),)

    def describe(self) -> str:
        return f"rename table {self.name!r} to {self.new_name!r}"

    @property
    def touches(self) -> tuple[str, ...]:
        return (self.name, self.new_name)


@dataclass(frozen=True)
class AlterTable(Operation):
    name: str
    changes: tuple[Change, ...]

    def perform(self, engine: Engine) -> None:
        before = engine.catalog.table(self.name)
        if before.kind not in ("table", "partitioned table", "partition", "foreign table"):
            raise OperationError(f"{self.name!r} is a {before.kind}, and cannot be altered.")
        engine.alter_table(before, self.changes)

    def inverse(self) -> tuple[Operation, ...]:
        undone = [undo for change in reversed(self.changes) for undo in change.inverse()]
        return (AlterTable(self.name, tuple(_without_own_keys(undone))),)

    def begun(self, steps: int) -> tuple[Operation, ...]:
        return (AlterTable(self.name, self.changes[:steps]),) if steps else ()

    def describe(self) -> str:
        changes = ", ".join(change.describe() for change in self.changes)
        return f"alter table {self.name!r} ({changes})"

    @property
    def destroys(self) -> tuple[Loss, ...]:
        return tuple(
            Loss(f"{change.describe()} of table {self.name!r}", self.name, change.destroys)
            for change in self.changes
            if change.destroys
        )

    @property
    def touches(self) -> tuple[str, ...]:
        return (self.name,)


@dataclass(frozen=True)
class CommentTable(Operation):
    name: str
    comment: str
    was: str | None = None

    def perform(self, engine: Engine) -> None:
        require_comments(engine.connection, "tables")
        table = engine.catalog.table(self.name)
        engine.comment_table(replace(table, comment=self.comment))

    def inverse(self) -> tuple[Operation, ...]:
        if self.was is None:
            raise Irreversible(
                f"{self.describe()} does not say what the comment was. Say it with was=."
            )
        return (CommentTable(self.name, self.was, was=self.comment),)

    def describe(self) -> str:
        return f"comment on table {self.name!r}"


def _without_own_keys(changes: Sequence[Change]) -> Iterator[Change]:
    """A primary key goes with its column, without which a column cannot number the rows."""
    dropped = {(each.name,) for each in changes if isinstance(each, DropColumn)}
    for change in changes:
        if not (
            isinstance(change, DropConstraint)
            and change.kind == "primary key"
            and change.columns in dropped
        ):
            yield change
