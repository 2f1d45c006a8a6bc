"""The types of MySQL and MariaDB, by the names of ``information_schema``."""

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
    "bigint unsigned": plain("PositiveBigIntegerField"),
    "binary": plain("BinaryField"),
    "blob": plain("BinaryField"),
    "char": text_of_length,
    "date": plain("DateField"),
    "datetime": plain("DateTimeField"),
    "decimal": decimal,
    "decimal unsigned": decimal,
    "double": plain("FloatField"),
    "double unsigned": plain("FloatField"),
    "float": plain("FloatField"),
    "float unsigned": plain("FloatField"),
    "inet4": plain("GenericIPAddressField"),
    "inet6": plain("GenericIPAddressField"),
    "int": plain("IntegerField"),
    "int unsigned": plain("PositiveIntegerField"),
    "json": plain("JSONField"),
    "longblob": plain("BinaryField"),
    "longtext": plain("TextField"),
    "mediumblob": plain("BinaryField"),
    "mediumint": plain("IntegerField"),
    "mediumint unsigned": plain("PositiveIntegerField"),
    "mediumtext": plain("TextField"),
    "smallint": plain("SmallIntegerField"),
    "smallint unsigned": plain("PositiveSmallIntegerField"),
    "text": plain("TextField"),
    "time": plain("TimeField"),
    "timestamp": plain("DateTimeField"),
    "tinyblob": plain("BinaryField"),
    "tinyint": plain("SmallIntegerField"),
    "tinyint unsigned": plain("PositiveSmallIntegerField"),
    "tinytext": plain("TextField"),
    "uuid": plain("UUIDField"),
    "varbinary": plain("BinaryField"),
    "varchar": text_of_length,
    "year": plain("PositiveSmallIntegerField"),
}
UUID_LENGTH = 32
IP_ADDRESS_LENGTH = 39


def field_for(asked: Asked) -> Call | None:
    """The nearest field, or None where Django has none."""
    name = asked.type.name.removesuffix(" zerofill")
    if asked.type.name == "tinyint" and asked.type.length == 1:
        return field("BooleanField")
    if asked.is_json and name == "longtext":
        return field("JSONField")
    if name == "char" and (call := _told_by_name(asked)):
        return call
    maker = FIELDS.get(name)
    return maker(asked.type) if maker else None


def _told_by_name(asked: Asked) -> Call | None:
    """``char(32)`` holds many things; a name says which of them are UUIDs or addresses."""
    name = asked.column.name.lower()
    if asked.type.length == UUID_LENGTH and ("uuid" in name or "guid" in name):
        return field("UUIDField")
    if asked.type.length == IP_ADDRESS_LENGTH and ("ip" in name or "addr" in name):
        return field("GenericIPAddressField")
    return None
