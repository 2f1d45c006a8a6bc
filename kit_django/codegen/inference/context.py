"""What inference knows of the project around the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.project.migrations import SaidByMigrations
from kit_django.codegen.project.names import GivenNames
from kit_django.codegen.specs import TableKey
from kit_django.schema.constructs import Value
from kit_django.schema.dialects import Dialect
from kit_django.schema.facts import Table
from kit_django.schema.field_reader import FieldReader


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that is there already: relations point to it, and its names are taken.

    ``reference`` is how a relation names it; ``fields`` maps columns to field names; ``names``
    are those that a reverse accessor may not have. ``relations`` are the columns of its foreign
    keys, ``checks`` the names of those that its Meta has. ``collects`` is whether Django, and not the
    database, acts when a row that the model refers to is deleted, ``is_collected`` whether it does so
    for those that refer to the model. ``is_shared`` is whether several models have the table, and none
    of them is the one to follow it.
    """

    label: str
    reference: Value
    fields: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    unique: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    relations: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset()
    collects: bool = False
    is_collected: bool = False
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A table whose model an app has, or gets.

    ``managed`` is False for views, and where Django's own migrations look after the app.
    ``known`` is the model that is there: its names are kept.
    """

    table: Table
    app_label: str
    managed: bool = True
    known: KnownModel | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """``class_names`` are those taken in each app, in lower case; ``index_names`` and
    ``constraint_names`` those of all models. ``migrations`` are asked for what the database cannot
    tell."""

    connection: BaseDatabaseWrapper
    reader: FieldReader
    known: Mapping[TableKey, KnownModel] = field(default_factory=dict)
    class_names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    index_names: frozenset[str] = frozenset()
    constraint_names: frozenset[str] = frozenset()
    given_names: GivenNames = field(default_factory=GivenNames)
    soft_deletes: bool = False
    migrations: SaidByMigrations | None = None

    @property
    def dialect(self) -> Dialect:
        return self.reader.dialect

    @property
    def vendor(self) -> str:
        return self.connection.vendor
