"""What becomes of a form's values in the fields of kit's own."""

from __future__ import annotations

# mypy: disable-error-code="type-arg, misc"
# Fields are generic to the type checker only: at run time they cannot be subscripted.
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models


class FormValues(models.Field):
    """What nobody touched stays as it is, also where a form shows less of it.

    What is left empty is the database's to fill in, if the column takes no null and has a default.
    """

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        if self.is_shown_as(getattr(instance, self.attname), data):
            return
        if self._is_left_to_the_database(data):
            setattr(instance, self.attname, self.get_default())
        else:
            super().save_form_data(instance, data)

    def _is_left_to_the_database(self, data: Any) -> bool:
        """An empty text may be a value as others are."""
        if data not in (None, "") or self.null or not self.has_db_default():
            return False
        choices: Any = self.flatchoices
        is_value = "" in dict(choices) if choices else self.empty_strings_allowed
        return data is None or not is_value

    def is_shown_as(self, value: Any, data: Any) -> bool:
        """Whether a form gives that back of a value: it shows no blanks around a text, and no parts
        of a second."""
        if value is None:
            return bool(self.null and data == "")
        if isinstance(value, str):
            return bool(value.strip() == (data or ""))
        if isinstance(value, datetime | time):
            return bool(value.replace(microsecond=0) == data)
        return isinstance(value, UUID | timedelta) and value == data


class JSONFormField(forms.JSONField):
    """Empty lists and objects are values, and so is a ``null`` that somebody wrote."""

    def clean(self, value: Any) -> Any:
        if self.required and value in self.empty_values:
            raise ValidationError(self.error_messages["required"], code="required")
        return super().clean(value)

    def validate(self, value: Any) -> None:
        pass


class UnlimitedFormField(forms.DecimalField):
    """Any number that a ``numeric`` takes, NaN and infinity too."""

    def clean(self, value: Any) -> Any:
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            return super().clean(value)
        return super().clean(value) if found.is_finite() else found
