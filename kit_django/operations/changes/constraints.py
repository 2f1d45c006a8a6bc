"""Changes to constraints: primary key, unique, check, foreign key, exclusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kit_django.exceptions import Irreversible, OperationError
from kit_django.operations.changes.base import Change, refuse_another_name
from kit_django.operations.changes.coming_back import refuse_another_part
from kit_django.operations.changes.indexes import AddIndex, DropIndex
from kit_django.operations.definitions.constraint import (
    CheckDefinition,
    Definition,
    UniqueDefinition,
)
from kit_django.operations.definitions.kinds import Columns
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.tables.dependents import columns_of
from kit_django.schema.tables.indexes import index_of_key, with_indexes_of_keys
from kit_django.schema.tables.parts import with_constraint, without_constraints


@dataclass(frozen=True)
class AddConstraint(Change):
    definition: Definition

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        return with_constraint(table, self.definition.lower(table, catalog))

    def inverse(self) -> tuple[Change, ...]:
        definition = self.definition
        return (DropConstraint(definition.kind, definition.name, definition.columns, was=self),)

    def describe(self) -> str:
        return f"add {self.definition.kind} {_named(self.definition)}".strip()


@dataclass(frozen=True)
class DropConstraint(Change):
    """A constraint is found by its name, or by exactly its columns."""

    kind: facts.ConstraintKind
    name: str | None = None
    columns: tuple[str, ...] = ()
    was: AddConstraint | AddIndex | None = None
    is_told: bool = False
    """Whether a person says the drop, and it is not the rollback of what was added."""

    @classmethod
    def of(cls, kind: facts.ConstraintKind, given: Columns) -> DropConstraint:
        """A string is a constraint's name, a list its columns."""
        if isinstance(given, str):
            return cls(kind, given, is_told=True)
        return cls(kind, columns=tuple(given), is_told=True)

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        if self._means_index(table):
            return self._as_index().after(table, catalog)
        constraint = self.find(table, catalog.dialect)
        self._refuse_what_would_not_come_back(constraint, table)
        self._refuse_what_was_is_silent_of(constraint, table)
        if isinstance(constraint, facts.PrimaryKey) and catalog.dialect.numbers_by_key:
            _refuse_numbering(table, constraint)
        if isinstance(constraint, facts.ForeignKey) and catalog.dialect.indexes_foreign_keys:
            index = index_of_key(table, constraint)
            indexes = tuple(each for each in table.indexes if each != index)
            table = replace(table, indexes=indexes)
        left = without_constraints(table, [constraint])
        self._refuse_another_name(constraint, left, catalog)
        if self.is_told and self.was is not None:
            back = self.was.definition.lower(left, catalog)
            refuse_another_part(table, constraint, left, back, catalog.dialect)
        is_index = isinstance(constraint, facts.PrimaryKey | facts.Unique)
        return with_indexes_of_keys(left, catalog.dialect) if is_index else left

    def _refuse_another_name(
        self, found: facts.Constraint, left: facts.Table, catalog: Catalog
    ) -> None:
        was = self.was.definition if self.was else None
        if was is None and self.kind == "unique":
            was = UniqueDefinition(self.columns)
        if was is not None and self.is_told and self.name is None:
            refuse_another_name(left, found, was.lower(left, catalog))

    def _means_index(self, table: facts.Table) -> bool:
        """Whether it is a unique index: only such a one can be partial, or of expressions."""
        if self.kind != "unique" or any(map(self._is_meant, table.uniques)):
            return False
        return any(
            each.unique and (each.name == self.name if self.name else each.columns == self.columns)
            for each in table.indexes
        )

    def _as_index(self) -> DropIndex:
        if isinstance(self.was, AddConstraint):
            raise OperationError(
                f"{self.describe()} was told that it was a constraint, and it is an index of its "
                "own. Say what it was with .was.unique(..., where=...) or .was.index(...)."
            )
        return DropIndex(self.name, self.columns, was=self.was, is_told=self.is_told)

    def find(self, table: facts.Table, dialect: Dialect) -> facts.Constraint:
        """The constraint that is meant. Raises OperationError where it is none, or one of several."""
        candidates = [each for each in table.constraints if each.kind == self.kind]
        if self.kind == "check" and self.name is None:
            found: Sequence[facts.Constraint] = self._found_checks(table, dialect)
        else:
            found = [each for each in candidates if self._is_meant(each)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(repr(each.name) for each in candidates) or "none"
        count = "no" if not found else str(len(found))
        raise OperationError(
            f"Table {table.display_name!r} has {count} {self.kind} {self._what()}. "
            f"Those of its kind: {known}."
        )

    def _found_checks(self, table: facts.Table, dialect: Dialect) -> list[facts.Check]:
        """The checks on exactly these columns; of a rollback's, the one that was added last."""
        columns = set(self.columns)
        if self.is_told:
            return [each for each in table.checks if columns_of(each, table, dialect) == columns]
        given = CheckDefinition("", columns=self.columns).given_names(table)
        theirs = {
            each.name: each for each in table.checks if columns <= columns_of(each, table, dialect)
        }
        return [theirs[name] for name in given if name in theirs][-1:]

    def _refuse_what_would_not_come_back(self, found: facts.Constraint, table: facts.Table) -> None:
        """Where columns are all that is said, a rollback makes a plain one of them."""
        if not isinstance(found, facts.Unique) or self.name is not None:
            return
        said = self.was.definition if self.was else UniqueDefinition(self.columns)
        if not isinstance(said, UniqueDefinition):
            raise OperationError(f"{self.describe()} was told that it was something else.")
        for what, there, expected in (
            ("deferrable", found.deferrable, said.deferrable),
            ("distinct about its nulls", found.nulls_distinct, said.nulls_distinct),
            ("covering", found.include, said.include),
        ):
            if there != expected:
                raise OperationError(
                    f"The unique {found.name!r} of {table.display_name!r} is not as {what} as the "
                    f"one that a rollback would make. Drop it by its name, and say what it was "
                    f"with .was."
                )

    def _refuse_what_was_is_silent_of(self, found: facts.Constraint, table: facts.Table) -> None:
        """A constraint that spares rows would come back as one that old rows may break."""
        if self.was is None:
            return
        said = () if getattr(self.was.definition, "valid", True) else ("not valid",)
        for flag in ("not valid", "not enforced", "no inherit"):
            if flag in dict(getattr(found, "options", ())) and flag not in said:
                advice = "Say valid=False there" if flag == "not valid" else "Leave it out"
                raise OperationError(
                    f"The {self.kind} {found.name!r} of {table.display_name!r} is "
                    f"{flag.upper()}, and .was says nothing of that: a rollback would make another "
                    f"one. {advice}, or write down()."
                )

    def _is_meant(self, constraint: facts.Constraint) -> bool:
        if self.kind == "primary key":
            return True
        if self.name is not None:
            return constraint.name == self.name
        return getattr(constraint, "columns", None) == self.columns

    def with_was(self, change: Change) -> DropConstraint:
        """The drop that knows what it drops. Raises OperationError where that is something else."""
        if isinstance(change, AddIndex) and change.definition.unique and self.kind == "unique":
            named = replace(change.definition, name=change.definition.name or self.name)
            return replace(self, was=replace(change, definition=named))
        if not isinstance(change, AddConstraint) or change.definition.kind != self.kind:
            raise OperationError(f"{self.describe()} was told that it was something else.")
        definition = change.definition
        if definition.name is None and self.name is not None:
            definition = replace(definition, name=self.name)
        return replace(self, was=AddConstraint(definition))

    def _what(self) -> str:
        return repr(self.name) if self.name else f"on ({', '.join(self.columns)})"

    def inverse(self) -> tuple[Change, ...]:
        if self.was is not None:
            return (self.was,)
        if self.kind == "unique" and self.columns:
            return (AddConstraint(UniqueDefinition(self.columns, self.name)),)
        raise Irreversible(
            f"{self.describe()} does not say what the constraint was. Say it with .was, or "
            "write down()."
        )

    def describe(self) -> str:
        return f"drop {self.kind} {self._what()}"


def _refuse_numbering(table: facts.Table, key: facts.PrimaryKey) -> None:
    for name in key.columns:
        if table.column(name).identity is not None:
            raise OperationError(
                f"Column {name!r} numbers the rows of {table.display_name!r}, which it can "
                "only as its primary key. Make the table anew instead."
            )


def _named(definition: Definition) -> str:
    if definition.name:
        return repr(definition.name)
    return f"on ({', '.join(definition.columns)})" if definition.columns else ""
