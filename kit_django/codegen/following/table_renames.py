"""Tables that have another name now: their classes stay, and only ``db_table`` follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.following.exchanges import Exchanges
from kit_django.codegen.following.likeness import FEWEST_COLUMNS, alike
from kit_django.codegen.following.said import Said
from kit_django.codegen.inference.context import KnownModel
from kit_django.codegen.inference.names import fields_of, table_key
from kit_django.codegen.specs import TableKey
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Database, Table, display_name

Ask = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Renames:
    """``tables`` maps old keys to new ones; ``undecided`` those that may be a rename or not."""

    tables: Mapping[TableKey, TableKey] = field(default_factory=dict)
    undecided: Mapping[TableKey, TableKey] = field(default_factory=dict)

    def known(self, known: Mapping[TableKey, KnownModel]) -> dict[TableKey, KnownModel]:
        """The models by the names that their tables have now. What refers to a table that may be
        that of a model goes on referring to the model."""
        found = {self.tables.get(key, key): model for key, model in known.items()}
        return found | {new: known[old] for old, new in self.undecided.items() if old in known}

    def before(self, key: TableKey) -> TableKey:
        """The name that a table had in the models."""
        return next((old for old, new in self.tables.items() if new == key), key)


def find_renames(
    database: Database,
    gone: Iterable[type[models.Model]],
    known: Mapping[TableKey, KnownModel],
    said: Said,
    connection: BaseDatabaseWrapper,
    ask: Ask | None,
    *,
    exchanged: bool = True,
) -> Renames:
    """Which tables were renamed: those of which it is said, and those that leave no doubt.

    ``exchanged`` is whether two that are there may have each other's names: where the classes are
    what is wanted, they have not.
    """
    certain = {
        old: new
        for old, new in said.tables.items()
        if new is not None and old in known and database.find(new[1], new[0]) is not None
    }
    undecided: dict[TableKey, TableKey] = {}
    if exchanged:
        sure, undecided = _exchanges(database, known, said, connection, ask)
        certain |= sure
    left = [model for model in gone if _key_of(model, connection) not in said.tables]
    new_tables = [
        table
        for table in database
        if table.key not in known and table.key not in certain.values() and table.columns
    ]
    pairs = list(_pairs(left, new_tables, connection))
    for old, table, is_certain in pairs:
        is_alone = sum(old == each or table.key == other.key for each, other, _ in pairs) == 1
        if is_certain and is_alone:
            certain[old] = table.key
        elif table.key not in certain.values() and old not in certain:
            if ask is not None and ask(
                f"Was {display_name(old)} renamed to {display_name(table.key)}?"
            ):
                certain[old] = table.key
            elif ask is None:
                undecided[old] = table.key
    free = {old: new for old, new in undecided.items() if new not in certain.values()}
    return Renames(certain, {old: new for old, new in free.items() if old not in certain})


def _exchanges(
    database: Database,
    known: Mapping[TableKey, KnownModel],
    said: Said,
    connection: BaseDatabaseWrapper,
    ask: Ask | None,
) -> tuple[dict[TableKey, TableKey], dict[TableKey, TableKey]]:
    """Tables that took each other's names: those of which there is no doubt, and the others."""
    told = {*said.tables, *said.tables.values()}
    open_ = {key: model for key, model in known.items() if key not in told}
    exchanges = Exchanges(database, open_, connection)
    certain = exchanges.certain()
    likely = {old: new for old, new in exchanges.likely().items() if old not in certain}
    if not likely or ask is None:
        return certain, likely
    shown = " and ".join(
        f"{display_name(old)} to {display_name(new)}" for old, new in likely.items()
    )
    return (certain | likely, {}) if ask(f"Was {shown} renamed?") else (certain, {})


def _pairs(
    gone: Iterable[type[models.Model]], new: list[Table], connection: BaseDatabaseWrapper
) -> Iterator[tuple[TableKey, Table, bool]]:
    """A table that is gone, one that is new and like it, and whether it is the same in all."""
    for model in gone:
        key = _key_of(model, connection)
        columns = fields_of(model, dialect_of(connection))
        for table in new:
            found = alike(columns, table, connection)
            if table.schema != key[0] or 2 * found < max(len(columns), len(table.columns)):
                continue
            is_same = found == len(columns) == len(table.columns) >= FEWEST_COLUMNS
            yield key, table, is_same


def _key_of(model: type[models.Model], connection: BaseDatabaseWrapper) -> TableKey:
    return table_key(model._meta.db_table, dialect_of(connection))
