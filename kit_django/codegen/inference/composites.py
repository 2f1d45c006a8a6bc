"""Foreign keys over several columns -> ForeignObject, Django's relation without a column of its own.

The constraint itself is one of Meta's; the columns are fields like any other.
"""

from __future__ import annotations

from itertools import takewhile

from kit_django.codegen import naming
from kit_django.codegen.inference.context import KnownModel
from kit_django.codegen.inference.drafts import Draft
from kit_django.codegen.inference.keys import is_plain_index
from kit_django.schema.constructs import Call, Ref, Value
from kit_django.schema.facts import ForeignKey

FOREIGN_OBJECT = "django.db.models.ForeignObject"


def can_be_relation(key: ForeignKey, target: Draft | KnownModel | None) -> bool:
    """Whether Django finds the columns that a key points to unique together."""
    if target is None or len(key.columns) != len(key.to_columns):
        return False
    if isinstance(target, KnownModel):
        return set(target.key) == set(key.to_columns)
    table = target.table
    unique = [each.columns for each in table.uniques]
    unique += [each.columns or () for each in table.indexes if each.unique and is_plain_index(each)]
    if target.key.standing != "no key":
        unique.append(target.key.columns)
    return any(set(each) <= set(key.to_columns) for each in unique)


def composite_name(key: ForeignKey, target: Draft | KnownModel, taken: set[str]) -> str:
    """What the columns' names begin with in common, or else what the other model is called."""
    words = zip(*(naming.snake_case(column).split("_") for column in key.columns), strict=False)
    common = "_".join(each[0] for each in takewhile(lambda each: len(set(each)) == 1, words))
    own = target.class_name if isinstance(target, Draft) else target.label.partition(".")[2]
    names = (common, naming.snake_case(own), "id_ref")
    # Django keeps ``id`` for a key.
    return naming.field_name(next(each for each in names if each not in ("", "id")), taken)


def composite_field(
    draft: Draft, key: ForeignKey, target: Draft | KnownModel, reference: Value
) -> Call:
    """The relation, which neither deletes nor serializes: the database and the columns do."""
    to_names = target.fields if isinstance(target, KnownModel) else target.names
    call = Call(
        FOREIGN_OBJECT,
        reference,
        Ref("django.db.models.DO_NOTHING"),
        from_fields=[draft.names[column] for column in key.columns],
        to_fields=[to_names[column] for column in key.to_columns],
        serialize=False,
    )
    if any(draft.table.column(column).null for column in key.columns):
        call = call.with_(null=True, blank=True)
    return call
