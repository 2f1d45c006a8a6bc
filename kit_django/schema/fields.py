"""The facts of a column -> the Django field that a person would have written.

A Django field is taken where it makes exactly the column's type; where it would make another one,
the same field of ``kit_django.fields`` that keeps the type; and where Django has none at all,
``DatabaseTypeField``. On SQLite, types are the same where SQLite treats them the same: an
``NVARCHAR(160)`` is a ``CharField(max_length=160)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django import fields as kit_fields
from kit_django.schema.constructs import Call, build
from kit_django.schema.facts import Check, Column, Database
from kit_django.schema.field_types import mysql, postgresql, sqlite
from kit_django.schema.field_types.base import Asked
from kit_django.schema.types import SqlType, same_type

TYPE_TABLES: dict[str, Any] = {"mysql": mysql, "postgresql": postgresql, "sqlite": sqlite}
KIT = "kit_django.fields."
AUTO_FIELDS = {
    "SmallIntegerField": "SmallAutoField",
    "PositiveSmallIntegerField": "SmallAutoField",
    "IntegerField": "AutoField",
    "PositiveIntegerField": "AutoField",
    "BigIntegerField": "BigAutoField",
    "PositiveBigIntegerField": "BigAutoField",
}


@dataclass(frozen=True, slots=True)
class ReadField:
    """``labels`` are those of an enum type; ``checks`` those that the field makes by itself."""

    call: Call
    labels: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class FieldReader:
    """Reads the types of one database. ``contrib`` is whether django.contrib.postgres is there."""

    connection: BaseDatabaseWrapper
    database: Database
    use_tz: bool
    contrib: bool

    @classmethod
    def of(cls, connection: BaseDatabaseWrapper, database: Database) -> FieldReader:
        return cls(
            connection, database, settings.USE_TZ, apps.is_installed("django.contrib.postgres")
        )

    def read(self, column: Column, checks: Iterable[Check] = ()) -> ReadField:
        """The field of a column, without its null, default and the like."""
        asked, used = self._ask(column, checks)
        if labels := self._labels(column.type, asked.type):
            return ReadField(self._exact(_enum_field(labels), column.type), labels)
        call = self._exact(self._nearest(asked), column.type)
        makes = bool(build(call).db_check(self.connection)) if used else False
        return ReadField(call, (), used if makes else ())

    def auto(self, column: Column) -> Call | None:
        """The field of a key that numbers its rows, or None where the type is no integer."""
        nearest = self._nearest(Asked(column, SqlType.parse(column.type)))
        name = AUTO_FIELDS.get(nearest.name) if nearest else None
        if name is None:
            return None
        if self.connection.vendor == "sqlite":
            name = "BigAutoField"
        call = Call(f"django.db.models.{name}")
        if self._makes(call, column.type):
            return call
        return Call(f"{KIT}Typed{name}", db_types={self.connection.vendor: column.type})

    def typed(self, call: Call, database_type: str) -> Call:
        """The field with that type, where it would make another one of itself."""
        return self._exact(call, database_type)

    def _ask(self, column: Column, checks: Iterable[Check]) -> tuple[Asked, tuple[Check, ...]]:
        positive = tuple(check for check in checks if _condition(check) == _positive(column))
        json = tuple(check for check in checks if _condition(check) in _json_checks(column))
        parsed = SqlType.parse(column.type)
        asked = Asked(column, parsed, is_positive=bool(positive), is_json=bool(json))
        return asked, positive + json

    def _labels(self, text: str, parsed: SqlType) -> tuple[str, ...]:
        if self.connection.vendor == "mysql" and parsed.name == "enum":
            return parsed.arguments
        for enum in self.database.enums:
            if text == (enum.sql_name or enum.name):
                return enum.labels
        return ()

    def _nearest(self, asked: Asked) -> Call | None:
        if asked.type.dimensions:
            return self._array(asked)
        table = TYPE_TABLES.get(self.connection.vendor)
        call: Call | None = table and table.field_for(
            asked, use_tz=self.use_tz, contrib=self.contrib
        )
        if call is None and (base := self._base_type(asked.column.type)):
            return self._nearest(Asked(asked.column, SqlType.parse(base)))
        return call

    def _base_type(self, text: str) -> str | None:
        for domain in self.database.domains:
            if text == (domain.sql_name or domain.name):
                return domain.type
        return None

    def _array(self, asked: Asked) -> Call | None:
        if not self.contrib:
            return None
        element = re.sub(r"(\[\d*\])+$", "", asked.column.type)
        base = self.read(Column(asked.column.name, element)).call
        return Call("django.contrib.postgres.fields.ArrayField", base_field=base)

    def _exact(self, call: Call | None, database_type: str) -> Call:
        if call is None:
            return Call(f"{KIT}DatabaseTypeField", database_type)
        if self._makes(call, database_type):
            return call
        typed = f"Typed{call.name}"
        if not hasattr(kit_fields, typed):
            return Call(f"{KIT}DatabaseTypeField", database_type)
        kwargs = dict(call.kwargs)
        return Call(KIT + typed, **kwargs, db_types={self.connection.vendor: database_type})

    def _makes(self, call: Call, database_type: str) -> bool:
        """Whether the field is allowed to be so, and makes that type."""
        if call.name == "DecimalField" and call.get("max_digits") is None:
            features = self.connection.features
            if not getattr(features, "supports_no_precision_decimalfield", False):
                return False
        if call.name == "CharField" and call.get("max_length") is None:
            if not self.connection.features.supports_unlimited_charfield:
                return False
        made = build(call).db_type(self.connection)
        return made is not None and same_type(
            self.connection, made.removesuffix(" AUTO_INCREMENT"), database_type
        )


def _enum_field(labels: tuple[str, ...]) -> Call:
    longest = max(map(len, labels), default=1)
    return Call("django.db.models.CharField", max_length=max(longest, 1))


def _condition(check: Check) -> str:
    return _bare(check.sql)


def _positive(column: Column) -> str:
    return f"{_bare(column.name)}>=0"


def _json_checks(column: Column) -> tuple[str, ...]:
    name = _bare(column.name)
    return f"json_valid{name}", f"json_valid{name}or{name}isnull"


def _bare(sql: str) -> str:
    """The text without blanks, parentheses and quotes: how a database writes those varies."""
    return re.sub(r"[\s()\"`\[\]]", "", sql).lower()
