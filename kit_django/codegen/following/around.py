"""What a model is compared with beside its own table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.following.renames import Undecided
from kit_django.codegen.following.table_renames import Renames
from kit_django.codegen.inference.names import table_key
from kit_django.codegen.specs import TableKey
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Database


@dataclass(frozen=True, slots=True)
class Around:
    """``undecided`` are the columns of each table that may have been renamed; ``gone`` the models
    whose tables are not there any more."""

    database: Database
    renames: Renames = field(default_factory=Renames)
    undecided: Mapping[TableKey, Undecided] = field(default_factory=dict)
    gone: frozenset[type[models.Model]] = frozenset()

    def may_be_elsewhere(self, model: type[models.Model], connection: BaseDatabaseWrapper) -> bool:
        """Whether its table may have been renamed."""
        return table_key(model._meta.db_table, dialect_of(connection)) in self.renames.undecided

    def without_undecided(
        self, found: Iterable[type[models.Model]], connection: BaseDatabaseWrapper
    ) -> frozenset[type[models.Model]]:
        return frozenset(each for each in found if not self.may_be_elsewhere(each, connection))
