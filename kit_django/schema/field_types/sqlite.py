"""SQLite's declared types: any words, of which SQLite itself only takes the affinity."""

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

FIELDS: dict[str, Maker] = {
    "bigint": plain("BigIntegerField"),
    "blob": plain("BinaryField"),
    "bool": plain("BooleanField"),
    "boolean": plain("BooleanField"),
    "char": text_of_length,
    "character": text_of_length,
    "clob": plain("TextField"),
    "date": plain("DateField"),
    "datetime": plain("DateTimeField"),
    "decimal": decimal,
    "double": plain("FloatField"),
    "double precision": plain("FloatField"),
    "float": plain("FloatField"),
    "int": plain("IntegerField"),
    "int2": plain("SmallIntegerField"),
    "int8": plain("BigIntegerField"),
    "integer": plain("IntegerField"),
    "json": plain("JSONField"),
    "jsonb": plain("JSONField"),
    "longtext": plain("TextField"),
    "mediumint": plain("IntegerField"),
    "mediumtext": plain("TextField"),
    "native character": text_of_length,
    "nchar": text_of_length,
    "ntext": plain("TextField"),
    "numeric": decimal,
    "nvarchar": text_of_length,
    "real": plain("FloatField"),
    "smallint": plain("SmallIntegerField"),
    "string": plain("TextField"),
    "text": plain("TextField"),
    "time": plain("TimeField"),
    "timestamp": plain("DateTimeField"),
    "tinyint": plain("SmallIntegerField"),
    "unsigned big int": plain("BigIntegerField"),
    "uuid": plain("UUIDField"),
    "varchar": text_of_length,
    "varying character": text_of_length,
}
POSITIVE = {
    "bigint": "PositiveBigIntegerField",
    "bigint unsigned": "PositiveBigIntegerField",
    "int": "PositiveIntegerField",
    "integer": "PositiveIntegerField",
    "integer unsigned": "PositiveIntegerField",
    "smallint": "PositiveSmallIntegerField",
    "smallint unsigned": "PositiveSmallIntegerField",
}
DJANGOS = {"char(32)": "UUIDField", "char(39)": "GenericIPAddressField"}


def field_for(asked: Asked) -> Call | None:
    """The nearest field, or None where Django has none."""
    if asked.column.type in DJANGOS:
        return field(DJANGOS[asked.column.type])
    if asked.is_positive and asked.type.name in POSITIVE:
        return field(POSITIVE[asked.type.name])
    if asked.is_json and asked.type.name == "text":
        return field("JSONField")
    maker = FIELDS.get(asked.type.name.removesuffix(" unsigned"))
    return maker(asked.type) if maker else None
