"""The tables of generated models in an empty database, whatever their names are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import names_digest

from kit_django.schema.dialects import Dialect, dialect_of
from kit_django.schema.sql.tokens import pieces

_ODD = re.compile(r"\W")


def create_models(
    connection: BaseDatabaseWrapper,
    classes: Iterable[type[models.Model]],
    surroundings: Iterable[str] = (),
) -> list[str]:
    """Make the tables of models in an empty database; the errors of those that it refused.

    ``surroundings`` are the statements that make what models cannot say and columns need.
    """
    errors = []
    for statement in surroundings:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute(statement)
    with _without_checks(connection), _editor(connection) as editor:
        for model in classes:
            try:
                editor.create_model(model)
            except DatabaseError as error:
                errors.append(f"{model._meta.db_table}: {error}")
        for statement in editor.deferred_sql:
            try:
                editor.execute(statement, None)
            except DatabaseError as error:
                errors.append(f"{statement}: {error}")
        editor.deferred_sql = []
    return errors


@contextmanager
def _without_checks(connection: BaseDatabaseWrapper) -> Iterator[None]:
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


def _editor(connection: BaseDatabaseWrapper) -> Any:
    """Django's own schema editor, for names that it does not quote or double right.

    It makes names of indexes and foreign keys out of those of tables and columns, quotes and all;
    and a statement without parameters is one in which it leaves percent signs doubled.
    """
    base: Any = connection.SchemaEditorClass

    class Editor(base):  # type: ignore[misc]
        def _create_index_name(
            self, table_name: str, column_names: Iterable[str], suffix: str = ""
        ) -> str:
            name: str = super()._create_index_name(
                _plain(table_name), list(map(_plain, column_names)), _ODD.sub("_", suffix)
            )
            return name

        def execute(self, sql: Any, params: Any = ()) -> None:
            statement = sql if params else _undoubled(str(sql), dialect_of(connection))
            super().execute(statement, params or None)

    return Editor(connection, atomic=False)


def _plain(name: str) -> str:
    """Letters, digits and underscores, which are another name's only if that is the same."""
    plain = _ODD.sub("_", name)
    return name if plain == name else f"{plain}_{names_digest(name, length=8)}"


def _undoubled(sql: str, dialect: Dialect) -> str:
    """In names alone a doubled percent sign is one."""
    return "".join(
        piece.text.replace("%%", "%") if piece.kind == "quoted" else piece.text
        for piece in pieces(sql, dialect)
    )
