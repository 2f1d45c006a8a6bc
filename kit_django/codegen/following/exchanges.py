"""Tables that took each other's names: each class goes with the table that has its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.following.likeness import FEWEST_COLUMNS, alike
from kit_django.codegen.inference.context import KnownModel
from kit_django.codegen.inference.names import fields_of
from kit_django.codegen.project import apps as project
from kit_django.codegen.specs import TableKey
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Database, Table

Names = dict[TableKey, TableKey]


@dataclass(frozen=True)
class Exchanges:
    """Among the ``known`` models, whose tables are all there."""

    database: Database
    known: Mapping[TableKey, KnownModel]
    connection: BaseDatabaseWrapper

    def certain(self) -> Names:
        """Old names to new ones, where each table has all that a class says and nothing else."""
        return _in_circles(self._homes(is_exact=True))

    def likely(self) -> Names:
        """Where most of it is there, and in the table of the class's own name is not."""
        return _in_circles(self._homes(is_exact=False))

    def _homes(self, *, is_exact: bool) -> Names:
        """The one table of another stranger that a class may belong to."""
        found: Names = {}
        for key in self._strangers:
            homes = [
                other
                for other, table in self._strangers.items()
                if other != key and other[0] == key[0] and self._is_home(key, table, is_exact)
            ]
            if len(homes) == 1:
                found[key] = homes[0]
        return found

    def _is_home(self, key: TableKey, table: Table, is_exact: bool) -> bool:
        columns = self._columns[key]
        most, found = self._most(key, table), alike(columns, table, self.connection)
        if is_exact:
            return found == len(columns) == len(table.columns) >= FEWEST_COLUMNS
        own = self._strangers[key]
        is_unlike = 2 * alike(columns, own, self.connection) <= self._most(key, own)
        return is_unlike and 2 * found > most

    def _most(self, key: TableKey, table: Table) -> int:
        return max(len(self._columns[key]), len(table.columns))

    @cached_property
    def _columns(self) -> dict[TableKey, dict[str, Any]]:
        dialect = dialect_of(self.connection)
        return {
            key: fields_of(apps.get_model(model.label), dialect)
            for key, model in self.known.items()
            if not model.is_shared and project.is_kits(model.label)
        }

    @cached_property
    def _strangers(self) -> dict[TableKey, Table]:
        """Tables that are not what the class of their name says."""
        return dict(self._unlike())

    def _unlike(self) -> Iterator[tuple[TableKey, Table]]:
        for key, columns in self._columns.items():
            table = self.database.find(key[1], key[0])
            if table is not None and alike(columns, table, self.connection) < len(columns):
                yield key, table


def _in_circles(homes: Names) -> Names:
    """Those that lead back to where they began: no table is left without a class."""
    found: Names = {}
    for start in homes:
        way = [start]
        while (following := homes.get(way[-1])) is not None and following not in way:
            way.append(following)
        if following == start:
            found[start] = homes[start]
    return found
