"""The types that hold the labels of enums, where those are types of their own.

A type that nobody named is called after its table and column, and is theirs: it goes with them, and
follows their renames.
"""

from __future__ import annotations

from kit_django.schema import facts
from kit_django.schema.catalog import Catalog, table_key
from kit_django.schema.facts import Key
from kit_django.schema.names import enum_name
from kit_django.schema.sql.types import named_type

Labels = tuple[str, ...]


def enum_type(
    column: facts.Column, enum: tuple[str, Labels], table: facts.Table, catalog: Catalog
) -> str:
    """The type of a column that is to be one of the labels; it keeps the enum type that it has."""
    dialect, (type_name, labels) = catalog.dialect, enum
    if dialect.enums == "column":
        return f"enum({','.join(dialect.quote_literal(label) for label in labels)})"
    if dialect.enums == "check":
        return f"varchar({max(len(label) for label in labels)})"
    if not type_name and enum_of(column, catalog) is not None:
        return column.type
    schema, name = table_key(type_name) if type_name else own_key(table, column.name)
    return dialect.quote_qualified(name, schema)


def own_key(table: facts.Table, column: str) -> Key:
    return (table.schema, enum_name(table.name, column))


def key_of_type(sql_type: str, catalog: Catalog) -> Key | None:
    """Which type of a schema's own a column's type is; None for any other, an array among them."""
    is_built_in = catalog.dialect.types.family(sql_type) is not None
    return None if is_built_in else named_type(sql_type, catalog.dialect)


def enum_of(column: facts.Column, catalog: Catalog) -> facts.Enum | None:
    key = key_of_type(column.type, catalog) if catalog.dialect.enums == "type" else None
    return catalog.enum(key) if key else None
