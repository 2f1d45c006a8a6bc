"""What the rows that are there get in a column that cannot be null."""

from __future__ import annotations

import datetime
import enum
import uuid
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.functional import Promise

from kit_django.schema.constructs import Call, Value, build
from kit_django.schema.values import filled, literal


def value_of(field: Any, connection: BaseDatabaseWrapper) -> Value:
    """The field's default, as Django itself gives it to rows; None where there is none."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        is_date = type(field) is models.DateField
        return (
            _plain(datetime.datetime.now(datetime.UTC).date())
            if is_date
            else Call("django.db.models.functions.Now")
        )
    editor: Any = connection.schema_editor(collect_sql=True)
    return _plain(editor._effective_default(field))


def literal_of(field: Any, value: Value, connection: BaseDatabaseWrapper) -> str:
    """The same as SQL."""
    if isinstance(value, Call) and value.name == "Now":
        return "CURRENT_TIMESTAMP"
    made = field.get_db_prep_save(field.to_python(build(value)), connection)
    if hasattr(made, "as_sql"):
        compiler: Any = connection.ops.compiler("SQLCompiler")(
            models.sql.Query(None), connection, None
        )
        sql, params = made.as_sql(compiler, connection)
        return filled(connection, sql, params)
    return literal(connection, made)


def _plain(value: Any) -> Value:
    match value:
        case enum.Enum():
            return _plain(value.value)
        case Promise() | uuid.UUID() | datetime.date() | datetime.time():
            return str(value)
        case datetime.timedelta(days=days, seconds=seconds, microseconds=rest):
            return Call("datetime.timedelta", days=days, seconds=seconds, microseconds=rest)
        case None | bool() | int() | float() | str() | bytes() | Decimal():
            return value
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case models.Model():
            return _plain(value.pk)
    return str(value)
