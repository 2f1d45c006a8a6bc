"""Dates and times without a zone, as they stand in the database: PostgreSQL's ``timestamp``."""

from __future__ import annotations

# mypy: disable-error-code="type-arg, misc"
# Fields are generic to the type checker only: at run time they cannot be subscripted.
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import functions
from django.db.models.expressions import Col
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import cached_property

from kit_django.schema.dialects import nearest_dialect
from kit_django.typed import TypedField

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def _without_zone(read: Callable[[Any], Any], value: Any) -> Any:
    """What Django's form makes of a value, in a zone whose clocks never jump."""
    with timezone.override(UTC):
        found = read(value)
        return timezone.make_naive(found) if found and timezone.is_aware(found) else found


class NaiveFormField(forms.DateTimeField):
    """What was typed is what is saved: no zone is thought of."""

    def to_python(self, value: Any) -> Any:
        return _without_zone(super().to_python, value)


class NaiveSplitFormField(forms.SplitDateTimeField):
    """The same in the admin's two boxes."""

    def compress(self, data_list: Any) -> Any:
        return _without_zone(super().compress, data_list)


class _Naive(models.Field):
    """What both sides of the field have in common."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        told: str | None = getattr(self, "db_types", {}).get(connection.vendor)
        return told or nearest_dialect(connection).naive_time or super().db_type(connection)

    def get_internal_type(self) -> str:
        return "DateTimeField"

    def to_python(self, value: Any) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value, time.min)
        if not isinstance(value, str):
            return value
        try:
            found = parse_datetime(value) or self.to_python(parse_date(value))
        except ValueError:
            found = None
        if found is None:
            raise ValidationError(f"{value!r} is no date and time.", code="invalid")
        return found

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(models.Field.get_prep_value(self, value))

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        """A time with a zone is written as the database itself would write it there."""
        value = value if prepared else self.get_prep_value(value)
        if isinstance(value, datetime) and timezone.is_aware(value):
            value = timezone.make_naive(value, connection.timezone)
        return value if value is None else connection.ops.adapt_datetimefield_value(value)


class _Column(_Naive, models.DateField):
    """What expressions see: to Django no time that it would move to another zone."""


class NaiveDateTimeField(_Naive, TypedField, models.DateTimeField):
    """A date and time without a zone; Python's values are naive, and none is moved to a zone.

    Lookups and ``dates()`` go by what stands in the column.
    """

    @cached_property
    def _column(self) -> _Column:
        found = _Column(null=self.null)
        found.set_attributes_from_name(self.name)
        found.model, found.column = self.model, self.column
        return found

    @cached_property
    def cached_col(self) -> Col:
        return Col(self.model._meta.db_table, self, self._column)

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        if output_field is None or output_field == self:
            return Col(alias, self, self._column)
        return super().get_col(alias, output_field)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, datetime) and timezone.is_aware(value):
            value = timezone.make_naive(value, timezone.get_default_timezone())
            setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        wanted = kwargs.get("form_class", forms.DateTimeField)
        is_split = issubclass(wanted, forms.SplitDateTimeField)
        form_class = NaiveSplitFormField if is_split else NaiveFormField
        return super().formfield(**{**kwargs, "form_class": form_class})


def _part(name: str) -> type[functions.Extract]:
    """A part of it as a plain number: Django's own compare years as spans of a zone's times."""
    return type(f"Extract{name.title()}", (functions.Extract,), {"lookup_name": name})


for _name in ("year", "iso_year", "month", "day", "week", "week_day", "iso_week_day", "quarter"):
    _Column.register_lookup(_part(_name))
for _name in ("hour", "minute", "second"):
    _Column.register_lookup(_part(_name))
for _transform in (functions.TruncDate, functions.TruncTime):
    _Column.register_lookup(
        type(_transform.__name__, (_transform,), {"get_tzname": lambda _: None})
    )
