"""A model's field -> the column method that makes it, on whatever database the migration runs later.

SQLite keeps no digits of a decimal, and a duration or a UUID is told there from no other number or
text: the model knows.
"""

from __future__ import annotations

from typing import Any

from kit_django.codegen.adopting.columns import METHODS, MODELS
from kit_django.codegen.adopting.tables import Tables
from kit_django.schema.constructs import Call, build
from kit_django.schema.facts import Column


def call_of(field: Any, column: Column, tables: Tables) -> Call | None:
    """Django's field that is the same to the database, or None where no method stands for it."""
    if column.generated is not None or field.remote_field:
        return None
    connection = tables.columns.reader.connection
    for base in type(field).__mro__:
        is_djangos = base.__module__.startswith("django.db.models")
        if is_djangos and base.__name__ in METHODS:
            _, keywords = METHODS[base.__name__]
            call = Call(f"{MODELS}{base.__name__}", **{n: getattr(field, n) for n in keywords})
            made = build(call).db_parameters(connection)["type"]
            return call if made == field.db_parameters(connection)["type"] else None
    return None
