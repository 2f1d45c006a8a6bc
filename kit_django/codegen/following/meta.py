"""A model's indexes, constraints and table comment against those of its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.following.edits import (
    AddEntry,
    ChangeEntry,
    ChangeField,
    Edit,
    RemoveEntry,
    SetOption,
)
from kit_django.codegen.following.elsewhere import (
    is_said_by_told_type,
    is_said_by_type,
    twin_of_another,
)
from kit_django.codegen.inference.names import table_key, table_name
from kit_django.codegen.specs import FieldSpec, ModelSpec
from kit_django.schema.constructs import Call, build
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Table, display_name
from kit_django.schema.sql.same import meaning_of_statement
from kit_django.schema.tables.indexes import simple_uniques

NOUNS = {"indexes": "index", "constraints": "constraint"}


def meta_edits(
    model: type[models.Model], spec: ModelSpec, table: Table, connection: BaseDatabaseWrapper
) -> Iterator[tuple[str, str, Edit]]:
    """What it is about, what differs, and the edit that mends it.

    Entries are told apart by their names; one that only has another name is renamed.
    """
    drift = _MetaDrift(model, spec, table, connection)
    yield from drift.name()
    for option in NOUNS:
        yield from drift.entries(option)
    yield from drift.unique_together()
    yield from drift.indexed_fields()
    if connection.features.supports_comments:
        yield from drift.comment()


@dataclass(frozen=True)
class _MetaDrift:
    model: type[models.Model]
    spec: ModelSpec
    table: Table
    connection: BaseDatabaseWrapper

    def name(self) -> Iterator[tuple[str, str, Edit]]:
        old = table_key(self.model._meta.db_table, dialect_of(self.connection))
        if old != self.table.key:
            message = f"its table {display_name(old)} is called {display_name(self.table.key)} now"
            name = table_name(self.table.key, dialect_of(self.connection))
            yield "Meta", message, SetOption("db_table", name)

    def entries(self, option: str) -> Iterator[tuple[str, str, Edit]]:
        noun = NOUNS[option]
        there = {
            entry.name: entry
            for entry in getattr(self.model._meta, option)
            if _is_for(entry, self.connection)
        }
        calls: Any = dict(self.spec.meta).get(option) or []
        missing: dict[str, Call] = {str(call.get("name")): call for call in calls}
        for name in [each for each in missing if each in there]:
            entry, call = there.pop(name), missing.pop(name)
            if not self._is_same(entry, build(call)):
                yield name, f"the {noun} is another", ChangeEntry(option, name, call)
        for name, call in missing.items():
            twin = self._twin(build(call), there)
            if twin is not None:
                del there[twin]
                if name in self._given_names():
                    yield twin, f"the {noun} is called {name} now", ChangeEntry(option, twin, call)
            elif not self._is_said(build(call), option):
                yield name, f"there is a new {noun}", AddEntry(option, call)
        for name, entry in there.items():
            if not (self._is_in_table(entry) or is_said_by_type(entry, self.spec.fields)):
                yield name, f"the {noun} is gone", RemoveEntry(option, name)

    def _given_names(self) -> set[str]:
        """The names that the database knows; others are made up for Django."""
        table = self.table
        return {each.name for each in (*table.indexes, *table.constraints) if each.name}

    def _twin(self, wanted: Any, there: dict[str, Any]) -> str | None:
        """The name of an entry that differs in nothing but its name."""
        for name, entry in there.items():
            renamed = entry.clone()
            renamed.name = wanted.name
            if self._is_same(renamed, wanted):
                return name
        return None

    def _is_same(self, one: Any, other: Any) -> bool:
        """Whether both make the same in the database, however they are written."""
        if one == other:
            return True
        try:
            made, wanted = self._sql(one), self._sql(other)
        except (FieldDoesNotExist, FieldError):  # a field that is new
            return False
        dialect = dialect_of(self.connection)
        return meaning_of_statement(made, dialect) == meaning_of_statement(wanted, dialect)

    def _sql(self, entry: Any) -> str:
        editor = self.connection.schema_editor(collect_sql=True)
        if isinstance(entry, models.Index):
            return str(entry.create_sql(self.model, editor))
        editor.deferred_sql = []  # a foreign key goes there, which the table is to be there for
        made = entry.constraint_sql(self.model, editor)
        return str(made or [str(statement) for statement in editor.deferred_sql])

    def _is_said(self, entry: Any, option: str) -> bool:
        """Whether fields say it, or an entry in another database's words."""
        entries, connection = getattr(self.model._meta, option), self.connection
        return (
            self._is_said_by_fields(entry)
            or is_said_by_told_type(entry, self.model, connection)
            or twin_of_another(entry, entries, self.table, connection)
        )

    def _is_said_by_fields(self, entry: Any) -> bool:
        """Whether a field's ``unique`` or ``db_index``, or ``unique_together``, says it already."""
        names = getattr(entry, "fields", None)
        if not names or not _is_plain(entry):
            return False
        opts = self.model._meta
        if isinstance(entry, models.UniqueConstraint) and tuple(names) in _together(opts):
            return True
        try:
            field: Any = opts.get_field(names[0])
        except FieldDoesNotExist:
            return False
        if len(names) > 1 or names[0].startswith("-"):
            return False
        is_unique = isinstance(entry, models.UniqueConstraint)
        return bool(field.unique if is_unique else getattr(field, "db_index", False))

    def _is_in_table(self, entry: Any) -> bool:
        """Whether a plain entry is there as what a field says, such as ``unique`` of a column."""
        if not getattr(entry, "fields", None) or not _is_plain(entry):
            return False
        try:
            columns = self._columns(entry.fields)
        except FieldDoesNotExist:
            return False
        if isinstance(entry, models.UniqueConstraint):
            return columns in set(simple_uniques(self.table))
        return self._has_index(columns)

    def _columns(self, names: Any) -> tuple[str, ...]:
        """The columns of fields by today's names."""
        columns = {each.name: each.columns[0] for each in self.spec.fields if each.columns}
        return tuple(columns.get(name.removeprefix("-"), "") for name in names)

    def _has_index(self, columns: tuple[str, ...]) -> bool:
        indexes = self.table.indexes
        return any(each.columns == columns and not each.where for each in indexes)

    def unique_together(self) -> Iterator[tuple[str, str, Edit]]:
        """What Django still knows of before constraints."""
        there = _together(self.model._meta)
        kept = [each for each in there if self._is_unique(each)]
        if kept != there:
            edit = SetOption("unique_together", [*kept] or None)
            yield "unique_together", "the columns are not unique together any more", edit

    def _is_unique(self, names: tuple[str, ...]) -> bool:
        columns = set(self._columns(names))
        return any(set(each) == columns for each in simple_uniques(self.table))

    def indexed_fields(self) -> Iterator[tuple[str, str, Edit]]:
        """Fields that bring an index of their own; that of a relation is the relation's."""
        there = {each.name: each for each in self.spec.fields}
        fields: Any = self.model._meta.local_concrete_fields
        for field in fields:
            spec = there.get(field.name)
            if spec is None or not self._will_bring_index(field, spec):
                continue
            if not self._has_index(spec.columns):
                edit = ChangeField(field.name, (("db_index", None),))
                yield field.name, "the column has no index", edit

    @staticmethod
    def _will_bring_index(field: Any, spec: FieldSpec) -> bool:
        """A field that is unique has its index from that, as long as it is unique."""
        is_unique = field.primary_key or (field.unique and spec.call.get("unique"))
        return bool(field.db_index and spec.columns and not (is_unique or field.remote_field))

    def comment(self) -> Iterator[tuple[str, str, Edit]]:
        comment = dict(self.spec.meta).get("db_table_comment")
        if (self.model._meta.db_table_comment or None) != comment:
            edit = SetOption("db_table_comment", comment)
            yield "Meta", "the table's comment is another", edit


def _together(opts: Any) -> list[tuple[str, ...]]:
    return [tuple(each) for each in opts.unique_together]


def _is_plain(entry: Any) -> bool:
    """Whether it is of columns and nothing more."""
    return not any(
        getattr(entry, name, None)
        for name in ("condition", "include", "expressions", "opclasses", "deferrable")
    )


def _is_for(entry: Any, connection: BaseDatabaseWrapper) -> bool:
    """Whether the entry has a meaning on this database at all."""
    vendor = getattr(entry, "vendor", None)
    if vendor is None and type(entry).__module__.startswith("django.contrib.postgres"):
        vendor = "postgresql"
    if vendor is not None:
        return bool(vendor == connection.vendor)
    features = connection.features
    is_check = isinstance(entry, models.CheckConstraint)
    if getattr(entry, "condition", None) is not None and not is_check:
        return features.supports_partial_indexes
    if getattr(entry, "expressions", ()):
        return features.supports_expression_indexes
    return True
