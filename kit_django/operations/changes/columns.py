"""Changes to columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kit_django.exceptions import Irreversible, OperationError
from kit_django.operations.changes.base import Change, Needs
from kit_django.operations.changes.coming_back import refuse_another_column
from kit_django.operations.definitions.column import ColumnSpec, implied_checks, lower_column
from kit_django.operations.definitions.constraint import (
    refuse_actions_on_required,
    require_columns,
)
from kit_django.operations.definitions.enums import Labels
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.names import require_name
from kit_django.schema.sql.same import same
from kit_django.schema.tables.dependents import check_of_type, without_column
from kit_django.schema.tables.difference import Names
from kit_django.schema.tables.following import exchanged, following_column
from kit_django.schema.tables.parts import with_column
from kit_django.schema.tables.renaming import renamed_column


@dataclass(frozen=True)
class AddColumn(Change):
    name: str
    spec: ColumnSpec

    def __post_init__(self) -> None:
        if "using" in self.spec.modifiers:
            raise OperationError(
                f"using= says what becomes of values that are there, and {self.name!r} is a new "
                f"column. Leave it out, or say table.change({self.name!r})."
            )

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        require_name(catalog.connection, self.name, "a column")
        _refuse_taken(table, self.name)
        column = lower_column(self.name, self.spec, table, catalog)
        checks = implied_checks(self.name, self.spec, table, catalog)
        return replace(table, columns=(*table.columns, column), checks=(*table.checks, *checks))

    @property
    def needs(self) -> Needs:
        return Needs(labels=(self.name, self.spec.enum[1]) if self.spec.enum else None)

    def inverse(self) -> tuple[Change, ...]:
        return (DropColumn(self.name, was=(self,)),)

    def describe(self) -> str:
        return f"add column {self.name!r}"


@dataclass(frozen=True)
class ChangeColumn(Change):
    """``was`` says what the column was before, which makes the change reversible."""

    name: str
    spec: ColumnSpec
    was: ColumnSpec | None = None
    is_told: bool = False
    """Whether a person says the change, and it is not the rollback of one."""

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        altered = self._altered(table, catalog)
        if self.is_told and self.was is not None:
            back = ChangeColumn(self.name, self.was).after(altered, catalog)
            refuse_another_column(table, back, self.name, catalog, _labels_of(self.was))
        return altered

    def _altered(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        require_columns(table, (self.name,))
        current = table.column(self.name)
        changed = lower_column(self.name, self.spec, table, catalog, current)
        key = table.primary_key
        if changed.null and not current.null and key and self.name in key.columns:
            raise OperationError(
                f"Column {self.name!r} is part of the primary key of "
                f"{table.display_name!r}, and cannot be null."
            )
        checks = self._checks(table, catalog) if self.spec.has_type else table.checks
        altered = replace(with_column(table, changed), checks=checks)
        if current.null and not changed.null:
            for reference in table.foreign_keys:
                if self.name in reference.columns:
                    refuse_actions_on_required(
                        altered, (self.name,), reference.on_delete, reference.on_update
                    )
        return altered

    def _checks(self, table: facts.Table, catalog: Catalog) -> tuple[facts.Check, ...]:
        """Without the one that the old type brought along, and with that of the new one."""
        dialect = catalog.dialect
        brought = check_of_type(table, self.name, dialect)
        kept = tuple(check for check in table.checks if check != brought)
        wanted = implied_checks(self.name, self.spec, replace(table, checks=kept), catalog)
        if brought and _is_said(brought, wanted, dialect):
            return table.checks
        wanted = tuple(each for each in wanted if not _is_said(each, kept, dialect))
        name = brought.name if brought else None
        return (*kept, *(replace(each, name=name or each.name) for each in wanted))

    @property
    def needs(self) -> Needs:
        using = self.spec.modifiers.get("using")
        return Needs(
            using=None if using is None else (self.name, using),
            labels=(self.name, self.spec.enum[1]) if self.spec.enum else None,
        )

    def inverse(self) -> tuple[Change, ...]:
        if self.was is None:
            raise Irreversible(
                f"{self.describe()} does not say what the column was. Say it with "
                f"table.change({self.name!r})....was, or write down()."
            )
        return (ChangeColumn(self.name, self.was, was=self.spec),)

    def describe(self) -> str:
        return f"change column {self.name!r}"

    @property
    def destroys(self) -> str:
        return self.name if self._may_hold_less else ""

    @property
    def _may_hold_less(self) -> bool:
        """A type may hold less than the one before; a longer string holds no less."""
        if not self.spec.has_type or self.was is None:
            return self.spec.has_type
        new, old = self.spec.field, self.was.field
        if new is None or old is None or type(new) is not type(old):
            return True
        limits = ("max_digits", "decimal_places")
        is_shorter = (new.max_length or 0) < (old.max_length or 0)
        return is_shorter or any(
            getattr(new, name, None) != getattr(old, name, None) for name in limits
        )


@dataclass(frozen=True)
class RenameColumn(Change):
    name: str
    new_name: str

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        require_columns(table, (self.name,))
        require_name(catalog.connection, self.new_name, "a column")
        _refuse_taken(table, self.new_name)
        after = renamed_column(table, self.name, self.new_name, catalog.dialect)
        kinds = catalog.dialect.renames
        for old, new in following_column(after, self.name, self.new_name, kinds):
            after = exchanged(after, old, new)
        return after

    def carry(self, names: Names) -> Names:
        return {self.new_name if now == self.name else now: was for now, was in names.items()}

    def inverse(self) -> tuple[Change, ...]:
        return (RenameColumn(self.new_name, self.name),)

    def describe(self) -> str:
        return f"rename column {self.name!r} to {self.new_name!r}"


@dataclass(frozen=True)
class DropColumn(Change):
    """``was`` holds the changes that make the column again, which makes the drop reversible.

    What stands on the column alone (its index, its unique, its check) goes with it. What it
    shares with other columns, or with other tables, stops the drop.
    """

    name: str
    was: tuple[Change, ...] = ()
    is_told: bool = False
    """Whether a person says the drop, and it is not the rollback of what was added."""

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        require_columns(table, (self.name,))
        if len(table.columns) == 1:
            raise OperationError(
                f"{self.name!r} is the only column of {table.display_name!r}. "
                "Drop the table instead."
            )
        left = without_column(table, self.name, catalog)
        if self.is_told and self.was:
            back = left
            for change in self.was:
                back = change.after(back, catalog)
            specs = [each.spec for each in self.was if isinstance(each, AddColumn)]
            refuse_another_column(table, back, self.name, catalog, _labels_of(*specs))
        return left

    def carry(self, names: Names) -> Names:
        return {now: was for now, was in names.items() if now != self.name}

    def inverse(self) -> tuple[Change, ...]:
        if not self.was:
            raise Irreversible(
                f"{self.describe()} does not say what the column was. Say it with "
                f"table.drop({self.name!r}).was, or write down()."
            )
        return self.was

    def describe(self) -> str:
        return f"drop column {self.name!r}"

    @property
    def destroys(self) -> str:
        return self.name


def _refuse_taken(table: facts.Table, name: str) -> None:
    if table.has_column(name):
        raise OperationError(f"Table {table.display_name!r} has a column {name!r} already.")


def _labels_of(*specs: ColumnSpec) -> Labels | None:
    return next((each.enum[1] for each in specs if each.enum), None)


def _is_said(check: facts.Check, checks: Iterable[facts.Check], dialect: Dialect) -> bool:
    return any(same(check.sql, each.sql, dialect) for each in checks)
