"""ORM models of tables as they are now: for ``schema.model()`` and for compiling expressions.

The fields are those that db_sync would write, under the columns' own names.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.duration import duration_microseconds

from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.constructs import Call, build
from kit_django.schema.facts import Key
from kit_django.schema.field_reader import FieldReader

Model = type[models.Model]
RAW_SQL = "django.db.models.expressions.RawSQL"
# What a field cannot be called: Django refuses it, or it would hide a part of the model.
RESERVED = {
    *dir(models.Model),
    *("objects", "pk", "Meta", "_meta", "_state", "DoesNotExist", "MultipleObjectsReturned"),
}


class BigIntegerOrDuration(models.BigIntegerField):  # type: ignore[type-arg]
    """What ``duration()`` makes where no type is one: it takes spans of time, as microseconds."""

    def get_prep_value(self, value: Any) -> Any:
        is_span = isinstance(value, timedelta)
        return super().get_prep_value(duration_microseconds(value) if is_span else value)


def model_of(table: facts.Table, catalog: Catalog) -> Model:
    """A model of the one table, whose foreign keys are plain columns.

    Expressions find its fields by the names of their columns, whatever the fields are called.
    """
    model = ModelMaker(catalog, relations=False).model(table)
    by_name: dict[str, Any] = model._meta._forward_fields_map  # type: ignore[attr-defined]
    for name in table.column_names:
        by_name[name] = by_name[_attribute(name)]
    return model


def field_of(column: facts.Column, catalog: Catalog) -> models.Field[Any, Any]:
    """The Django field of a column's type."""
    field: models.Field[Any, Any] = build(_reader(catalog).read(column).call)
    return field


def _reader(catalog: Catalog) -> FieldReader:
    return FieldReader.of(catalog.connection, facts.Database(catalog.connection.vendor))


class ModelMaker:
    """Makes models in one app registry, so that rows of one can be assigned to another's fields.

    With ``relations`` foreign keys lead to models of the tables that they point to.
    """

    def __init__(self, catalog: Catalog, *, relations: bool) -> None:
        self.catalog = catalog
        self.connection = catalog.connection
        self.relations = relations
        self.reader = _reader(catalog)
        self.apps = Apps()
        self.names: dict[Key, str] = {}
        self.made: dict[Key, Model] = {}

    def model(self, table: facts.Table) -> Model:
        """The model of the table, always the same one."""
        if table.key not in self.made:
            self.made[table.key] = self._make(table)
        return self.made[table.key]

    def _make(self, table: facts.Table) -> Model:
        name = self.names.setdefault(table.key, f"Table{len(self.names)}")
        relations = self._relations(table)
        body: dict[str, Any] = {"__module__": __name__, "Meta": self._meta(table)}
        body |= dict(self._field(column, table, relations) for column in table.columns)
        key = _key_columns(table)
        if len(key) > 1:
            attributes = [
                _relation_name(each) if each in relations else _attribute(each) for each in key
            ]
            body["pk"] = models.CompositePrimaryKey(*attributes)
        made: Model = type(name, (models.Model,), body)
        for target in relations.values():
            if target.key not in self.names:
                self.model(target)
        return made

    def _meta(self, table: facts.Table) -> type:
        options = {
            "apps": self.apps,
            "app_label": "kit_django",
            "db_table": _in_query(self.catalog.dialect.quote_qualified(table.name, table.schema)),
            "managed": False,
        }
        return type("Meta", (), options)

    def _relations(self, table: facts.Table) -> dict[str, facts.Table]:
        """The tables that columns of one-column foreign keys to a primary key lead to."""
        if not self.relations:
            return {}
        found = {}
        for key in table.foreign_keys:
            target = self.catalog.find((key.to_schema, key.to_table))
            if target is None or len(key.columns) > 1 or key.to_columns != _key_columns(target):
                continue
            (column,) = key.columns
            name = _relation_name(column)
            if not any(table.has_column(each) for each in {name, f"{name}_id"} - {column}):
                found[column] = target
        return found

    def _field(
        self, column: facts.Column, table: facts.Table, relations: dict[str, facts.Table]
    ) -> tuple[str, models.Field[Any, Any]]:
        is_key = _key_columns(table) == (column.name,)
        options: dict[str, Any] = {
            "null": column.null and not is_key,
            "blank": True,
            "primary_key": is_key,
            "db_column": _in_query(self.catalog.dialect.quote_name(column.name)),
        }
        if column.generated:
            return _attribute(column.name), self._generated(column)
        if column.default is not None and column.identity is None and not is_key:
            options["db_default"] = Call(RAW_SQL, _in_query(column.default), ())
        if column.name in relations:
            name = _relation_name(column.name)
            return name, self._foreign_key(relations[column.name], options)
        call = self.reader.auto(column) if is_key and _numbers_rows(column, table) else None
        call = call or self._read(column, table)
        return _attribute(column.name), build(call.with_(**options))

    def _read(self, column: facts.Column, table: facts.Table) -> Call:
        call = self.reader.read(column, table.checks).call
        has_type = self.connection.features.has_native_duration_field
        if call.path == "django.db.models.BigIntegerField" and not has_type:
            return Call(f"{__name__}.BigIntegerOrDuration", *call.args, **dict(call.kwargs))
        return call

    def _foreign_key(
        self, target: facts.Table, options: dict[str, Any]
    ) -> models.ForeignKey[Any, Any]:
        name = self.names.get(target.key) or f"Table{len(self.names)}"
        if target.key not in self.names:
            self.model(target)
            name = self.names[target.key]
        return models.ForeignKey(
            f"kit_django.{name}",
            on_delete=models.DO_NOTHING,
            db_constraint=False,
            related_name="+",
            **{name: build(value) for name, value in options.items()},
        )

    def _generated(self, column: facts.Column) -> models.Field[Any, Any]:
        assert column.generated is not None
        return models.GeneratedField(
            expression=RawSQL(_in_query(column.generated.expression), ()),
            output_field=build(self.reader.read(column).call),
            db_persist=column.generated.stored,
            db_column=_in_query(self.catalog.dialect.quote_name(column.name)),
        )


def _in_query(sql: str) -> str:
    """Django's queries always have parameters, and so their percent signs are doubled."""
    return sql.replace("%", "%%")


def _attribute(column: str) -> str:
    return f"{column}_field" if column in RESERVED else column


def _relation_name(column: str) -> str:
    """Django sets the column's value under the name of the field with ``_id`` behind it."""
    stripped = column.removesuffix("_id")
    return _attribute(stripped or column)


def _key_columns(table: facts.Table) -> tuple[str, ...]:
    """What tells the rows apart: the primary key, else a unique, else the first column.

    A unique with a column that may be null is none: Django gives a key without a value its default.
    """
    if table.primary_key:
        return table.primary_key.columns
    for unique in table.uniques:
        if not any(table.column(name).null for name in unique.columns):
            return unique.columns
    return table.column_names[:1]


def _numbers_rows(column: facts.Column, table: facts.Table) -> bool:
    if column.identity is not None:
        return True
    # SQLite's INTEGER PRIMARY KEY numbers its rows without a word.
    return column.type.upper() == "INTEGER" and bool(table.primary_key)
