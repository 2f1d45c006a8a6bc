"""What a model is compared with beside its own table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models

from kit_django.codegen.following.renames import Undecided
from kit_django.codegen.following.table_renames import Renames
from kit_django.codegen.specs import TableKey
from kit_django.schema.facts import Database


@dataclass(frozen=True, slots=True)
class Around:
    """``undecided`` are the columns of each table that may have been renamed; ``gone`` the models
    whose tables are not there any more."""

    database: Database
    renames: Renames = field(default_factory=Renames)
    undecided: Mapping[TableKey, Undecided] = field(default_factory=dict)
    gone: frozenset[type[models.Model]] = frozenset()
