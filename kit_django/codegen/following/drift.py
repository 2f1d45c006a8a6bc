"""Imported models against facts: where the two do not say the same to the database.

What a model says is asked of Django (``db_type``, the SQL of a default), so that a person's own
field class is no difference as long as it makes the same column.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.following.around import Around
from kit_django.codegen.following.edits import AddField, Difference, Edit, RemoveField, ReplaceField
from kit_django.codegen.following.fields import field_edits
from kit_django.codegen.following.links import link_edits
from kit_django.codegen.following.meta import meta_edits
from kit_django.codegen.following.renames import Undecided
from kit_django.codegen.inference.names import plain_name
from kit_django.codegen.specs import FieldSpec, ModelSpec
from kit_django.schema.constructs import Name
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Table, display_name


@dataclass(frozen=True)
class Drift:
    """One model and its table. ``spec`` is the model as it would be written now."""

    model: type[models.Model]
    table: Table
    spec: ModelSpec
    connection: BaseDatabaseWrapper
    around: Around

    def differences(self) -> Iterator[Difference]:
        """Every difference, the fields' first, in the table's order."""
        fields: dict[str, Any] = {each.name: each for each in self._concrete_fields()}
        there = {spec.name for spec in self.spec.fields}
        for name, field in fields.items():
            if name not in there and not field.auto_created:
                yield self._without_column(field)
        yield from self._old_composites(there)
        before: tuple[str, ...] = ()
        for spec in self.spec.fields:
            if spec.columns and spec.name in fields:
                yield from self._changed(fields[spec.name], spec)
            elif spec.columns and spec.columns[0] not in self._may_be_old:
                message = f"there is a new column {spec.columns[0]}"
                yield self._difference(spec.name, message, self._added(spec, before))
            if spec.columns:
                before = (spec.name, *before)
        yield from self._composite_key()
        yield from self._links()
        yield from self._new_links(before)
        for about, message, edit in meta_edits(self.model, self.spec, self.table, self.connection):
            if not self._undecided or about == "Meta":
                yield self._difference(about, message, edit)

    @property
    def _undecided(self) -> Undecided:
        """Columns that may have been renamed. What Meta says of the others waits for them."""
        return self.around.undecided.get(self.table.key, {})

    @property
    def _may_be_old(self) -> set[str]:
        return {name for names in self._undecided.values() for name in names}

    def _without_column(self, field: Any) -> Difference:
        column = plain_name(field.column, dialect_of(self.connection))
        found = self._undecided.get(column)
        if found is None:
            message = f"its column {field.column} is gone"
            return self._difference(field.name, message, RemoveField(field.name))
        table = display_name(self.around.renames.before(self.table.key))
        message = (
            f"its column {column} is gone, and {' and '.join(found)} may be it; was it renamed? "
            f"Say --rename {table}.{column}={found[0]}, or --rename {table}.{column}= if not"
        )
        return self._difference(field.name, message)

    def _concrete_fields(self) -> list[Any]:
        return [field for field in self.model._meta.local_concrete_fields if field.column]

    def _difference(self, about: str, message: str, edit: Edit | None = None) -> Difference:
        label = self.model._meta.label
        return Difference(display_name(self.table.key), label, about, message, edit)

    def _changed(self, field: Any, spec: FieldSpec) -> Iterator[Difference]:
        target = field.remote_field and field.related_model
        if target and self.around.may_be_elsewhere(target, self.connection):
            return  # it goes with the table
        column = self.table.column(spec.columns[0])
        has_key = self.table.primary_key is not None
        for message, edit in field_edits(field, column, spec, self.connection, has_key=has_key):
            origin = _origin(self.model, field)
            if origin is not None:
                where = f"{origin.__name__} in {sys.modules[origin.__module__].__file__}"
                message = f"{message}; the field comes from {where}"
                found = self._difference(field.name, message)
                yield replace(found, elsewhere=edit)
            elif target and field.remote_field.parent_link and field.auto_created:
                yield self._difference(field.name, f"{message}; it links the class to its base")
            elif field.auto_created:
                yield self._difference(field.name, message, AddField(spec))
            else:
                yield self._difference(field.name, message, edit)

    def _added(self, spec: FieldSpec, before: tuple[str, ...]) -> AddField:
        """The new field, with its choices, where the database knows them."""
        wanted = spec.call.get("choices")
        name = wanted.name.partition(".")[0] if isinstance(wanted, Name) else ""
        choices = next((each for each in self.spec.choices if each.name == name), None)
        return AddField(spec, before, choices)

    def _composite_key(self) -> Iterator[Difference]:
        wanted = next((spec for spec in self.spec.fields if spec.name == "pk"), None)
        key: Any = self.model._meta.pk
        names = key.field_names if isinstance(key, models.CompositePrimaryKey) else None
        if wanted is None and names is not None and self.table.primary_key is not None:
            yield self._difference("pk", "the key has one column now", RemoveField("pk"))
        elif wanted is not None and names is None:
            yield self._difference("pk", "the key has several columns now", AddField(wanted))
        elif wanted is not None and not self._are_key(names, wanted):
            edit = ReplaceField("pk", wanted.call)
            yield self._difference("pk", "the key has other columns now", edit)

    def _are_key(self, names: Any, wanted: FieldSpec) -> bool:
        """Whether the names, of fields or of their values, are those of the key."""
        named = {spec.attname: spec.name for spec in self.spec.fields}
        return [named.get(name, name) for name in names] == [
            named.get(str(name), name) for name in wanted.call.args
        ]

    def _old_composites(self, there: set[str]) -> Iterator[Difference]:
        """Relations over several fields that cannot be without one that is gone."""
        fields: Any = self.model._meta.local_fields
        for field in fields:
            if field.column is not None or not isinstance(field, models.ForeignObject):
                continue
            if field.related_model in self.around.gone or not set(field.from_fields) <= there:
                message = "what it is a relation over is gone"
                yield self._difference(field.name, message, RemoveField(field.name))

    def _links(self) -> Iterator[Difference]:
        fields: Any = self.model._meta.local_many_to_many
        for field in fields:
            if self.around.gone & {field.remote_field.through, field.related_model}:
                edit = RemoveField(field.name)
                yield self._difference(field.name, "its link table is gone", edit)
                continue
            for message, change in link_edits(field, self.table, self.around, self.connection):
                yield self._difference(field.name, message, change)

    def _new_links(self, before: tuple[str, ...]) -> Iterator[Difference]:
        there = {field.name for field in self.model._meta.get_fields(include_hidden=True)}
        for spec in self.spec.fields:
            if not spec.columns and spec.name != "pk" and spec.name not in there:
                yield self._difference(
                    spec.name, "there is a new link table", AddField(spec, before)
                )


def _origin(model: type[models.Model], field: Any) -> type[models.Model] | None:
    """The abstract base that brings the field, or None for one of the class's own."""
    for base in model.__mro__[1:]:
        opts = getattr(base, "_meta", None)
        if opts is None or not opts.abstract:
            continue
        for each in opts.local_fields:
            if each.name == field.name and each.creation_counter == field.creation_counter:
                return base
    return None
