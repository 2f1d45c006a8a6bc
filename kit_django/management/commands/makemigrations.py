"""``makemigrations``: Django's own command, which has nothing to make in kit's apps."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.makemigrations import Command as DjangoMakeMigrations

from kit_django.management.autodetector import Autodetector
from kit_django.management.base import OneParagraphErrors
from kit_django.runner.ownership import kits_apps


class Command(OneParagraphErrors, DjangoMakeMigrations):
    autodetector = Autodetector  # the same as migrate's, or Django's checks complain

    def handle(self, *app_labels: str, **options: Any) -> None:
        """Leave kit's apps out, and say so of those that were named."""
        kits = {config.label for config in kits_apps()}
        if left_out := [label for label in app_labels if label in kits]:
            self.stderr.write(self.style.NOTICE(words(left_out)))
        others = [label for label in app_labels if label not in kits]
        if others or not app_labels:
            super().handle(*others, **options)


def words(labels: list[str]) -> str:
    whose = "is kit's" if len(labels) == 1 else "are kit's"
    return (
        f'{", ".join(labels)} {whose}, by settings.KIT["MODELS"]: make_migration makes a migration '
        f"for its tables, and db_sync its models. No migration of Django's was made there."
    )
