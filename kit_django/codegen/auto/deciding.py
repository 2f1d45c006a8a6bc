"""Which table or column of the models is one of the database under another name: asked, or said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.following.likeness import alike, has_type_of
from kit_django.codegen.following.said import Said
from kit_django.codegen.following.table_renames import Ask
from kit_django.codegen.inference.context import KnownModel
from kit_django.codegen.inference.names import fields_of, table_key
from kit_django.codegen.project import apps as project
from kit_django.codegen.specs import TableKey
from kit_django.exceptions import UsageError
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Database, Table, display_name

Columns = Mapping[str, Any]
"""The fields of a model by their columns."""


@dataclass
class Renames:
    """Decides, once the models and the database are known.

    ``words`` are a person's ``OLD=NEW``, of the database's name and the models'; ``OLD=`` says that
    OLD was not renamed. ``unclear`` are the words that would decide what nobody was there to ask.
    """

    connection: BaseDatabaseWrapper
    wanted: Mapping[str, tuple[str, ...]]
    left_alone: frozenset[TableKey]
    words: tuple[str, ...]
    ask: Ask | None
    unclear: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def __call__(self, known: Mapping[TableKey, KnownModel], database: Database) -> Said:
        own = {key: each for key, each in known.items() if self._is_own(each)}
        new = [key for key in own if database.find(key[1], key[0]) is None]
        old = [table for table in database if self._is_without_model(table, known)]
        tables = self._tables(new, old)
        columns: dict[TableKey, dict[str, str | None]] = {}
        for key in own:
            now = tables.get(key) or key
            table = database.find(now[1], now[0])
            if table is not None:
                columns[key] = self._columns(table, self._fields_of(own[key]))
        self._refuse_unused()
        return Said({key: tables.get(key) for key in new}, columns)

    def _is_own(self, model: KnownModel) -> bool:
        owner = model.label.partition(".")[0]
        if owner not in self.wanted or model.is_shared:
            return False
        found = apps.get_model(model.label)._meta
        return bool(found.auto_created) or project.is_kits(model.label)

    def _fields_of(self, model: KnownModel) -> Columns:
        return fields_of(apps.get_model(model.label), dialect_of(self.connection))

    def _is_without_model(self, table: Table, known: Mapping[TableKey, KnownModel]) -> bool:
        is_free = table.kind == "table" and table.key not in known
        return (
            is_free
            and table.key not in self.left_alone
            and project.owner_of(table.key, self.wanted) is not None
        )

    # Tables

    def _tables(self, new: list[TableKey], old: list[Table]) -> dict[TableKey, TableKey]:
        found: dict[TableKey, TableKey] = {}
        for table in old:
            free = [key for key in new if key not in found]
            said = self._said(table.display_name)
            if said is not None:
                if said and (chosen := self._named(free, said, table.display_name)):
                    found[chosen] = table.key
                continue
            near = [key for key in free if self._is_alike(table, key)]
            shown = [display_name(key) for key in near]
            if chosen_name := self._asked(table.display_name, shown):
                found[near[shown.index(chosen_name)]] = table.key
        return found

    @staticmethod
    def _named(keys: Iterable[TableKey], name: str, old: str) -> TableKey:
        for key in keys:
            if display_name(key) == name:
                return key
        raise UsageError(f"--rename {old}={name}: no model without a table has the table {name}.")

    def _is_alike(self, table: Table, key: TableKey) -> bool:
        """As Django has it, where all columns are the same; half of them are enough to ask."""
        model = _model_of(key, self.connection)
        columns = fields_of(model, dialect_of(self.connection)) if model else {}
        found = alike(columns, table, self.connection)
        return 2 * found >= max(len(columns), len(table.columns)) and table.schema == key[0]

    # Columns

    def _columns(self, table: Table, fields: Columns) -> dict[str, str | None]:
        """The models' columns that the table has not, and what they are there."""
        found: dict[str, str | None] = {name: None for name in fields if not table.has_column(name)}
        for column in table.columns:
            if column.name in fields:
                continue
            free = [name for name, old in found.items() if old is None]
            shown = f"{table.display_name}.{column.name}"
            said = self._said(shown)
            if said is not None:
                chosen = said.removeprefix(f"{table.display_name}.")
                if chosen and chosen not in free:
                    raise UsageError(
                        f"--rename {shown}={said}: no field whose column is not there yet has the "
                        f"column {chosen}."
                    )
            else:
                near = [n for n in free if has_type_of(fields[n], column, self.connection)]
                chosen = self._asked(shown, near)
            if chosen:
                found[chosen] = column.name
        return found

    # Words and answers

    def _said(self, old: str) -> str | None:
        for word in self.words:
            name, equals, new = word.partition("=")
            if equals and name == old:
                self.used.add(word)
                return new
        return None

    def _asked(self, old: str, new: Iterable[str]) -> str:
        """The new name that a person says it has, or none."""
        for name in new:
            if self.ask is None:
                self.unclear.append(f"--rename {old}={name}")
            elif self.ask(f"Was {old} renamed to {name}?"):
                return name
        return ""

    def _refuse_unused(self) -> None:
        for word in self.words:
            if word not in self.used:
                raise UsageError(
                    f"--rename {word!r} names nothing that the database has and the models have not. "
                    f"Write --rename OLD=NEW, as in --rename posts=articles and --rename "
                    f"posts.nick=handle, or --rename OLD= where OLD was not renamed."
                )


def _model_of(key: TableKey, connection: BaseDatabaseWrapper) -> type[models.Model] | None:
    dialect = dialect_of(connection)
    every = apps.get_models(include_auto_created=True)
    return next((each for each in every if table_key(each._meta.db_table, dialect) == key), None)
