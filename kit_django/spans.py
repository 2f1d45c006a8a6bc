"""MySQL's ``time``, which is a span as well: from -838:59:59 to 838:59:59."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_time

_SPAN = re.compile(r"(-?)(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?")
DAY = timedelta(days=1)


def time_or_span(text: str) -> time | timedelta | None:
    """The time of a day, the span that is none, or None for another text."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return parse_time(text)
    sign, hours, minutes, seconds, parts = found.groups("")
    micros = int(parts.ljust(6, "0")) if parts else 0
    span = timedelta(
        hours=int(hours), minutes=int(minutes), seconds=int(seconds), microseconds=micros
    )
    if sign or span >= DAY:
        return -span if sign else span
    return time(int(hours), int(minutes), int(seconds), micros)


def as_text(span: timedelta) -> str:
    """A span as MySQL writes it."""
    length = abs(span)
    seconds = length.days * 86400 + length.seconds
    hours, minutes = divmod(seconds // 60, 60)
    parts = f".{length.microseconds:06}" if length.microseconds else ""
    return f"{'-' if span < timedelta() else ''}{hours:02}:{minutes:02}:{seconds % 60:02}{parts}"


class SpanFormField(forms.TimeField):
    """A time of the day, or a span."""

    def prepare_value(self, value: Any) -> Any:
        return as_text(value) if isinstance(value, timedelta) else super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            found = time_or_span(str(value))
            if found is None:
                raise
            return found
