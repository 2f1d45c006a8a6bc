"""The Django project around a sync: its apps, its models, and which table is whose."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings as django_settings
from django.db import models, router
from django.db.migrations.recorder import MigrationRecorder

from kit_django.codegen.inference.context import KnownModel
from kit_django.codegen.inference.names import plain_name, table_key
from kit_django.codegen.specs import TableKey
from kit_django.conf import Settings
from kit_django.exceptions import ConfigurationError, UsageError
from kit_django.meant import did_you_mean
from kit_django.runner.ownership import has_django_migrations, is_projects_own
from kit_django.schema.constructs import Ref, Value
from kit_django.schema.dialects import Dialect
from kit_django.schema.facts import display_name


def patterns(settings: Settings, label: str | None = None) -> dict[str, tuple[str, ...]]:
    """App label -> table patterns: those of the settings, or of one app.

    Raises ConfigurationError for an app that is not installed, UsageError where nothing says
    which app is meant.
    """
    if label is not None:
        found = {label: settings.models.get(label, ("*",))}
    elif settings.models:
        found = dict(settings.models)
    else:
        found = {_only_app(): ("*",)}
    for each in found:
        app_config(each)
    return found


def schemas(wanted: Mapping[str, tuple[str, ...]], there: Iterable[str]) -> list[str]:
    """The schemas that patterns such as ``audit.*`` and ``lab_*.*`` name, of those that are there
    where they are not named in plain letters."""
    patterns = [pattern for each in wanted.values() for pattern in each if "." in pattern]
    prefixes = {pattern.partition(".")[0] for pattern in patterns}
    plain = {prefix for prefix in prefixes if not set(prefix) & set("*?[")}
    return sorted(plain | {each for each in there if any(fnmatchcase(each, p) for p in prefixes)})


def app_config(label: str) -> AppConfig:
    try:
        return apps.get_app_config(label)
    except LookupError as error:
        raise ConfigurationError(
            f"There is no app {label!r} among INSTALLED_APPS, so that its models cannot be "
            f'written. Add it, or mend settings.KIT["MODELS"] or --app.'
            f"{did_you_mean(label, apps.app_configs)}"
        ) from error


def _only_app() -> str:
    labels = [
        config.label
        for config in apps.get_app_configs()
        if is_projects_own(config) and not has_django_migrations(config)
    ]
    if len(labels) == 1:
        return labels[0]
    which = f"several fit: {', '.join(labels)}" if labels else "no app of the project fits"
    raise UsageError(
        f"It is not said which app's models to write, and {which}. "
        f'Set settings.KIT = {{"MODELS": {{"app": ["*"]}}}}, or call db_sync with --app LABEL.'
    )


def owner_of(key: TableKey, wanted: Mapping[str, tuple[str, ...]]) -> str | None:
    """The app whose patterns take a table; one elsewhere is taken by ``schema.table`` alone."""
    schema, written = key[0], display_name(key)
    for label, patterns in wanted.items():
        fitting = (each for each in patterns if schema is None or "." in each)
        if any(fnmatchcase(written, pattern) for pattern in fitting):
            return label
    return None


def apps_of(
    keys: Iterable[TableKey], alias: str, dialect: Dialect, settings: Settings
) -> dict[TableKey, str]:
    """The app of each table that has a model, or that ``MODELS`` gives to one."""
    there = models_by_table(alias, dialect)
    found = {
        key: there[key][0]._meta.app_label if key in there else owner_of(key, settings.models)
        for key in keys
    }
    return {key: label for key, label in found.items() if label}


def own_tables(settings: Settings) -> frozenset[TableKey]:
    """Tables of the machinery, which never get a model."""
    django_history = MigrationRecorder.Migration._meta.db_table
    return frozenset((None, name) for name in (django_history, settings.history_table))


def known_models(alias: str, dialect: Dialect) -> dict[TableKey, KnownModel]:
    """Every model of the project that lives in that database, by its table."""
    return {
        key: replace(_known(group[0], dialect), is_shared=is_shared(group))
        for key, group in models_by_table(alias, dialect).items()
    }


def models_by_table(alias: str, dialect: Dialect) -> dict[TableKey, list[type[models.Model]]]:
    """The models of each table, those that Django looks after first."""
    found: dict[TableKey, list[type[models.Model]]] = {}
    for model in apps.get_models(include_auto_created=True):
        if router.allow_migrate_model(alias, model) and not model._meta.proxy:
            found.setdefault(table_key(model._meta.db_table, dialect), []).append(model)
    for each in found.values():
        each.sort(key=lambda model: not model._meta.managed)
    return found


def is_shared(found: list[type[models.Model]]) -> bool:
    """Whether it is unclear which of a table's models follows it."""
    return len(found) > 1 and found[0]._meta.managed == found[1]._meta.managed


