"""What a model says in another database's words, and this one says in its own.

A team may have one models.py for several databases: an enum is a type here and a check there, an
expression has the words of the database that was asked, ``char(3)`` was told for another. Such a
difference is none as long as both say the same, as far as this database can tell.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from kit_django.codegen.specs import FieldSpec
from kit_django.schema.constructs import build
from kit_django.schema.dialects import DIALECTS, dialect_of
from kit_django.schema.dialects.types import SqlType
from kit_django.schema.facts import Table
from kit_django.schema.sql.across import is_now, same_in_any
from kit_django.schema.sql.mentions import mentioned_columns

Label = str | int


def has_type_of_another(field: Any, spec: FieldSpec, connection: BaseDatabaseWrapper) -> bool:
    """Whether the field is as it would be written now, but for a type that it was told for another
    database, or for an enum that it says by a check."""
    wanted = build(spec.call)
    if not _is_alike(field, wanted):
        return False
    if spec.labels:
        return set(spec.labels) in (_told_labels(field, connection), _checked_labels(field))
    return _is_told_for_others(field, connection) and hasattr(wanted, "db_types")


def _is_alike(field: Any, wanted: Any) -> bool:
    if field.remote_field or field.get_internal_type() != wanted.get_internal_type():
        return False
    return bool(field.max_length == wanted.max_length)


def _is_told_for_others(field: Any, connection: BaseDatabaseWrapper) -> bool:
    told = getattr(field, "db_types", None) or {}
    return bool(told) and connection.vendor not in told


def _told_labels(field: Any, connection: BaseDatabaseWrapper) -> set[Label]:
    """The labels of the enum that the field is on another database."""
    if not _is_told_for_others(field, connection):
        return set()
    for told in field.db_types.values():
        if (parsed := SqlType.parse(told)).name == "enum":
            return set(parsed.arguments)
    return {value for value, _ in field.flatchoices}


def _checked_labels(field: Any) -> set[Label]:
    """The values that a check of the model leaves to the field."""
    for entry in field.model._meta.constraints:
        name, values = membership(entry)
        if name == field.name:
            return values
    return set()


def membership(entry: Any) -> tuple[str, set[Label]]:
    """The field and the values of ``CheckConstraint(condition=Q(field__in=[...]))``."""
    if isinstance(entry, models.CheckConstraint) and isinstance(entry.condition, models.Q):
        match entry.condition.children, entry.condition.negated:
            case [(str() as lookup, list() | tuple() as values)], False if lookup.endswith("__in"):
                return lookup.removesuffix("__in"), set(values)
            case [(str() as lookup, str() | int() as value)], False if "__" not in lookup:
                return lookup, {value}
    return "", set()


def is_said_by_type(entry: Any, specs: Collection[FieldSpec]) -> bool:
    """Whether the column's own type takes the values of the check, and no others."""
    name, values = membership(entry)
    return any(spec.name == name and values == set(spec.labels) for spec in specs if spec.labels)


def is_said_by_told_type(entry: Any, model: Any, connection: BaseDatabaseWrapper) -> bool:
    """Whether the check's field is told to be an enum of the same values on another database."""
    name, values = membership(entry)
    fields = (each for each in model._meta.local_concrete_fields if each.name == name)
    return any(values == _told_labels(field, connection) for field in fields)


def twin_of_another(
    entry: Any, entries: Collection[Any], table: Table, connection: BaseDatabaseWrapper
) -> bool:
    """Whether the model has an entry of that name in another database's words: of names there is
    one each in a project. It has to be of the same kind, and to name the same columns."""
    for other in entries:
        vendor = getattr(other, "vendor", connection.vendor)
        if other.name == entry.name and vendor != connection.vendor and hasattr(other, "sql"):
            return _outline(other, table) == _outline(entry, table)
    return False


def _outline(entry: Any, table: Table) -> tuple[str, set[str]] | None:
    """The kind of an entry in a database's own words, and the columns that it names."""
    if not hasattr(entry, "sql") or entry.vendor not in DIALECTS:
        return None
    kind = getattr(entry, "kind", None)
    kind = entry.sql.partition(" ")[0].upper() if kind is None else f"{kind} INDEX"
    return kind, mentioned_columns(entry.sql, table.column_names, DIALECTS[entry.vendor])


def has_expression_of_another(
    expression: Any, sql: str, wanted: str, connection: BaseDatabaseWrapper
) -> bool:
    """Whether an expression in a database's own words says what ``wanted`` says here.

    ``Now()`` is the time at which a statement begins, where there is a choice; where a migration
    says only that it is the time now, some databases take it for that of the transaction.
    """
    dialect = dialect_of(connection)
    if isinstance(expression, Now) or (not dialect.transaction_times and is_now(sql, dialect)):
        return is_now(wanted, dialect)
    is_raw = isinstance(expression, RawSQL) and not expression.params
    return is_raw and same_in_any(expression.sql, DIALECTS.values(), wanted, dialect)
