"""What the ``Typed...`` fields have in common: a column's type on each database, and its numbers."""

from __future__ import annotations

# mypy: disable-error-code="type-arg, misc"
# Fields are generic to the type checker only: at run time they cannot be subscripted.
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import connections, models

from kit_django.form_values import FormValues
from kit_django.schema.dialects import nearest_dialect

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class TypedField(FormValues):
    """What the ``Typed...`` fields add to Django's: the column's type on the named databases.

    ``db_types`` maps a connection's ``vendor`` to a type.
    """

    def __init__(
        self, *args: Any, db_types: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        self.db_types = dict(db_types or {})
        super().__init__(*args, **kwargs)

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        told = self._told_type(connection)
        return super().db_type(connection) if told is None else told

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        told = self._told_type(connection)
        return super().rel_db_type(connection) if told is None else told

    def _told_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """An empty one is SQLite's, whose columns need no type."""
        return self.db_types.get(connection.vendor)

    def cast_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        if connection.vendor in self.db_types and nearest_dialect(connection).casts_to_column_types:
            return self.db_types[connection.vendor]
        return super().cast_db_type(connection)

    def db_check(self, connection: BaseDatabaseWrapper) -> str | None:
        return None if connection.vendor in self.db_types else super().db_check(connection)

    def _check_backend_specific_checks(self, databases: Any = None, **kwargs: Any) -> Any:
        """A type that was told is made as it was told, whatever Django thinks of it."""
        others = [each for each in databases or () if connections[each].vendor not in self.db_types]
        return super()._check_backend_specific_checks(databases=others, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.db_types:
            kwargs["db_types"] = self.db_types
        return name, path, args, kwargs


class TypedAutoMixin(TypedField):
    """A key that numbers its rows; ``db_types`` holds the type without the numbering."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        typed = super().db_type(connection)
        return _numbering(typed, connection) if connection.vendor in self.db_types else typed


class NextNumber(models.Expression):
    """The number that the database gives to a new row."""

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return "DEFAULT", []


class IdentityMixin(TypedField):
    """A column that numbers the rows beside the key: Django's AutoField can only be the key.

    A new row gets its number from the database, unless it is given one. SQLite has no such
    column.
    """

    db_returning = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["blank"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["blank"]
        return name, path, args, kwargs

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        typed = super().db_type(connection)
        return _numbering(typed, connection)

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return super().db_type(connection)

    def db_type_suffix(self, connection: BaseDatabaseWrapper) -> str | None:
        has_identity = nearest_dialect(connection).has_identity
        return connection.data_types_suffix.get("AutoField") if has_identity else None

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        return NextNumber() if add and value is None else value


def _numbering(typed: str | None, connection: BaseDatabaseWrapper) -> str | None:
    """The type with the word that makes it number the rows, where that stands with the type."""
    return f"{typed} {nearest_dialect(connection).numbering_word}".rstrip() if typed else typed
