"""A model's ``Q`` -> the same as source, which is a condition on every database."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db.models import Q

from kit_django.schema.constructs import Binary, Call, Not, Value

OPERATORS = {Q.AND: "&", Q.OR: "|"}


def condition_of(condition: Any, columns: Mapping[str, str]) -> Value:
    """``columns`` are those of the model's fields. None where it is more than plain values."""
    if not isinstance(condition, Q) or condition.connector not in OPERATORS:
        return None
    parts = [_part(each, columns) for each in condition.children]
    if not parts or any(each is None for each in parts):
        return None
    operator = OPERATORS[condition.connector]
    whole = reduce(lambda one, other: Binary(operator, one, other), parts)
    return Not(whole) if condition.negated else whole


def _part(child: Any, columns: Mapping[str, str]) -> Value:
    if isinstance(child, Q):
        return condition_of(child, columns)
    if not isinstance(child, tuple):
        return None
    lookup, value = child
    name, _, rest = lookup.partition("__")
    if name not in columns or "__" in columns[name] or not _is_plain(value):
        return None
    return Call("django.db.models.Q", **{"__".join(filter(None, [columns[name], rest])): value})


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return type(value) in (str, int, bool, float, Decimal)
