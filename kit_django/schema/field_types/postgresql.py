"""PostgreSQL's types, by the names that ``format_type`` gives them."""

from __future__ import annotations

from kit_django.schema.constructs import Call
from kit_django.schema.field_types.base import (
    Asked,
    Maker,
    decimal,
    field,
    plain,
    text_of_length,
)

NAIVE = "kit_django.naive.NaiveDateTimeField"
POSTGRES = "django.contrib.postgres."


def _contrib(path: str) -> Maker:
    return lambda _type: Call(POSTGRES + path)


FIELDS: dict[str, Maker] = {
    "bigint": plain("BigIntegerField"),
    "boolean": plain("BooleanField"),
    "bytea": plain("BinaryField"),
    "character": lambda parsed: field("CharField", max_length=parsed.length or 1),
    "character varying": text_of_length,
    "citext": plain("TextField"),
    "date": plain("DateField"),
    "double precision": plain("FloatField"),
    # Django's own is for single addresses, and the type for those with a mask too.
    "inet": lambda _: Call("kit_django.fields.TypedGenericIPAddressField"),
    "integer": plain("IntegerField"),
    "interval": plain("DurationField"),
    "json": plain("JSONField"),
    "jsonb": plain("JSONField"),
    "name": plain("TextField"),
    "numeric": decimal,
    "oid": plain("BigIntegerField"),
    "real": plain("FloatField"),
    "smallint": plain("SmallIntegerField"),
    "text": plain("TextField"),
    "time without time zone": plain("TimeField"),
    "timestamp with time zone": plain("DateTimeField"),
    "uuid": plain("UUIDField"),
}
CONTRIB_FIELDS: dict[str, Maker] = {
    "daterange": _contrib("fields.DateRangeField"),
    "hstore": _contrib("fields.HStoreField"),
    "int4range": _contrib("fields.IntegerRangeField"),
    "int8range": _contrib("fields.BigIntegerRangeField"),
    "numrange": _contrib("fields.DecimalRangeField"),
    "tstzrange": _contrib("fields.DateTimeRangeField"),
    "tsvector": _contrib("search.SearchVectorField"),
}
POSITIVE = {
    "bigint": "PositiveBigIntegerField",
    "integer": "PositiveIntegerField",
    "smallint": "PositiveSmallIntegerField",
}


def field_for(asked: Asked) -> Call | None:
    """The nearest field, or None where Django has none."""
    name = asked.type.name
    if asked.is_positive and name in POSITIVE:
        return field(POSITIVE[name])
    if name == "timestamp without time zone":
        return Call(NAIVE) if asked.use_tz else field("DateTimeField")
    makers = {**FIELDS, **CONTRIB_FIELDS} if asked.contrib else FIELDS
    maker = makers.get(name)
    return maker(asked.type) if maker else None
