"""Fields that generated models import where ``django.contrib.postgres`` is installed."""

from __future__ import annotations

# mypy: disable-error-code="type-arg, misc"
# Fields are generic to the type checker only: at run time they cannot be subscripted.
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
    DecimalRangeField,
    HStoreField,
    IntegerRangeField,
)
from django.contrib.postgres.fields import array as _array
from django.contrib.postgres.fields.utils import AttributeSetter
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import Range
from django.db.models.expressions import DatabaseDefault

from kit_django.typed import TypedField

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_ARRAY_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{},])|([^{},"]+)', re.DOTALL)


class CastField(TypedField):
    """A field whose values Django casts. A default is no value, and stays the database's in an
    update too."""

    def get_placeholder(self, value: Any, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, DatabaseDefault):
            return "%s"
        return super().get_placeholder(value, compiler, connection)

    def get_placeholder_sql(
        self, value: Any, compiler: Any, connection: BaseDatabaseWrapper
    ) -> Any:
        if isinstance(value, DatabaseDefault):
            return compiler.compile(value)
        return super().get_placeholder_sql(value, compiler, connection)

    def is_shown_as(self, value: Any, data: Any) -> bool:
        """The form of a range shows its ends, and not whether they belong to it."""
        if not isinstance(value, Range):
            return super().is_shown_as(value, data)
        ends = (data.lower, data.upper) if isinstance(data, Range) else (None, None)
        return (value.lower, value.upper) == ends


class TypedArrayField(CastField, ArrayField):
    """An ArrayField of any type, also one that the driver hands out as it stands in the database
    (``{ok,3d}``)."""

    def __init__(self, base_field: Any, size: int | None = None, **kwargs: Any) -> None:
        super().__init__(base_field, size=size, **kwargs)
        self.from_db_value = self._read

    def validate(self, value: Any, model_instance: Any) -> None:
        """Each element of an array may be null, or empty."""
        nothing = self.base_field.empty_values
        there = [each for each in value if each not in nothing] if value else value
        super().validate(there, model_instance)

    def _read(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, str):
            return self._from_text(read_array(value))
        if value is None or not hasattr(self.base_field, "from_db_value"):
            return value
        read = self.base_field.from_db_value
        return [read(each, expression, connection) for each in value]

    def _from_text(self, elements: list[Any]) -> list[Any]:
        base: Any = self.base_field
        read = base._from_text if isinstance(base, TypedArrayField) else base.to_python
        return [None if each is None else read(each) for each in elements]

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """An element that is null is no null of JSON's."""
        if not isinstance(value, list | tuple):
            return super().get_db_prep_value(value, connection, prepared)
        write = self.base_field.get_db_prep_value
        return [None if each is None else write(each, connection, prepared=False) for each in value]

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(
            self, **{"form_class": ArrayFormField, "array": self, **kwargs}
        )

    def as_json(self, value: Any) -> Any:
        return [None if each is None else self._element_as_json(each) for each in value]

    def _element_as_json(self, element: Any) -> Any:
        base: Any = self.base_field
        if isinstance(base, TypedArrayField):
            return base.as_json(element)
        if isinstance(element, bool | int | float | str | dict | list):
            return element
        return base.value_to_string(AttributeSetter(base.attname, element))

    def from_json(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValidationError("Enter a list, as in [1, 2].", code="invalid")
        base: Any = self.base_field
        read = base.from_json if isinstance(base, TypedArrayField) else base.to_python
        return [None if each is None else read(each) for each in value]


_lookups: Any = _array


class _WholeArray(_lookups.ArrayRHSMixin):
    """An array that is looked for is one value: Django makes an expression of each element, and
    forgets its type."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        is_value = isinstance(rhs, list | tuple)
        if is_value and not any(hasattr(each, "resolve_expression") for each in rhs):
            super(_lookups.ArrayRHSMixin, self).__init__(lhs, rhs)
        else:
            super().__init__(lhs, rhs)


for _name in ("ArrayExact", "ArrayContains", "ArrayContainedBy", "ArrayOverlap"):
    _bases = (_WholeArray, getattr(_lookups, _name))
    TypedArrayField.register_lookup(type(_name, _bases, {}))


class ArrayFormField(forms.JSONField):
    """An array as JSON, which tells null from a text, and has lists in lists."""

    def __init__(self, *, array: TypedArrayField, **kwargs: Any) -> None:
        self.array = array
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if value is None:
            return value
        return super().prepare_value(
            self.array.as_json(value) if isinstance(value, list) else value
        )

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        if found is not None:
            return self.array.from_json(found)
        return None if self.array.null or self.array.has_db_default() else []

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class TypedBigIntegerRangeField(CastField, BigIntegerRangeField):
    pass


class TypedDateRangeField(CastField, DateRangeField):
    pass


class TypedDateTimeRangeField(CastField, DateTimeRangeField):
    pass


class TypedDecimalRangeField(CastField, DecimalRangeField):
    pass


class TypedHStoreField(TypedField, HStoreField):
    def is_shown_as(self, value: Any, data: Any) -> bool:
        return bool(value is None and self.null and data == {})


class TypedIntegerRangeField(CastField, IntegerRangeField):
    pass


def read_array(text: str) -> list[Any]:
    """The elements of PostgreSQL's own text for an array, as texts, None and lists of them."""
    tokens = _ARRAY_TOKEN.finditer(text[text.index("{") :])  # bounds may stand before it
    next(tokens)
    return list(_elements(tokens))


def _elements(tokens: Iterator[re.Match[str]]) -> Iterator[Any]:
    for token in tokens:
        quoted, sign, plain = token.groups()
        if sign == "}":
            return
        if sign == "{":
            yield list(_elements(tokens))
        elif quoted is not None:
            yield re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
        elif plain is not None:
            yield None if plain.upper() == "NULL" else plain