def is_kits(label: str) -> bool:
    """Whether a model follows the database, and not Django's own migrations."""
    try:
        model = apps.get_model(label)
    except LookupError:
        return False  # written by this process, and not imported
    if model._meta.auto_created or model._meta.swapped:
        return False
    has_migrations = has_django_migrations(apps.get_app_config(model._meta.app_label))
    return not (has_migrations and model._meta.managed)


def class_names(label: str) -> frozenset[str]:
    """The names of an app's models, in lower case."""
    return frozenset(apps.all_models[label])


def meta_names(but: Container[str] = ()) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the models' indexes, and of their constraints, but for some models."""
    every = apps.get_models(include_auto_created=True)
    found = [model for model in every if model._meta.label not in but]
    indexes = (index.name for model in found for index in model._meta.indexes)
    constraints = (each.name for model in found for each in model._meta.constraints)
    return frozenset(indexes), frozenset(constraints)


def _known(model: type[models.Model], dialect: Dialect) -> KnownModel:
    opts = model._meta

    def column(field: Any) -> str:
        return plain_name(field.column, dialect)

    fields: list[Any] = [each for each in opts.local_concrete_fields if each.column]
    key: list[Any] = opts.pk_fields
    return KnownModel(
        label=opts.label,
        reference=_reference(model),
        fields={column(each): each.name for each in fields},
        key=tuple(map(column, key)),
        unique=frozenset(map(column, _unique_fields(fields, opts.total_unique_constraints, opts))),
        names=frozenset(_names(model)),
        relations=frozenset(column(each) for each in fields if each.remote_field),
        checks=frozenset(
            str(each.name) for each in opts.constraints if isinstance(each, models.CheckConstraint)
        ),
        collects=any(_collects(each) for each in fields),
        is_collected=any(_collects(each.field) for each in opts.related_objects),
    )


def _reference(model: type[models.Model]) -> Value:
    label = model._meta.label
    if label.lower() == django_settings.AUTH_USER_MODEL.lower():
        return Ref("django.conf.settings.AUTH_USER_MODEL")
    return label


def _unique_fields(fields: Iterable[Any], constraints: Iterable[Any], opts: Any) -> Iterable[Any]:
    yield from (each for each in fields if each.unique)
    for constraint in constraints:
        if len(constraint.fields) == 1:
            yield opts.get_field(constraint.fields[0])


def _names(model: type[models.Model]) -> Iterable[str]:
    """What a reverse accessor or query name could clash with."""
    for each in model._meta.get_fields(include_hidden=True):
        yield each.name
        if attname := getattr(each, "attname", None):
            yield attname
        if hasattr(each, "get_accessor_name") and (accessor := each.get_accessor_name()):
            yield accessor
    yield from (name for name in vars(model) if not name.startswith("__"))


def _collects(field: Any) -> bool:
    """Whether Django itself acts on what a foreign key points to being deleted."""
    action = getattr(field.remote_field, "on_delete", None)
    kinds = (type(models.DB_CASCADE),) if hasattr(models, "DB_CASCADE") else ()
    return action is not None and action is not models.DO_NOTHING and not isinstance(action, kinds)
