"""A column's facts -> the call of the builder that says it, or None where none does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kit_django.codegen.inference.defaults import db_default, raw
from kit_django.codegen.source.imports import Imports
from kit_django.codegen.source.rendering import render
from kit_django.schema.constructs import Call, Value, build
from kit_django.schema.facts import Check, Column, Table
from kit_django.schema.field_reader import FieldReader
from kit_django.schema.names import default_name

# Django's field -> the column method that stands for it, and the keywords that it takes.
METHODS: dict[str, tuple[str, tuple[str, ...]]] = {
    "CharField": ("string", ("max_length",)),
    "TextField": ("text", ()),
    "SmallIntegerField": ("small_integer", ()),
    "IntegerField": ("integer", ()),
    "BigIntegerField": ("big_integer", ()),
    "PositiveSmallIntegerField": ("unsigned_small_integer", ()),
    "PositiveIntegerField": ("unsigned_integer", ()),
    "PositiveBigIntegerField": ("unsigned_big_integer", ()),
    "BooleanField": ("boolean", ()),
    "DecimalField": ("decimal", ("max_digits", "decimal_places")),
    "FloatField": ("float", ()),
    "DateField": ("date", ()),
    "DateTimeField": ("datetime", ()),
    "TimeField": ("time", ()),
    "DurationField": ("duration", ()),
    "JSONField": ("json", ()),
    "UUIDField": ("uuid", ()),
    "BinaryField": ("binary", ()),
    "GenericIPAddressField": ("ip_address", ()),
}
MODELS = "django.db.models."
# What a builder can be told of a column beside its facts proper.
SAYABLE_OPTIONS = {("rowid", "")}


@dataclass(frozen=True)
class Words:
    """A column's method, what it is told first, and its keywords."""

    method: str
    name: str
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]

    def with_(self, **keywords: Value) -> Words:
        return replace(self, keywords={**self.keywords, **keywords})

    def render(self, imports: Imports, receiver: str = "table") -> str:
        words = [repr(self.name)] if self.name else []
        words += [render(each, imports) for each in self.arguments]
        words += [f"{name}={render(value, imports)}" for name, value in self.keywords.items()]
        return f"{receiver}.{self.method}({', '.join(words)})"


class Columns:
    """The columns of one database."""

    def __init__(self, reader: FieldReader, imports: Imports) -> None:
        self.reader, self.dialect = reader, reader.dialect
        self.imports = imports

    def call(self, table: Table, column: Column) -> str | None:
        """``table.string("name", max_length=40)``, or None."""
        words = self.words(table, column)
        return None if words is None else words.render(self.imports)

    def words(
        self,
        table: Table,
        column: Column,
        checks: Iterable[Check] = (),
        known: Call | None = None,
    ) -> Words | None:
        """The same as its words; ``checks`` are those that the column's type may say itself, and
        ``known`` is a field that is known to make it."""
        if column.invisible or not set(column.options) <= SAYABLE_OPTIONS:
            return None
        if column.identity is not None and column.identity.kind != "serial":
            return self._numbered(table, column)
        said = self._modifiers(column)
        if said is None:
            return None
        if is_whole_key(table, column, self.dialect.keeps_key_names):
            said = {"primary_key": True, **said}
        field = known or self._field(column, checks)
        if column.generated is not None:
            stored = {} if column.generated.stored else {"stored": False}
            null = {} if column.null else {"null": False}
            arguments = (column.generated.expression, field)
            return Words("generated", column.name, arguments, {**stored, **null})
        method, keywords = METHODS.get(field.name, ("", ()))
        if field.path.startswith(MODELS) and [name for name, _ in field.kwargs] == [*keywords]:
            return Words(method, column.name, (), {**dict(field.kwargs), **said})
        return Words("column", column.name, (field,), said)

    def _field(self, column: Column, checks: Iterable[Check] = ()) -> Call:
        """The field that makes exactly that type."""
        field = self.reader.read(column, checks).call
        if field.name.startswith("Typed"):
            return self._exact(column)
        made = str(build(field).db_type(self.reader.connection) or "")
        return field if self._is(made, column.type) else self._exact(column)

    def _exact(self, column: Column) -> Call:
        return Call("kit_django.fields.DatabaseTypeField", column.type)

    def _is(self, made: str, wanted: str) -> bool:
        """Where a column may be declared to be anything, a type is the same by its letters alone."""
        if self.dialect.takes_any_type:
            return made == wanted
        return self.dialect.types.same(made.removesuffix(" AUTO_INCREMENT"), wanted)

    def _numbered(self, table: Table, column: Column) -> Words | None:
        identity = column.identity
        if identity is None or identity.options or identity.kind == "always" or column.comment:
            return None
        if table.primary_key is None or table.primary_key.columns != (column.name,):
            return None
        field = self.reader.auto(column)
        if field is None:
            return None
        is_key = is_whole_key(table, column, self.dialect.keeps_key_names)
        key: dict[str, Value] = {} if is_key else {"primary_key": False}
        if field.name == "BigAutoField":
            return Words("id", "" if column.name == "id" else column.name, (), key)
        return Words("column", column.name, (field.with_(primary_key=True),), key)

    def _modifiers(self, column: Column) -> dict[str, Value] | None:
        said: dict[str, Value] = {"null": True} if column.null else {}
        if column.default is not None and column.generated is None:
            said |= self._default(column)
        if column.on_update is not None:
            if not _is_now(column.on_update, column):
                return None
            said["use_current_on_update"] = True
        if column.collation:
            said["collation"] = column.collation
        if column.comment:
            said["comment"] = column.comment
        return said

    def _default(self, column: Column) -> dict[str, Value]:
        if self.dialect.has_on_update and _is_now(column.default or "", column):
            return {"use_current": True}
        said = db_default(column, self._field(column), self.dialect)
        # Django has words for the present time that mean the same, and are others.
        own = raw(column.default or "", self.dialect)
        return {"default": own if isinstance(said, Call) else said}


def is_whole_key(table: Table, column: Column, keeps_names: bool) -> bool:
    """Whether the column alone is the primary key, under the name that a builder gives one."""
    key = table.primary_key
    if key is None or key.columns != (column.name,) or key.options or key.deferrable:
        return False
    return not keeps_names or key.name == default_name(table.name, (), "pkey")


def _is_now(text: str, column: Column) -> bool:
    """MySQL's present time, of the precision that the column has."""
    written = text.lower().replace("()", "")
    precision = column.type[column.type.find("(") :] if "(" in column.type else ""
    return written == f"current_timestamp{precision}"
