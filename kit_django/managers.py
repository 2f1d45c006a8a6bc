"""Managers that generated models import where ``KIT["SOFT_DELETES"]`` asks for them."""

from __future__ import annotations

# mypy: disable-error-code="type-arg, misc"
# Managers are generic to the type checker only: at run time they cannot be subscripted.
from typing import Any

from django.db import models


class NotDeletedManager(models.Manager):
    """The rows of which the column ``field`` says no time at which they were deleted."""

    def __init__(self, field: str = "deleted_at") -> None:
        super().__init__()
        self.field = field

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(**{f"{self.field}__isnull": True})
