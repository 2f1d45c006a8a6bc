"""Tables of a live database that kit's migrations have no business to make."""

from __future__ import annotations

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.project.apps import models_by_table, own_tables
from kit_django.codegen.specs import TableKey
from kit_django.conf import get_settings
from kit_django.runner.ownership import has_django_migrations
from kit_django.schema.dialects import dialect_of


def made_by_others(connection: BaseDatabaseWrapper) -> frozenset[TableKey]:
    """Those that Django's own migrations make, and the histories of both."""
    found = models_by_table(connection.alias, dialect_of(connection))
    of_django = (
        key
        for key, models in found.items()
        if any(
            model._meta.managed
            and has_django_migrations(apps.get_app_config(model._meta.app_label))
            for model in models
        )
    )
    return own_tables(get_settings()) | frozenset(of_django)
