"""Changes to what is said of a table as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from kit_django.exceptions import Irreversible, NotSupported, OperationError
from kit_django.operations.changes.base import Change
from kit_django.operations.definitions.column import require_comments
from kit_django.operations.definitions.references import collation_of
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog


@dataclass(frozen=True)
class SetComment(Change):
    """``was`` makes it reversible."""

    text: str
    was: str | None = None

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        if self.text:
            require_comments(catalog.connection, "tables")
        return replace(table, comment=self.text)

    def inverse(self) -> tuple[Change, ...]:
        if self.was is None:
            raise _untold(self)
        return (SetComment(self.was, self.text),)

    def describe(self) -> str:
        return f"comment {self.text!r}"


@dataclass(frozen=True)
class SetOption(Change):
    """The table's engine, or what its new texts are kept and compared by."""

    together: ClassVar = {
        "charset": ("charset", "collation"),
        "collation": ("charset", "collation"),
    }
    option: Literal["engine", "charset", "collation"]
    name: str
    was: str | None = None

    def after(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        if not catalog.dialect.has_table_options:
            raise NotSupported(
                f"{catalog.connection.display_name} has no {self.option} of a table "
                f"({self.option}()). Leave it out for this database."
            )
        if not (self.name.isascii() and self.name.replace("_", "a").isalnum()):
            raise OperationError(f"{self.name!r} is no name of a table's {self.option}.")
        gone = self.together.get(self.option, (self.option,))
        left = tuple(pair for pair in table.options if pair[0] not in gone)
        stays = self.option == "engine" or catalog.find(table.key) is None
        columns = table.columns if stays else _told_columns(table, catalog)
        return replace(table, columns=columns, options=(*left, (self.option, self.name)))

    def inverse(self) -> tuple[Change, ...]:
        if self.was is None:
            raise _untold(self)
        return (SetOption(self.option, self.was, self.name),)

    def describe(self) -> str:
        return f"{self.option} {self.name!r}"


def _told_columns(table: facts.Table, catalog: Catalog) -> tuple[facts.Column, ...]:
    """What texts had from the table they go on having by themselves."""
    return tuple(
        replace(each, collation=each.collation or collation_of(table, each, catalog))
        for each in table.columns
    )


def _untold(change: Change) -> Irreversible:
    return Irreversible(f"{change.describe()} does not say what it was. Say it with was=.")
