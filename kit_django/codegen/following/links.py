"""A ManyToManyField without ``through=`` and its link table, which no model of a file speaks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import strip_quotes, truncate_name

from kit_django.codegen.following.around import Around
from kit_django.codegen.following.edits import ChangeField, Edit
from kit_django.codegen.inference.names import plain_name, table_key, table_name
from kit_django.codegen.project import apps as project
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Column, Database, Table, display_name
from kit_django.schema.introspection import introspect_table


def links_gone(
    connection: BaseDatabaseWrapper, database: Database, labels: Iterable[str]
) -> Iterator[type[models.Model]]:
    """The models that Django makes for link tables which are not there."""
    there = {table.key for table in database}
    found = (model for label in labels for model in apps.get_app_config(label).get_models())
    for model in (each for each in found if project.is_kits(each._meta.label)):
        fields: Any = model._meta.local_many_to_many
        for through in (field.remote_field.through for field in fields):
            schema, name = table_key(through._meta.db_table, dialect_of(connection))
            if not through._meta.auto_created or (schema, name) in there:
                continue
            if introspect_table(connection, name, schema) is None:
                yield through


def link_edits(
    field: Any, table: Table, around: Around, connection: BaseDatabaseWrapper
) -> Iterator[tuple[str, Edit | None]]:
    """What differs, in words, and the edit that mends it; None where only a person can.

    ``table`` is the one of the field's model.
    """
    through = field.remote_field.through
    if not through._meta.auto_created:
        return
    was = table_key(through._meta.db_table, dialect_of(connection))
    key = around.renames.tables.get(was, was)
    link = around.database.find(key[1], key[0]) or introspect_table(connection, key[1], key[0])
    if link is None:
        yield _without_table(display_name(was), around), None
        return
    written = table_name(key, dialect_of(connection))
    if written != _table_of(field, table, connection):
        yield f"its link table is {display_name(key)}", _change(field, written)
    if message := _unlike(through, link, connection):
        yield message, None


def _without_table(name: str, around: Around) -> str:
    undecided = around.renames.undecided
    new = next(
        (display_name(now) for old, now in undecided.items() if display_name(old) == name), ""
    )
    if not new:
        return f"its link table {name} is not there"
    return (
        f"its link table {name} is gone, and {new} is like it; was it renamed? Say "
        f"--rename {name}={new}, or --rename {name}= if not"
    )


def _change(field: Any, written: str) -> Edit:
    return ChangeField(field.name, (("db_table", written),))


def _table_of(field: Any, table: Table, connection: BaseDatabaseWrapper) -> str:
    """The table that Django will look for, once the model has the name of its table."""
    owner = strip_quotes(table_name(table.key, dialect_of(connection)))
    made = truncate_name(f"{owner}_{field.name}", connection.ops.max_name_length())
    return str(field.db_table or made)


def _unlike(
    through: type[models.Model], link: Table, connection: BaseDatabaseWrapper
) -> str | None:
    """Why Django cannot read and write the link table."""
    fields: Any = through._meta.local_concrete_fields
    wanted = [plain_name(each.column, dialect_of(connection)) for each in fields]
    missing = [name for name in wanted if not link.has_column(name)]
    has = f"its link table {display_name(link.key)} has {', '.join(link.column_names)}"
    if missing:
        return f"{has}, where Django looks for {', '.join(missing)}"
    others = [each.name for each in link.columns if each.name not in wanted and not _fills(each)]
    return f"{has}, and Django gives no value to {', '.join(others)}" if others else None


def _fills(column: Column) -> bool:
    """Whether a row that does not speak of the column has a value for it."""
    return bool(column.null or column.default or column.identity or column.generated)
