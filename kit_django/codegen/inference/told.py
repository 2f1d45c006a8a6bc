"""What the migrations said of a column, where the database has one word for several things."""

from __future__ import annotations

from typing import Any

from kit_django.codegen.inference.context import Context
from kit_django.codegen.inference.drafts import Draft
from kit_django.codegen.project.migrations import SaidColumn
from kit_django.schema.constructs import Call
from kit_django.schema.dialects.types import FIXED_TEXTS, SqlType
from kit_django.schema.facts import Column
from kit_django.schema.field_reader import ReadField

KEYWORDS = ("max_length", "max_digits", "decimal_places", "db_types")


def as_it_was_said(found: ReadField, draft: Draft, column: Column, context: Context) -> ReadField:
    """The field of the migration's words, where it makes exactly that column."""
    if column.name in draft.relations or not _may_be_another(found, column, context):
        return found
    said = _said(draft, column.name, context)
    if said is None or said.field is None:
        return found
    _, path, _, keywords = said.field.deconstruct()
    if not path.startswith(("django.db.models.", "kit_django.")):
        return found
    told: dict[str, Any] = {name: keywords[name] for name in KEYWORDS if name in keywords}
    call = Call(path, **told)
    is_wider = said.field.get_internal_type() == "CharField" and "db_types" not in told
    return found if is_wider or not context.reader.makes(call, column.type) else ReadField(call)


def _may_be_another(found: ReadField, column: Column, context: Context) -> bool:
    if found.labels:
        return False
    if found.call.name.endswith("DecimalField"):
        return found.call.get("max_digits") is None
    if found.call.name == "BigIntegerField":
        return context.reader.makes(Call("django.db.models.DurationField"), column.type)
    return SqlType.parse(column.type).name in FIXED_TEXTS


def was_to_be_indexed(draft: Draft, column: str, context: Context) -> bool:
    """Whether somebody asked for the index of a relation, which the database makes anyway: then it
    has another name than the foreign key."""
    name = draft.relations[column].name
    named = (index.name for index in draft.table.indexes if index.columns == (column,))
    said = _said(draft, column, context)
    return said is None or said.indexed or any(each != name for each in named)


def _said(draft: Draft, column: str, context: Context) -> SaidColumn | None:
    if context.migrations is None:
        return None
    return context.migrations.column(draft.table.key, column)
