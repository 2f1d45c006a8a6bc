"""What the annotations of a migration's methods say beyond Python's types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import BaseExpression


@dataclass(frozen=True)
class AtLeast:
    least: int


Count = Annotated[int, AtLeast(1)]
Places = Annotated[int, AtLeast(0)]
Params = Sequence[Any] | Mapping[str, Any]
Columns = str | Sequence[str]
Condition = str | Q | BaseExpression | F
Parts = str | BaseExpression | F | Sequence[str | BaseExpression | F]


def names(columns: Columns) -> tuple[str, ...]:
    """``"email"`` and ``["email"]`` -> ``("email",)``."""
    return (columns,) if isinstance(columns, str) else tuple(columns)


if TYPE_CHECKING:
    Field = models.Field[Any, Any]
else:  # at run time Django's fields cannot be subscripted
    Field = models.Field
