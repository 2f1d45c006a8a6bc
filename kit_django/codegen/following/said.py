"""What is known of renames: from the migrations of this run, and from a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from kit_django.codegen.inference.context import KnownModel
from kit_django.codegen.specs import TableKey
from kit_django.exceptions import UsageError
from kit_django.meant import did_you_mean
from kit_django.schema.facts import Database, Table, display_name

Named = TypeVar("Named", str, TableKey)
Step = tuple[str, str, str]
"""A table, its column or nothing, and the new name or nothing where it was dropped."""


@dataclass(frozen=True, slots=True)
class Said:
    """Names of before -> those of now, or None for what is gone and has no other name.

    ``columns`` are by the names that their tables had before.
    """

    tables: Mapping[TableKey, TableKey | None] = field(default_factory=dict)
    columns: Mapping[TableKey, Mapping[str, str | None]] = field(default_factory=dict)


def what_is_said(
    steps: Iterable[Step],
    words: Iterable[str],
    known: Mapping[TableKey, KnownModel],
    database: Database,
) -> Said:
    """``steps`` are those of migrations, in their order; ``words`` a person's ``OLD=NEW``, which
    count for more. Raises UsageError for words that name nothing."""
    tables: dict[TableKey, TableKey | None] = {}
    columns: dict[TableKey, dict[str, str | None]] = {}
    for table, column, new in steps:
        at = _origin(tables, _key(table))
        if at is None:
            continue
        if not column:
            tables[at] = _key(new) if new else None
        elif (before := _origin(columns.get(at, {}), column)) is not None:
            columns.setdefault(at, {})[before] = new or None
    _Words(known, database, tables, columns).take(words)
    return Said(tables, columns)


def _origin(names: Mapping[Named, Named | None], now: Named) -> Named | None:
    """What had this name first; None where that is something else, which is new."""
    before = next((old for old, each in names.items() if each == now), None)
    if before is None and now not in names:
        return now
    return before


@dataclass(frozen=True, slots=True)
class _Words:
    known: Mapping[TableKey, KnownModel]
    database: Database
    tables: dict[TableKey, TableKey | None]
    columns: dict[TableKey, dict[str, str | None]]

    def take(self, words: Iterable[str]) -> None:
        """Tables first: a column is looked for under the name that its table has now."""
        left = []
        for word in words:
            old, equals, new = word.partition("=")
            if not old or not equals:
                raise UsageError(
                    f"--rename {word!r} does not say what became what. Write --rename OLD=NEW with "
                    f"the names of tables, or of columns as in --rename users.nick=handle; or "
                    f"--rename OLD= where OLD is gone and was not renamed."
                )
            if _key(old) in self.known:
                self.tables[_key(old)] = self._table(new).key if new else None
            else:
                left.append((old, new))
        self._refuse_names_of_others()
        for old, new in left:
            self._column(old, new)

    def _refuse_names_of_others(self) -> None:
        """A table has the name of one that a class has already: what became of that?"""
        for old, new in self.tables.items():
            if new is not None and new != old and new in self.known and new not in self.tables:
                shown = display_name(new)
                raise UsageError(
                    f"--rename {display_name(old)}={shown}: {shown} is the table of "
                    f"{self.known[new].label}. Say what that is called now, with "
                    f"--rename {shown}=NEW, or --rename {shown}= where it is gone."
                )

    def _column(self, old: str, new: str) -> None:
        table, _, column = old.rpartition(".")
        model = self.known.get(_key(table))
        if model is None or column not in model.fields:
            raise UsageError(f"--rename: no model has a table or a column {old}.{self._near(old)}")
        now = self._table(display_name(self.tables.get(_key(table)) or _key(table)))
        for prefix in (table, display_name(now.key)):
            new = new.removeprefix(f"{prefix}.")
        if new and not now.has_column(new):
            raise UsageError(f"--rename: {display_name(now.key)} has no column {new}.")
        self.columns.setdefault(_key(table), {})[column] = new or None

    def _table(self, name: str) -> Table:
        schema, table = _key(name)
        found = self.database.find(table, schema)
        if found is None:
            raise UsageError(f"--rename: there is no table {name}.")
        return found

    def _near(self, old: str) -> str:
        there = [display_name(key) for key in self.known]
        there += [
            f"{display_name(key)}.{column}"
            for key, model in self.known.items()
            for column in model.fields
        ]
        return did_you_mean(old, there, "{}")


def _key(name: str) -> TableKey:
    schema, dot, table = name.rpartition(".")
    return (schema, table) if dot else (None, name)
