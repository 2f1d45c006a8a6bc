"""Imported models against facts: where the two do not say the same to the database.

What a model says is asked of Django (``db_type``, the SQL of a default), so that a person's own
field class is no difference as long as it makes the same column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.module_loading import import_string

from kit_django.codegen.drift_meta import meta_differences
from kit_django.codegen.edits import (
    AddField,
    ChangeField,
    ChangeTarget,
    Difference,
    Edit,
    RemoveField,
    ReplaceField,
)
from kit_django.codegen.losses import canonical_default
from kit_django.codegen.specs import FieldSpec, ModelSpec, is_foreign_key
from kit_django.schema.constructs import Call, Value, build
from kit_django.schema.facts import Column, Table
from kit_django.schema.types import same_type

# The keywords by which a field class is told its column's type.
TYPE_KEYWORDS = ("max_length", "max_digits", "decimal_places", "db_types", "on_update")


@dataclass(frozen=True)
class Drift:
    """One model and its table. ``spec`` is the model as it would be written now."""

    model: type[models.Model]
    table: Table
    spec: ModelSpec
    connection: BaseDatabaseWrapper

    def differences(self) -> Iterator[Difference]:
        """Every difference, the fields' first, in the table's order."""
        fields = self._fields()
        renamed = self._renamed(fields)
        for old, new in renamed.items():
            edit = ChangeField(fields[old].name, (("db_column", self._column_name(new)),))
            yield self._difference(fields[old].name, f"its column {old} is now {new}", edit)
        gone = [name for name in fields if not self.table.has_column(name) and name not in renamed]
        for name in gone:
            field = fields[name]
            yield self._difference(
                field.name, f"its column {name} is gone", RemoveField(field.name)
            )
        before = ""
        for column in self.table.columns:
            if column.name in renamed.values():
                continue
            if column.name not in fields:
                yield self._new_field(column, before)
                before = self._spec_of(column.name).name
            else:
                yield from self._changed(fields[column.name], column)
                before = fields[column.name].name
        yield from self._new_links(before)
        yield from meta_differences(self.model, self.spec, self.table, self.connection)

    @property
    def _label(self) -> tuple[str, str]:
        return ".".join(filter(None, self.table.key)), self.model._meta.label

    def _difference(self, about: str, message: str, edit: Edit | None = None) -> Difference:
        return Difference(*self._label, about, message, edit)

    def _fields(self) -> dict[str, Any]:
        """The model's fields by the plain names of their columns."""
        from kit_django.codegen.inference.names import plain_name

        concrete = self.model._meta.local_concrete_fields
        return {
            plain_name(field.column, self.connection.vendor): field
            for field in concrete
            if field.column
        }

    def _spec_of(self, column: str) -> FieldSpec:
        return next(field for field in self.spec.fields if field.columns == (column,))

    def _column_name(self, column: str) -> str:
        from kit_django.codegen.inference.names import database_name

        return database_name(column, self.connection.vendor)

    def _renamed(self, fields: dict[str, Any]) -> dict[str, str]:
        """Old names to new ones: columns that are the same but for the name, in the same place."""
        gone = [name for name in fields if not self.table.has_column(name)]
        new = [column for column in self.table.columns if column.name not in fields]
        if len(gone) != len(new):
            return {}
        pairs = dict(zip(gone, new, strict=True))
        if all(self._is_same(fields[old], column) for old, column in pairs.items()):
            return {old: column.name for old, column in pairs.items()}
        return {}

    def _is_same(self, field: Any, column: Column) -> bool:
        here = list(self._fields()).index(_plain(field, self.connection))
        there = self.table.column_names.index(column.name)
        return here == there and field.null == column.null and self._has_type(field, column)

    def _has_type(self, field: Any, column: Column) -> bool:
        made = field.db_type(self.connection)
        if made is None:
            return False
        made = made.removesuffix(" AUTO_INCREMENT")
        return same_type(self.connection, made, column.type)

    def _new_field(self, column: Column, before: str) -> Difference:
        spec = self._spec_of(column.name)
        wanted = spec.call.get("choices")
        name = (
            wanted.name.partition(".")[0] if wanted is not None and hasattr(wanted, "name") else ""
        )
        choices = next((each for each in self.spec.choices if each.name == name), None)
        edit = AddField(spec, before, choices)
        return self._difference(spec.name, f"there is a new column {column.name}", edit)

    def _new_links(self, before: str) -> Iterator[Difference]:
        there = {field.name for field in self.model._meta.get_fields(include_hidden=True)}
        for spec in self.spec.fields:
            if not spec.columns and spec.name != "pk" and spec.name not in there:
                edit = AddField(spec, before)
                yield self._difference(spec.name, "there is a new link table", edit)

    def _changed(self, field: Any, column: Column) -> Iterator[Difference]:
        spec = self._spec_of(column.name)
        if field.generated != (spec.call.name == "GeneratedField"):
            what = "is now generated" if column.generated else "is not generated any more"
            replace = ReplaceField(field.name, spec.call)
            yield self._difference(field.name, f"the column {what}", replace)
            return
        if field.generated:
            yield from self._changed_expression(field, spec)
            return
        yield from self._changed_relation(field, spec)
        yield from self._changed_type(field, column, spec)
        keywords = dict(self._changed_keywords(field, column, spec))
        if keywords:
            said = ", ".join(_said(name, value) for name, value in keywords.items())
            edit = ChangeField(field.name, tuple(keywords.items()))
            yield self._difference(field.name, f"the column says {said}", edit)

    def _changed_expression(self, field: Any, spec: FieldSpec) -> Iterator[Difference]:
        expression = spec.call.get("expression")
        if field.expression != build(expression) or field.db_persist != spec.call.get("db_persist"):
            keywords = (("expression", expression), ("db_persist", spec.call.get("db_persist")))
            edit = ChangeField(field.name, keywords)
            yield self._difference(field.name, "the generated column's expression is another", edit)

    def _changed_relation(self, field: Any, spec: FieldSpec) -> Iterator[Difference]:
        if not field.remote_field:
            return
        if not is_foreign_key(spec.call):
            if field.db_constraint:
                edit = ChangeField(field.name, (("db_constraint", False),))
                yield self._difference(field.name, "the foreign key is gone", edit)
            return
        if not field.db_constraint:
            edit = ChangeField(field.name, (("db_constraint", None),))
            yield self._difference(field.name, "there is a foreign key", edit)
        wanted = spec.call.args[0]
        if (
            wanted != "self"
            and _label_of(wanted, self.model) != field.related_model._meta.label_lower
        ):
            edit_target = ChangeTarget(field.name, wanted)
            yield self._difference(field.name, "the foreign key points elsewhere", edit_target)

    def _changed_type(self, field: Any, column: Column, spec: FieldSpec) -> Iterator[Difference]:
        if self._has_type(field, column) and self._checks_alike(field, spec.call):
            return
        edit = self._type_edit(field, column, spec)
        made = field.db_type(self.connection)
        message = f"the column's type is {column.type}, the field's {made}"
        yield self._difference(field.name, message, edit)

    def _checks_alike(self, field: Any, call: Call) -> bool:
        """Whether the check that comes with some fields (``>= 0``, valid JSON) is there."""
        if field.remote_field or is_foreign_key(call):
            return True
        wanted = build(call)
        wanted.set_attributes_from_name("column")
        return bool(field.db_check(self.connection)) == bool(wanted.db_check(self.connection))

    def _type_edit(self, field: Any, column: Column, spec: FieldSpec) -> Edit:
        """Keywords alone where the person's class can make the type, else another class."""
        wanted = {name: spec.call.get(name) for name in TYPE_KEYWORDS}
        _, _, args, kwargs = field.deconstruct()
        changes = {
            name: value for name, value in wanted.items() if _plain_value(kwargs.get(name)) != value
        }
        if self._can_make(field, args, kwargs, changes, column):
            return ChangeField(field.name, tuple(changes.items()))
        accepted = {
            name: value for name, value in changes.items() if value is not None or name in kwargs
        }
        dropped = {name: None for name in kwargs if not _accepts(spec.call, name)}
        positional = _first_as_keyword(spec.call)
        return ChangeField(
            field.name, tuple({**dropped, **positional, **accepted}.items()), spec.call.path
        )

    def _can_make(
        self,
        field: Any,
        args: Any,
        kwargs: dict[str, Any],
        changes: dict[str, Value],
        column: Column,
    ) -> bool:
        if field.remote_field:
            return False
        kept = {name: value for name, value in kwargs.items() if name not in changes}
        new = {name: build(value) for name, value in changes.items() if value is not None}
        try:
            clone = type(field)(*args, **{**kept, **new})
        except TypeError:
            return False
        clone.set_attributes_from_name("column")
        clone.model = self.model
        return self._has_type(clone, column)

    def _changed_keywords(
        self, field: Any, column: Column, spec: FieldSpec
    ) -> Iterator[tuple[str, Value]]:
        if field.null != bool(spec.call.get("null")):
            yield "null", spec.call.get("null")
        yield from self._changed_unique(field, spec)
        if not self._has_default(field, column, spec):
            yield "db_default", spec.call.get("db_default")
        if self.connection.features.supports_comments:
            comment = spec.call.get("db_comment")
            if (field.db_comment or None) != comment:
                yield "db_comment", comment
        collation = spec.call.get("db_collation")
        if (getattr(field, "db_collation", None) or None) != collation:
            yield "db_collation", collation

    def _changed_unique(self, field: Any, spec: FieldSpec) -> Iterator[tuple[str, Value]]:
        if field.primary_key or field.remote_field or field.name == "pk":
            return
        wanted = bool(spec.call.get("unique"))
        total = {each.fields for each in self.model._meta.total_unique_constraints}
        if wanted and not field.unique and (field.name,) not in total:
            yield "unique", True
        if field.unique and not wanted and not spec.call.get("primary_key"):
            yield "unique", None

    def _has_default(self, field: Any, column: Column, spec: FieldSpec) -> bool:
        wanted = spec.call.get("db_default")
        if not field.has_db_default():
            return wanted is None
        if wanted is None:
            return column.identity is not None
        if field.db_default == build(wanted):
            return True
        vendor = self.connection.vendor
        made = _default_sql(field, self.connection)
        return canonical_default(made, vendor) == canonical_default(column.default, vendor)


