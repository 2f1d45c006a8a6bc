"""The model fields that Django lacks: those that keep a column's exact type.

``DatabaseTypeField("point")`` is for a type that Django has no field for: its values are what the
database's driver gives. The ``Typed...`` fields are Django's own with another column type, as in
``TypedDateTimeField(db_types={"mysql": "timestamp"})``: on a database that ``db_types`` does not
name, they are what they are in Django.
"""

from __future__ import annotations

# mypy: disable-error-code="type-arg, misc"
# Fields are generic to the type checker only: at run time they cannot be subscripted.
import re
from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_interface
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.db import models
from django.utils.functional import cached_property

from kit_django.form_values import FormValues, JSONFormField, UnlimitedFormField
from kit_django.schema.dialects import nearest_dialect
from kit_django.schema.dialects.types import FIXED_TEXTS, SqlType
from kit_django.spans import SpanFormField, as_text, time_or_span
from kit_django.spellings import (
    AnyUUIDField,
    Spelled,
    SpelledExact,
    SpelledIn,
    as_spelled,
    spellings_of,
    written,
)
from kit_django.typed import IdentityMixin, TypedAutoMixin, TypedField

if TYPE_CHECKING:
    from django.core.checks import CheckMessage
    from django.db.backends.base.base import BaseDatabaseWrapper


JSON_NULL = object()
_NOT_FINITE = re.compile("[+-]?(nan|inf|infinity)", re.IGNORECASE)


class DatabaseTypeField(FormValues):
    """A column of exactly that type; the type goes into SQL as it is written."""

    def __init__(
        self, database_type: str, *args: Any, db_collation: str | None = None, **kwargs: Any
    ) -> None:
        self.database_type, self.db_collation = database_type, db_collation
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return self.database_type

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        return {**super().db_parameters(connection), "collation": self.db_collation}

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.db_collation:
            kwargs["db_collation"] = self.db_collation
        return name, path, [self.database_type, *args], kwargs

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Drivers read bits as bytes, and MySQL compares them with numbers."""
        value = super().get_db_prep_value(value, connection, prepared)
        if isinstance(value, bytes) and self.database_type.lower().startswith("bit"):
            return int.from_bytes(value)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        """Few types take an empty text, and a value's own blanks are part of it."""
        own: dict[str, Any] = {} if self.choices else {"strip": False}
        if self.null or self.has_db_default():
            own["empty_value"] = None
        return super().formfield(**{**own, **kwargs})

    def is_shown_as(self, value: Any, data: Any) -> bool:
        return super().is_shown_as(value, data) or (value is not None and str(value) == data)


class TypedAutoField(TypedAutoMixin, models.AutoField):
    pass


class TypedBigAutoField(TypedAutoMixin, models.BigAutoField):
    pass


class TypedSmallAutoField(TypedAutoMixin, models.SmallAutoField):
    pass


class TypedBigIntegerField(TypedField, models.BigIntegerField):
    pass


class TypedBinaryField(TypedField, models.BinaryField):
    pass


class TypedBooleanField(TypedField, models.BooleanField):
    pass


class TypedCharField(TypedField, models.CharField):
    """What PostgreSQL fills up a ``char(n)`` with is no part of its text."""

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        if not isinstance(value, str) or not nearest_dialect(connection).pads_texts:
            return value
        told = SqlType.parse(self.db_types.get(connection.vendor, ""))
        return value.rstrip(" ") if told.name in FIXED_TEXTS else value


class TypedDateField(TypedField, models.DateField):
    pass


