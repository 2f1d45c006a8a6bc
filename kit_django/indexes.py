"""The indexes that Django lacks: long names, and definitions that only the database understands."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table

from kit_django.schema.dialects import nearest_dialect

MAX_NAME_LENGTH = 64


class Index(models.Index):
    """Django's index with a name of any length, of which Django allows 30 characters.

    ``method`` is what stands behind USING on PostgreSQL.
    """

    max_name_length = MAX_NAME_LENGTH

    def __init__(self, *expressions: Any, method: str = "", **kwargs: Any) -> None:
        self.method = method
        super().__init__(*expressions, **kwargs)

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        dialect = nearest_dialect(schema_editor.connection)
        if self.method and dialect.has_access_methods:
            using = f" USING {dialect.quote_name(self.method)}"
        return super().create_sql(model, schema_editor, using=using, **kwargs)

    def deconstruct(self) -> Any:
        path, expressions, kwargs = super().deconstruct()
        return path, expressions, {**kwargs, **({"method": self.method} if self.method else {})}


class RawIndex(models.Index):
    """An index in the database's own words: what stands behind ``CREATE INDEX name ON table``.

    ``kind`` is UNIQUE, FULLTEXT or SPATIAL. The index is made only on the database that
    ``vendor`` names.
    """

    max_name_length = MAX_NAME_LENGTH

    def __init__(self, sql: str, *, name: str, vendor: str, kind: str = "") -> None:
        super().__init__(models.Value(""), name=name)
        self.sql, self.vendor, self.kind = sql, vendor, kind
        self.expressions = ()

    def check(self, model: Any, connection: Any) -> list[Any]:
        return []

    def create_sql(
        self, model: Any, schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Any:
        connection = schema_editor.connection
        if connection.vendor != self.vendor:
            return None
        return Statement(
            "CREATE %(kind)sINDEX %(name)s ON %(table)s %(sql)s",
            kind=f"{self.kind} " if self.kind else "",
            name=nearest_dialect(connection).quote_name(self.name),
            table=Table(model._meta.db_table, schema_editor.quote_name),
            sql=self.sql,
        )

    def deconstruct(self) -> Any:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        kwargs: dict[str, Any] = {"name": self.name, "vendor": self.vendor}
        return path, (self.sql,), {**kwargs, **({"kind": self.kind} if self.kind else {})}
