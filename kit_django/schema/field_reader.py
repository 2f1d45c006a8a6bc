"""The facts of a column -> the Django field that a person would have written.

A Django field is taken where it makes exactly the column's type; where it would make another one,
the same field of ``kit_django.fields`` that keeps the type; and where Django has none at all,
``DatabaseTypeField``. On SQLite, types are the same where SQLite treats them the same: an
``NVARCHAR(160)`` is a ``CharField(max_length=160)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django import fields as kit_fields
from kit_django.schema.constructs import Call, Value, build
from kit_django.schema.dialects import Dialect, dialect_of
from kit_django.schema.dialects.types import SqlType, element_type
from kit_django.schema.facts import Check, Column, Database
from kit_django.schema.field_types import field_for
from kit_django.schema.field_types.base import Asked
from kit_django.schema.sql.typed import kind_of_check

KIT = "kit_django.fields."
TYPED_ARRAY = "kit_django.postgres.TypedArrayField"
# The fields of django.contrib.postgres that are there as kit's own too.
CAST = ("ArrayField", "RangeField")
# What does not fit between commas.
MORE_THAN_PLAIN = ("BinaryField", "HStoreField", "JSONField", "RangeField")
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

    @cached_property
    def dialect(self) -> Dialect:
        return dialect_of(self.connection)

    def read(self, column: Column, checks: Iterable[Check] = ()) -> ReadField:
        """The field of a column, without its null, default and the like."""
        asked, used = self._ask(column, checks)
        if labels := self._labels(column.type, asked.type):
            return ReadField(self._exact(_enum_field(labels), column.type), labels)
        call = self._exact(self._nearest(asked), column.type)
        return ReadField(call, (), used if used and self._makes_check(call) else ())

    def unique(self, found: ReadField, column: Column) -> ReadField:
        """The same for a unique column: on MySQL Django warns of a long text, unless it is told
        the column's type."""
        call, longest = found.call, self.dialect.longest_unique_text
        length: Any = call.get("max_length") or 0
        if longest is None or call.name != "CharField" or length <= longest:
            return found
        told = Call(f"{KIT}TypedCharField", max_length=length, db_types=self.db_types(column))
        return replace(found, call=told)

    def auto(self, column: Column) -> Call | None:
        """The field of a key that numbers its rows, or None where the type is no integer."""
        name = self._auto_name(column)
        if name is None:
            return None
        if self.dialect.integer_key_is_rowid:
            name = "BigAutoField"  # all are of eight bytes
        call = Call(f"django.db.models.{name}")
        if self.makes(call, column.type):
            return call
        return Call(f"{KIT}Typed{name}", db_types=self.db_types(column))

    def identity(self, column: Column) -> Call | None:
        """The field of a column that numbers the rows beside the key, or None for no integer."""
        name = self._auto_name(column)
        if name is None:
            return None
        call = Call(KIT + name.replace("Auto", "Identity"))
        return call if self.makes(call, column.type) else call.with_(db_types=self.db_types(column))

    def _auto_name(self, column: Column) -> str | None:
        """PostgreSQL has no identity of a domain's type, though a default may number it."""
        if self._base_type(column.type):
            return None
        nearest = self._nearest(self._asked(column))
        return AUTO_FIELDS.get(nearest.name) if nearest else None

    def db_types(self, column: Column) -> dict[str, Value]:
        """What a field of kit_django.fields is told to make exactly that column's type."""
        return {self.dialect.vendor: self.dialect.types.written(column.type)}

    def _makes_check(self, call: Call) -> bool:
        """Whether a check comes with the field. With MariaDB's json it comes from the database."""
        if call.name == "JSONField" and self.dialect.json_is_text:
            return True
        made = build(call)
        made.set_attributes_from_name("column")
        return bool(made.db_check(self.connection))

    def _ask(self, column: Column, checks: Iterable[Check]) -> tuple[Asked, tuple[Check, ...]]:
        kinds = {
            check: kind_of_check(check.sql, column.name, self.dialect)
            for check in checks
            if not check.options
        }
        positive = tuple(check for check, kind in kinds.items() if kind == "positive")
        json = tuple(check for check, kind in kinds.items() if kind == "json")
        asked = self._asked(column)
        return replace(asked, is_positive=bool(positive), is_json=bool(json)), positive + json

    def _asked(self, column: Column) -> Asked:
        parsed = self.dialect.types.reported(SqlType.parse(column.type))
        return Asked(column, parsed, use_tz=self.use_tz, contrib=self.contrib)

    def _labels(self, text: str, parsed: SqlType) -> tuple[str, ...]:
        if self.dialect.enums == "column" and parsed.name == "enum":
            return parsed.arguments
        for enum in self.database.enums:
            if text == (enum.sql_name or enum.name):
                return enum.labels
        base = self._base_type(text)
        return self._labels(base, SqlType.parse(base)) if base else ()

    def _nearest(self, asked: Asked) -> Call | None:
        if asked.type.dimensions:
            return self._array(asked)
        call = field_for(self.dialect, asked)
        if call is None and (base := self._base_type(asked.column.type)):
            return self._nearest(self._with_type(asked, base))
        return call

    def _with_type(self, asked: Asked, text: str) -> Asked:
        parsed = self.dialect.types.reported(SqlType.parse(text))
        return replace(asked, column=replace(asked.column, type=text), type=parsed)

    def _base_type(self, text: str) -> str | None:
        for domain in self.database.domains:
            if text == (domain.sql_name or domain.name):
                return domain.type
        return None

    def _array(self, asked: Asked) -> Call | None:
        if not self.contrib:
            return None
        element = element_type(asked.column.type)
        found = self.read(Column(asked.column.name, element)).call
        # Of types that are not the driver's own, it hands out the array's text; and Django's form is
        # for lists of plain values.
        is_plain = asked.type.dimensions == 1 and not found.name.endswith(MORE_THAN_PLAIN)
        is_plain = is_plain and found.get("db_types") is None and found.name != "DatabaseTypeField"
        path = "django.contrib.postgres.fields.ArrayField" if is_plain else TYPED_ARRAY
        if is_plain:  # to the database, no element has to be there
            found = found.with_(null=True, blank=True)
        is_editable = not found.name.endswith("BinaryField")  # bytes have no form
        for _ in range(asked.type.dimensions):
            found = Call(path, found)
        return found if is_editable else found.with_(editable=False)

    def _exact(self, call: Call | None, database_type: str) -> Call:
        if call is None:
            return Call(f"{KIT}DatabaseTypeField", self.dialect.types.written(database_type))
        if self.makes(call, database_type):
            return call
        typed = typed_by_kit(call)
        if not typed.path.startswith("kit_django."):
            return Call(f"{KIT}DatabaseTypeField", database_type)
        return typed.with_(db_types=self.db_types(Column("", database_type)))

    def makes(self, call: Call, database_type: str) -> bool:
        """Whether the field is allowed to be so, and makes that type."""
        if call.name == "DecimalField" and call.get("max_digits") is None:
            return False  # Django's own takes none before 6.1, and never NaN or infinity
        is_unlimited = call.name == "CharField" and call.get("max_length") is None
        if is_unlimited and not self.connection.features.supports_unlimited_charfield:
            return False
        made = build(call).db_type(self.connection)
        return made is not None and self.dialect.types.same(
            made.removesuffix(" AUTO_INCREMENT"), database_type
        )


def _enum_field(labels: tuple[str, ...]) -> Call:
    longest = max(map(len, labels), default=1)
    return Call("django.db.models.CharField", max_length=max(longest, 1))


def typed_by_kit(call: Call) -> Call:
    """The same as one of kit's own fields, where there is one."""
    if call.path.startswith("kit_django."):
        return call
    name = f"Typed{call.name}"
    if call.name.endswith((*CAST, "HStoreField")):
        return Call(f"kit_django.postgres.{name}", *call.args, **dict(call.kwargs))
    if hasattr(kit_fields, name):
        return Call(KIT + name, *call.args, **dict(call.kwargs))
    return call


def leaving_empty_to_the_database(call: Call) -> Call:
    """The field of a column with a default: what is left empty in a form would be null in Django's
    own, but for texts."""
    is_text = call.name in ("CharField", "TextField") and call.get("choices") is None
    is_left = call.get("blank") and not call.get("null")
    has_empty = is_text or call.name == "HStoreField"
    return typed_by_kit(call) if call.name.endswith(CAST) or (is_left and not has_empty) else call