class TypedDateTimeField(TypedField, models.DateTimeField):
    """``on_update`` is what MySQL and MariaDB set the column to when a row is changed."""

    def __init__(self, *args: Any, on_update: str | None = None, **kwargs: Any) -> None:
        self.on_update = on_update
        super().__init__(*args, **kwargs)

    def db_type_suffix(self, connection: BaseDatabaseWrapper) -> str | None:
        if self.on_update and nearest_dialect(connection).has_on_update:
            return f"ON UPDATE {self.on_update}"
        return super().db_type_suffix(connection)

    def select_format(self, compiler: Any, sql: str, params: Any) -> Any:
        """A zero date is None: PyMySQL would give a text, which Django takes for a time and fails."""
        zero = nearest_dialect(compiler.connection).zero_date
        if zero and zero in getattr(self.db_default, "sql", ""):
            sql = f"NULLIF({sql}, 0)"
        return super().select_format(compiler, sql, params)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return (
            name,
            path,
            args,
            {**kwargs, **({"on_update": self.on_update} if self.on_update else {})},
        )


class TypedDecimalField(TypedField, models.DecimalField):
    """Digits may be left out, for a ``numeric`` that has no limit."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        if self._is_unlimited and connection.vendor not in self.db_types:
            return nearest_dialect(connection).unlimited_decimal
        return super().db_type(connection)

    @property
    def _is_unlimited(self) -> bool:
        digits: int | None = self.max_digits
        return digits is None

    def get_internal_type(self) -> str:
        # Django's converters for SQLite and MySQL need the digits.
        return "UnlimitedDecimalField" if self._is_unlimited else "DecimalField"

    def to_python(self, value: Any) -> Any:
        """NaN and infinity are values of a ``numeric`` without limits, as all others are."""
        if self._is_unlimited and _NOT_FINITE.fullmatch(str(value).strip()):
            return Decimal(str(value))
        return super().to_python(value)

    @cached_property
    def validators(self) -> Any:
        """Django's own refuse what is not finite."""
        found: list[Any] = super().validators
        return [
            each
            for each in found
            if not (self._is_unlimited and isinstance(each, DecimalValidator))
        ]

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(str(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if self._is_unlimited:
            return value if prepared else self.to_python(value)
        return super().get_db_prep_value(value, connection, prepared)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if self._is_unlimited:
            return models.Field.get_db_prep_save(self, value, connection)
        return super().get_db_prep_save(value, connection)

    def formfield(self, **kwargs: Any) -> Any:
        own = {"form_class": UnlimitedFormField} if self._is_unlimited else {}
        return super().formfield(**{**own, **kwargs})

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        if self._is_unlimited:
            return models.Field.check(self, **kwargs)
        return super().check(**kwargs)


class TypedDurationField(TypedField, models.DurationField):
    pass


class TypedFloatField(TypedField, models.FloatField):
    pass


class TypedForeignKey(TypedField, models.ForeignKey):
    pass


class TypedGenericIPAddressField(TypedField, models.GenericIPAddressField):
    """An address may have a mask behind it (``10.0.0.1/8``), as PostgreSQL's ``inet`` has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.default_validators = [validate_address]

    def _check_blank_and_null_values(self, **kwargs: Any) -> Any:
        """What is left blank is the database's to fill in, where it has a default."""
        return [] if self.has_db_default() else super()._check_blank_and_null_values(**kwargs)

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return super().to_python(value)
        address, slash, mask = value.strip().partition("/")
        return f"{super().to_python(address)}{slash}{mask}"

    def get_prep_value(self, value: Any) -> Any:
        if "/" in str(value):
            return self.to_python(value)
        return super().get_prep_value(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return (value if prepared else self.get_prep_value(value)) or None

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **{"form_class": forms.CharField, **kwargs})


def validate_address(value: Any) -> None:
    """Raises ValidationError for what is no IP address, with or without a mask."""
    try:
        ip_interface(value)
    except ValueError:
        raise ValidationError("Enter a valid IPv4 or IPv6 address.", code="invalid") from None


class IdentityField(IdentityMixin, models.IntegerField):
    pass


class BigIdentityField(IdentityMixin, models.BigIntegerField):
    pass


class SmallIdentityField(IdentityMixin, models.SmallIntegerField):
    pass


class TypedIntegerField(TypedField, models.IntegerField):
    pass


class TypedJSONField(TypedField, models.JSONField):
    """In a column that is never null, an empty list or object is a value as others are, and the
    ``None`` of a row that was read is JSON's own null."""

    empty_values = (None,)

    def validate(self, value: Any, model_instance: Any) -> None:
        if value is not None or not self._is_jsons_null(model_instance):
            super().validate(value, model_instance)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        return JSON_NULL if value is None and self._is_jsons_null(model_instance) else value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is JSON_NULL:
            return connection.ops.adapt_json_value(None, self.encoder)
        return super().get_db_prep_save(value, connection)

    def _is_jsons_null(self, instance: models.Model | None) -> bool:
        """Of a new row, nothing was said."""
        return not self.null and instance is not None and not instance._state.adding

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": JSONFormField, **kwargs})

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        # A driver may have read the column's type already.
        if value is not None and not isinstance(value, str):
            return value
        return super().from_db_value(value, expression, connection)


class TypedOneToOneField(TypedField, models.OneToOneField):
    pass


class TypedPositiveBigIntegerField(TypedField, models.PositiveBigIntegerField):
    pass


class TypedPositiveIntegerField(TypedField, models.PositiveIntegerField):
    pass


class TypedPositiveSmallIntegerField(TypedField, models.PositiveSmallIntegerField):
    pass


class TypedSmallIntegerField(TypedField, models.SmallIntegerField):
    pass


class TypedTextField(TypedField, models.TextField):
    pass


class TypedTimeField(TypedField, models.TimeField):
    """Of MySQL's ``time``, what is no time of a day is a ``timedelta``: -01:00:00, 24:00:00."""

    def select_format(self, compiler: Any, sql: str, params: Any) -> Any:
        """Django has the driver read times of a day alone."""
        if self._may_be_a_span(compiler.connection) and not compiler.query.subquery:
            return f"CAST({sql} AS char)", params
        return super().select_format(compiler, sql, params)

    def _may_be_a_span(self, connection: BaseDatabaseWrapper) -> bool:
        return connection.vendor in self.db_types and nearest_dialect(connection).times_are_spans

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        return time_or_span(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, timedelta):
            return value
        found = time_or_span(value) if isinstance(value, str) else None
        return found if isinstance(found, timedelta) else super().to_python(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        if isinstance(value, timedelta):
            return as_text(value)
        return super().get_db_prep_value(value, connection, prepared=True)

    def formfield(self, **kwargs: Any) -> Any:
        own = {"form_class": SpanFormField} if self.db_types else {}
        return super().formfield(**{**own, **kwargs})


class TypedUUIDField(TypedField, AnyUUIDField):
    """In a column of characters, a UUID is its 32 digits, as Django writes it where there is no type;
    in one that SQLite was told to be a ``uuid``, it has the dashes that all others write there. What
    is spelled otherwise there is found, and stays as it is."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None or isinstance(value, UUID):
            return value
        return as_spelled(value) if self._has_spellings(connection) else UUID(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if self._has_spellings(connection):
            return written(value if isinstance(value, Spelled) else self.to_python(value))
        if "char" in self.db_types.get(connection.vendor, ""):
            value = self.to_python(value)
            return None if value is None else value.hex
        return super().get_db_prep_value(value, connection, prepared)

    def spellings(self, value: Any, connection: BaseDatabaseWrapper) -> list[Any]:
        """All that a column may hold for a value that is looked for."""
        if self._has_spellings(connection) and isinstance(found := self.to_python(value), UUID):
            return spellings_of(found)
        return [value]

    def _has_spellings(self, connection: BaseDatabaseWrapper) -> bool:
        told = self.db_types.get(connection.vendor, "")
        return told != "" and "char" not in told and nearest_dialect(connection).takes_any_type


TypedUUIDField.register_lookup(SpelledExact)
TypedUUIDField.register_lookup(SpelledIn)
