"""The app that a project installs."""

from __future__ import annotations

from django.apps import AppConfig


class KitDjangoConfig(AppConfig):
    name = "kit_django"
    verbose_name = "Kit for Django"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from kit_django import checks
        from kit_django.intervals import keep_intervals
        from kit_django.runner.ownership import tell_django

        checks.register()
        tell_django()
        connection_created.connect(keep_intervals, dispatch_uid="kit_django.intervals")
