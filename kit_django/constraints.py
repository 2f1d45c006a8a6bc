"""The constraint that Django lacks: one in the database's own words."""

from __future__ import annotations

from typing import Any

from django.db.models.constraints import BaseConstraint

from kit_django.schema.dialects import nearest_dialect


class RawConstraint(BaseConstraint):
    """A constraint whose definition only the database understands, and only it enforces.

    ``sql`` is what stands behind ``CONSTRAINT name``, such as ``CHECK (...)``; on MySQL it may be
    a ``KEY (...)`` too, which is then made with the table. The constraint is made only on the
    database that ``vendor`` names.
    """

    def __init__(self, sql: str, *, name: str, vendor: str) -> None:
        super().__init__(name=name)
        self.sql, self.vendor = sql, vendor

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """A foreign key waits until the table that it points to is there."""
        connection = schema_editor.connection
        if connection.vendor != self.vendor:
            return None
        if (
            self.sql.upper().startswith("FOREIGN KEY")
            and nearest_dialect(connection).adds_constraints
        ):
            schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
            return None
        return self._definition(connection)

    def _definition(self, connection: Any) -> str:
        name = nearest_dialect(connection).quote_name(self.name)
        if self._is_key:
            return f"KEY {name} {self.sql.removeprefix('KEY ')}"
        return f"CONSTRAINT {name} {self.sql}"

    @property
    def _is_key(self) -> bool:
        return self.sql.startswith("KEY ")

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        connection = schema_editor.connection
        if connection.vendor != self.vendor:
            return None
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} ADD {self._definition(connection)}"

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        connection = schema_editor.connection
        if connection.vendor != self.vendor:
            return None
        table = schema_editor.quote_name(model._meta.db_table)
        kind = "KEY" if self._is_key else "CONSTRAINT"
        return (
            f"ALTER TABLE {table} DROP {kind} {nearest_dialect(connection).quote_name(self.name)}"
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database does."""

    def deconstruct(self) -> Any:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, (self.sql,), {"name": self.name, "vendor": self.vendor}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RawConstraint):
            return bool(self.deconstruct() == other.deconstruct())
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]