def _plain(field: Any, connection: BaseDatabaseWrapper) -> str:
    from kit_django.codegen.inference.names import plain_name

    return plain_name(field.column, connection.vendor)


def _default_sql(field: Any, connection: BaseDatabaseWrapper) -> str:
    """What Django would write behind DEFAULT, with the parameters filled in."""
    editor = connection.schema_editor(collect_sql=True)
    sql, params = editor.db_default_sql(field)
    return str(sql % tuple(editor.quote_value(each) for each in params) if params else sql)


def _label_of(reference: Value, model: type[models.Model]) -> str:
    label = build(reference)
    return (label if "." in label else f"{model._meta.app_label}.{label}").lower()


def _plain_value(value: Any) -> Any:
    return value


def _accepts(call: Call, keyword: str) -> bool:
    """Whether a field class knows a keyword that another class had."""
    known = {name: build(value) for name, value in call.kwargs if not hasattr(value, "name")}
    if keyword in known:
        return True
    try:
        import_string(call.path)(*map(build, call.args), **{**known, keyword: None})
    except TypeError as error:
        return "unexpected keyword" not in str(error)
    except ValueError:
        return True
    return True


def _first_as_keyword(call: Call) -> dict[str, Value]:
    """``DatabaseTypeField("point")`` among keywords of another field."""
    return {"database_type": call.args[0]} if call.name == "DatabaseTypeField" else {}


def _said(name: str, value: Value) -> str:
    return f"no {name}" if value is None else name if value is True else f"{name}={value!r}"


def applicable(differences: Iterable[Difference]) -> list[Difference]:
    return [difference for difference in differences if difference.edit is not None]
