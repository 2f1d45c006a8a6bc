"""The models that are there already follow the database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.faults import TableFault, faults_of
from kit_django.codegen.following.around import Around
from kit_django.codegen.following.drift import Drift
from kit_django.codegen.following.edits import Difference, RemoveClass, RemoveField
from kit_django.codegen.inference.context import KnownModel
from kit_django.codegen.inference.names import table_key
from kit_django.codegen.project import apps as project
from kit_django.codegen.source.rendering import assert_writable
from kit_django.codegen.source.workspace import Workspace
from kit_django.codegen.specs import Inference, Skipped, TableKey
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Database, display_name
from kit_django.schema.introspection import introspect_table

Progress = Callable[[str, int, int], None]
"""Hears what is being done, how many are, and of how many."""
UNPRUNED = "--prune takes the class away"


def untold(work: str, done: int, total: int) -> None:
    """Nobody asked how far the work is."""


def differences(
    connection: BaseDatabaseWrapper,
    around: Around,
    inferred: Inference,
    skipped: list[Skipped],
    progress: Progress = untold,
) -> Iterator[Difference]:
    """Where models and their tables do not say the same.

    A table that has a fault goes to ``skipped``.
    """
    tables = {table.key: table for table in around.database}
    for number, spec in enumerate(inferred.known):
        progress("Comparing models", number, len(inferred.known))
        model = apps.get_model(spec.label)
        drift = Drift(model, tables[spec.table], spec, connection, around)
        try:
            with faults_of(spec.table):
                found = list(drift.differences())
                if found:
                    assert_writable(spec)
        except TableFault as fault:
            skipped.append(fault.skipped)
        else:
            yield from found


def shared(connection: BaseDatabaseWrapper, labels: Iterable[str]) -> Iterator[Difference]:
    """Tables with several models, none of which is edited."""
    found = project.models_by_table(connection.alias, dialect_of(connection))
    for key, group in found.items():
        here = [model for model in group if model._meta.app_label in labels]
        if not project.is_shared(group) or not any(project.is_kits(m._meta.label) for m in here):
            continue
        names = ", ".join(model._meta.label for model in group)
        message = f"its table is also that of others ({names}); none of them is edited"
        yield Difference(display_name(key), here[0]._meta.label, "", message)


def models_gone(
    connection: BaseDatabaseWrapper, database: Database, labels: Iterable[str]
) -> Iterator[type[models.Model]]:
    """The models of apps whose tables are not there."""
    there = {table.key for table in database}
    for label in labels:
        for model in apps.get_app_config(label).get_models():
            schema, name = table_key(model._meta.db_table, dialect_of(connection))
            if model._meta.proxy or not project.is_kits(model._meta.label):
                continue
            if all(field.auto_created for field in model._meta.local_concrete_fields):
                continue  # a holder of permissions, or a child without columns of its own
            if (schema, name) in there or introspect_table(connection, name, schema):
                continue
            yield model


def without_tables(
    connection: BaseDatabaseWrapper,
    gone: Iterable[type[models.Model]],
    undecided: Mapping[TableKey, TableKey],
) -> Iterator[Difference]:
    """A class is taken away only where its table cannot have another name now."""
    for model in gone:
        key = table_key(model._meta.db_table, dialect_of(connection))
        shown, label = display_name(key), model._meta.label
        if key in undecided:
            new = display_name(undecided[key])
            message = (
                f"its table is gone, and {new} is like it; was it renamed? Say "
                f"--rename {shown}={new}, or --rename {shown}= if not"
            )
            yield Difference(shown, label, "", message)
        else:
            yield Difference(shown, label, "", "its table is gone", RemoveClass())


def may_be_exchanged(
    database: Database, known: Mapping[TableKey, KnownModel], undecided: Mapping[TableKey, TableKey]
) -> Iterator[Difference]:
    """Classes whose tables are there, and may be those of others now."""
    pairs = {old: new for old, new in undecided.items() if database.find(old[1], old[0])}
    words = " ".join(f"--rename {display_name(a)}={display_name(b)}" for a, b in pairs.items())
    for old, new in pairs.items():
        message = (
            f"its table has other columns now, and {display_name(new)} has those of the class; did "
            f"the tables change names? Say {words}, or --rename {display_name(old)}= if not"
        )
        yield Difference(display_name(old), known[new].label, "", message)


def fields_gone(found: Iterable[Difference]) -> Iterator[str]:
    """The names of fields that are taken away, and of their values."""
    for difference in found:
        if isinstance(difference.edit, RemoveField):
            field = apps.get_model(difference.model)._meta.get_field(difference.edit.name)
            yield from (field.name, getattr(field, "attname", field.name))


def classes_gone(found: Iterable[Difference]) -> Iterator[str]:
    """The names of classes that are taken away."""
    for difference in found:
        if isinstance(difference.edit, RemoveClass):
            yield apps.get_model(difference.model).__name__


def mend(
    workspace: Workspace,
    found: Iterable[Difference],
    files: Mapping[str, Iterable[Path]],
    *,
    prune: bool,
    force: bool,
) -> Iterator[Difference]:
    """Edit what can be edited. All differences come back, what is left to a person without an edit.

    ``files`` are those of each app.
    """
    by_model: dict[str, list[Difference]] = {}
    for difference in found:
        by_model.setdefault(difference.model, []).append(difference)
    by_file: dict[Path, dict[type[models.Model], list[Difference]]] = {}
    for label, group in by_model.items():
        model = apps.get_model(label)
        path = file_of(model, files[model._meta.app_label])
        if path is None:
            yield from (_left(each, f"the class is in {model.__module__}") for each in group)
        elif isinstance(group[0].edit, RemoveClass):
            others = [each for each in files[model._meta.app_label] if each != path]
            reason = _prune(workspace, path, others, model, force=force) if prune else UNPRUNED
            yield _left(group[0], reason) if reason else group[0]
        elif any(each.edit is not None for each in group):
            by_file.setdefault(path, {})[model] = group
        else:
            yield from group
    for path, models_there in by_file.items():
        yield from workspace.merge(path, models_there)


def _prune(
    workspace: Workspace,
    path: Path,
    others: Iterable[Path],
    model: type[models.Model],
    *,
    force: bool,
) -> str:
    """Take a class away, and a package's own import of it; why that was not done, if it was not."""
    name = model.__name__
    imports = [each for each in others if workspace.imports(each, name)]
    by_hand = [each for each in imports if not workspace.exports(each, path, name)]
    if by_hand:
        return f"{by_hand[0].name} imports the class"
    problem = workspace.prune(path, model, force=force)
    if not problem:
        for each in imports:
            workspace.unexport(each, path, name)
    return problem


def _left(difference: Difference, reason: str) -> Difference:
    message = f"{difference.message}; {reason}"
    return replace(difference, message=message, edit=None)


def file_of(model: type[models.Model], files: Iterable[Path]) -> Path | None:
    """The app's own file that has the class, or None where it comes from elsewhere."""
    file = getattr(sys.modules.get(model.__module__), "__file__", None)
    if file is None:
        return None
    found = Path(file).resolve()
    return next((path for path in files if path.resolve() == found), None)
