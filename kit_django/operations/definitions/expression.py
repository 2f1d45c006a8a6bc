"""Django's expressions compiled to the SQL text that goes into DDL, where nothing can be bound."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql import Query

from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.values import filled


def expression_sql(expression: Any, table: facts.Table, catalog: Catalog) -> str:
    """The SQL of a condition or expression over a table's columns; a string is SQL already.

    Names in ``F()`` and ``Q()`` are names of columns. Raises FieldError for a name that the table
    lacks, as Django does.
    """
    if isinstance(expression, str):
        return expression
    from kit_django.operations.models import model_of

    query = Query(model_of(table, catalog), alias_cols=False)
    compiler = query.get_compiler(connection=catalog.connection)
    if isinstance(expression, models.Q):
        sql, params = compiler.compile(query.build_where(expression))
    else:
        sql, params = compiler.compile(expression.resolve_expression(query, allow_joins=False))
    return filled(catalog.connection, sql, params)


def default_sql(connection: BaseDatabaseWrapper, field: models.Field[Any, Any]) -> str:
    """The SQL of a field's ``db_default``, without the word DEFAULT."""
    editor = connection.schema_editor(atomic=False)
    expression = field._db_default_expression  # type: ignore[attr-defined]
    is_value = isinstance(expression, models.Value)
    template = editor._column_default_sql(field) if is_value else "(%s)"  # type: ignore[attr-defined]
    compiler = Query(field.model).get_compiler(connection=connection)
    # For queries, SQLite has a way of its own that puts a cast around a number.
    compiled = expression.as_sql(compiler, connection) if is_value else compiler.compile(expression)
    sql, params = compiled
    # MariaDB cannot read back a default that it has stored with this word; x'00' is binary anyway.
    sql = sql.replace("_binary %s", "%s")
    return str(template % filled(connection, sql, params))
