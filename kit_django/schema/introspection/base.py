"""Any other database, through the introspection that its Django backend has.

It tells less than kit's own readers and takes a few queries a table, and Django puts the names
into its SQL without escaping them: a name with a quote in it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import NotSupported
from kit_django.schema.facts import (
    Check,
    Column,
    Database,
    ForeignKey,
    Identity,
    Index,
    IndexPart,
    PrimaryKey,
    Table,
    Unique,
)
from kit_django.schema.introspection.scope import Key, Scope

Constraints = dict[str, dict[str, Any]]
_UNSAFE = frozenset("\"'`[]\\\0")
_TABLE_TYPES = ("t", "p")


def read(connection: BaseDatabaseWrapper, scope: Scope) -> Database:
    """Raises NotSupported for a table whose name Django would not quote right."""
    with connection.cursor() as cursor:
        listed = connection.introspection.get_table_list(cursor)
        tables = tuple(_table(connection, cursor, info) for info in _selected(listed, scope))
    return Database(connection.vendor, tuple(sorted(tables, key=lambda table: table.name)))


def table_keys(connection: BaseDatabaseWrapper, scope: Scope) -> tuple[Key, ...]:
    with connection.cursor() as cursor:
        listed = connection.introspection.get_table_list(cursor)
    return tuple((None, name) for name in sorted(info.name for info in _selected(listed, scope)))


def referencing_tables(connection: BaseDatabaseWrapper, key: Key) -> tuple[Key, ...]:
    """Looks through every table, for lack of a better way."""
    found = read(connection, Scope(views=False))
    return tuple(
        table.key
        for table in found
        if any((each.to_schema, each.to_table) == key for each in table.foreign_keys)
    )


def _selected(listed: list[Any], scope: Scope) -> Iterator[Any]:
    for info in listed:
        if scope.tables is not None:
            if (None, info.name) in scope.tables:
                yield info
        elif info.type in _TABLE_TYPES or scope.views:
            yield info


def _table(connection: BaseDatabaseWrapper, cursor: Any, info: Any) -> Table:
    _refuse_unsafe(connection, info.name)
    introspection: Any = connection.introspection
    is_table = info.type in _TABLE_TYPES
    constraints = introspection.get_constraints(cursor, info.name) if is_table else {}
    relations = introspection.get_relations(cursor, info.name) if is_table else {}
    numbered = {each["column"] for each in introspection.get_sequences(cursor, info.name)}
    return Table(
        name=info.name,
        columns=tuple(
            _column(connection, row, is_numbered=row.name in numbered)
            for row in introspection.get_table_description(cursor, info.name)
        ),
        kind="table" if is_table else "view",
        primary_key=_primary_key(constraints),
        uniques=_uniques(constraints),
        indexes=_indexes(constraints),
        checks=_checks(constraints),
        foreign_keys=_foreign_keys(constraints, relations),
        comment=getattr(info, "comment", None) or "",
    )


def _refuse_unsafe(connection: BaseDatabaseWrapper, name: str) -> None:
    if _UNSAFE.isdisjoint(name):
        return
    raise NotSupported(
        f"The table {name!r} cannot be read on {connection.vendor}: its name holds a quote, a "
        f"bracket or a backslash, which Django's introspection there does not escape. "
        f"Rename the table, or leave it out by naming the tables to read."
    )


def _column(connection: BaseDatabaseWrapper, row: Any, *, is_numbered: bool) -> Column:
    is_numbered = is_numbered or bool(getattr(row, "is_autofield", False))
    return Column(
        name=row.name,
        type=_type(connection, row),
        null=bool(row.null_ok),
        default=None if row.default is None else str(row.default),
        collation=row.collation or None,
        comment=getattr(row, "comment", None) or "",
        identity=Identity("by default") if is_numbered else None,
    )


def _type(connection: BaseDatabaseWrapper, row: Any) -> str:
    """The type of the Django field that the backend takes the column for."""
    try:
        found: Any = connection.introspection.get_field_type(row.type_code, row)
    except KeyError:
        return str(row.type_code)
    name, options = found if isinstance(found, tuple) else (found, {})
    size = row.display_size or row.internal_size
    if name == "CharField" and size and int(size) > 0:
        options.setdefault("max_length", int(size))
    if name == "DecimalField":
        options.setdefault("max_digits", row.precision)
        options.setdefault("decimal_places", row.scale)
    field: Any = getattr(models, name, models.TextField)(**options)
    return str(field.db_type(connection) or name)


def _primary_key(constraints: Constraints) -> PrimaryKey | None:
    for name, said in constraints.items():
        if said["primary_key"]:
            return PrimaryKey(tuple(said["columns"]), name)
    return None


def _uniques(constraints: Constraints) -> tuple[Unique, ...]:
    return tuple(
        Unique(tuple(said["columns"]), name)
        for name, said in sorted(constraints.items())
        if said["unique"] and not said["primary_key"] and said["columns"]
    )


def _indexes(constraints: Constraints) -> tuple[Index, ...]:
    return tuple(
        Index(name, tuple(_parts(said)))
        for name, said in sorted(constraints.items())
        if said["index"] and not said["unique"] and said["columns"] and None not in said["columns"]
    )


def _parts(said: dict[str, Any]) -> Iterator[IndexPart]:
    orders = said.get("orders") or [""] * len(said["columns"])
    for column, order in zip(said["columns"], orders, strict=True):
        yield IndexPart(column, descending=order == "DESC")


def _checks(constraints: Constraints) -> tuple[Check, ...]:
    return tuple(
        Check(said["definition"], name)
        for name, said in sorted(constraints.items())
        if said["check"] and said.get("definition")
    )


def _foreign_keys(constraints: Constraints, relations: dict[str, Any]) -> tuple[ForeignKey, ...]:
    return tuple(
        ForeignKey(
            columns=tuple(said["columns"]),
            to_table=said["foreign_key"][0],
            to_columns=tuple(relations[column][0] for column in said["columns"]),
            name=name,
        )
        for name, said in sorted(constraints.items())
        if said["foreign_key"] and all(column in relations for column in said["columns"])
    )
