"""The columns that Laravel's people know: when a row was made, changed, and deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kit_django.codegen.inference.drafts import Draft
from kit_django.codegen.specs import FieldSpec
from kit_django.schema.constructs import Call, Value
from kit_django.schema.facts import Column

TIMES = ("DateTimeField", "TypedDateTimeField", "NaiveDateTimeField")
NOW = ("Now", "TransactionNow", "RawSQL")


def time_keywords(column: Column, call: Call, default: Value) -> dict[str, Value]:
    """``created_at`` is the database's to set; ``updated_at`` moves with each ``save()``, which
    would write the old time back otherwise."""
    is_now = isinstance(default, Call) and default.name in NOW
    if call.name not in TIMES or not is_now or column.generated:
        return {}
    if column.name == "created_at":
        return {"editable": False}
    return {"auto_now": True} if column.name == "updated_at" else {}


def soft_delete_managers(draft: Draft) -> Iterator[FieldSpec]:
    """``objects`` without the rows that were deleted, and a manager of all of them."""
    names = {draft.names[each.name] for each in draft.table.columns}
    for column in draft.table.columns:
        is_time = any(word in column.type.lower() for word in ("timestamp", "datetime"))
        if column.name == "deleted_at" and column.null and is_time and not draft.known:
            name = draft.names[column.name]
            arguments = () if name == "deleted_at" else (name,)
            yield FieldSpec("objects", Call("kit_django.managers.NotDeletedManager", *arguments))
            if "with_deleted" not in names:
                yield FieldSpec("with_deleted", Call("django.db.models.Manager"))
