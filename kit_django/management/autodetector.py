"""What ``makemigrations`` makes, and ``migrate`` misses: what no migration of Django's says of models."""

from __future__ import annotations

from typing import Any

from django.db.migrations.autodetector import MigrationAutodetector

from kit_django.runner.ownership import kits_apps


class Autodetector(MigrationAutodetector):
    """Leaves kit's apps out.

    Django does so too, but for a project in which no app has a migration of its: there it takes all
    models for new, and minutes to put hundreds of them in an order that nobody sees.
    """

    def __init__(self, from_state: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(from_state, *args, **kwargs)
        self.from_state.real_apps |= {config.label for config in kits_apps()}
