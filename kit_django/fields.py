"""The model fields that Django lacks: those that keep a column's exact type.

``DatabaseTypeField("point")`` is for a type that Django has no field for: its values are what the
database's driver gives. The ``Typed...`` fields are Django's own with another column type, as in
``TypedDateTimeField(db_types={"mysql": "timestamp"})``: on a database that ``db_types`` does not
name, they are what they are in Django.
"""

from __future__ import annotations

# mypy: disable-error-code="type-arg, misc"
# Fields are generic to the type checker only: at run time they cannot be subscripted.
from collections.abc import Mapping
from decimal import Decimal
from ipaddress import ip_interface
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import connections, models

from kit_django.form_values import FormValues
from kit_django.schema.dialects import nearest_dialect

if TYPE_CHECKING:
    from django.core.checks import CheckMessage
    from django.db.backends.base.base import BaseDatabaseWrapper


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

    def formfield(self, **kwargs: Any) -> Any:
        """Few types take an empty text, and a value's own blanks are part of it."""
        own: dict[str, Any] = {} if self.choices else {"strip": False}
        if self.null or self.has_db_default():
            own["empty_value"] = None
        return super().formfield(**{**own, **kwargs})

    def is_shown_as(self, value: Any, data: Any) -> bool:
        return super().is_shown_as(value, data) or (value is not None and str(value) == data)


class TypedField(FormValues):
    """What the ``Typed...`` fields add to Django's: the column's type on the named databases.

    ``db_types`` maps a connection's ``vendor`` to a type.
    """

    def __init__(
        self, *args: Any, db_types: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        self.db_types = dict(db_types or {})
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        told = self._told_type(connection)
        return super().db_type(connection) if told is None else told

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        told = self._told_type(connection)
        return super().rel_db_type(connection) if told is None else told

    def _told_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """An empty one is SQLite's, whose columns need no type."""
        return self.db_types.get(connection.vendor)

    def cast_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        if connection.vendor in self.db_types and nearest_dialect(connection).casts_to_column_types:
            return self.db_types[connection.vendor]
        return super().cast_db_type(connection)

    def db_check(self, connection: BaseDatabaseWrapper) -> str | None:
        return None if connection.vendor in self.db_types else super().db_check(connection)

    def _check_backend_specific_checks(self, databases: Any = None, **kwargs: Any) -> Any:
        """A type that was told is made as it was told, whatever Django thinks of it."""
        others = [each for each in databases or () if connections[each].vendor not in self.db_types]
        return super()._check_backend_specific_checks(databases=others, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.db_types:
            kwargs["db_types"] = self.db_types
        return name, path, args, kwargs


class TypedAutoMixin(TypedField):
    """A key that numbers its rows; ``db_types`` holds the type without the numbering."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        typed = super().db_type(connection)
        return _numbering(typed, connection) if connection.vendor in self.db_types else typed


class NextNumber(models.Expression):
    """The number that the database gives to a new row."""

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return "DEFAULT", []


class IdentityMixin(TypedField):
    """A column that numbers the rows beside the key: Django's AutoField can only be the key.

    A new row gets its number from the database, unless it is given one. SQLite has no such
    column.
    """

    db_returning = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["blank"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["blank"]
        return name, path, args, kwargs

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        typed = super().db_type(connection)
        return _numbering(typed, connection)

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return super().db_type(connection)

    def db_type_suffix(self, connection: BaseDatabaseWrapper) -> str | None:
        has_identity = nearest_dialect(connection).has_identity
        return connection.data_types_suffix.get("AutoField") if has_identity else None

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        return NextNumber() if add and value is None else value


def _numbering(typed: str | None, connection: BaseDatabaseWrapper) -> str | None:
    """The type with the word that makes it number the rows, where that stands with the type."""
    return f"{typed} {nearest_dialect(connection).numbering_word}".rstrip() if typed else typed


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
    pass


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
    pass


class TypedUUIDField(TypedField, models.UUIDField):
    """In a column of characters, a UUID is its 32 digits, as Django writes it where there is no type;
    in one that SQLite was told to be a ``uuid``, it has the dashes that all others write there."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> UUID | None:
        return UUID(value) if isinstance(value, str) else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if "char" in self.db_types.get(connection.vendor, ""):
            value = self.to_python(value)
            return None if value is None else value.hex
        if nearest_dialect(connection).takes_any_type and connection.vendor in self.db_types:
            value = self.to_python(value)
            return None if value is None else str(value)
        return super().get_db_prep_value(value, connection, prepared)
