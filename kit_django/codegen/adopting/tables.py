"""A table's facts -> the block of a migration that makes it, or None where kit cannot say it all.

What is written here is only said to be so: whether the database makes the same of it is for the
scratch database to tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kit_django.codegen.adopting.columns import Columns, is_whole_key
from kit_django.codegen.inference.defaults import raw
from kit_django.codegen.source.imports import Imports
from kit_django.codegen.source.rendering import render
from kit_django.schema import facts
from kit_django.schema.constructs import Call, Value
from kit_django.schema.field_reader import FieldReader
from kit_django.schema.tables.difference import Part

Lines = tuple[str, ...]
# What every table of the database has anyway.
USUAL_OPTIONS = {("engine", "InnoDB")}


_NONE = Call("None")


class Unsayable(Exception):
    """What no builder says."""


class Tables:
    """The tables of one database, as blocks."""

    def __init__(self, reader: FieldReader, imports: Imports) -> None:
        self.columns = Columns(reader, imports)
        self.dialect, self.imports = reader.dialect, imports
        self.can_defer = reader.connection.features.can_defer_constraint_checks

    def block(self, table: facts.Table) -> Lines | None:
        """``with schema.create_table(...) as table:`` and its lines, without triggers."""
        try:
            return tuple(self._lines(table))
        except Unsayable:
            return None

    def foreign_key(self, table: facts.Table, key: facts.ForeignKey) -> Lines | None:
        """A block that adds a key to a table that is there."""
        try:
            return (self._head("alter_table", table), f"    {self._foreign_key(key)}")
        except Unsayable:
            return None

    def without_foreign_key(self, table: facts.Table, key: facts.ForeignKey) -> Lines:
        dropped = f"table.drop_foreign_key({key.name!r})"
        return (self._head("alter_table", table), f"    {dropped}")

    def _head(self, method: str, table: facts.Table, **said: Value) -> str:
        words = [repr(spelled(table.name, table.schema)), *self._keywords(said)]
        return f"with schema.{method}({', '.join(words)}) as table:"

    def _lines(self, table: facts.Table) -> Iterator[str]:
        is_plain = table.kind == "table" and set(table.options) <= USUAL_OPTIONS
        if not (is_plain and table.columns) or table.exclusions:
            raise Unsayable
        yield self._head("create_table", table, comment=table.comment or None)
        for column in table.columns:
            said = self.columns.call(table, column)
            if said is None:
                raise Unsayable
            yield f"    {said}"
        for said in self._constraints(table):
            yield f"    {said}"

    def _constraints(self, table: facts.Table) -> Iterator[str]:
        if table.primary_key and not self._is_said(table):
            yield self.part(table.primary_key)
        groups: tuple[tuple[Part, ...], ...]
        groups = (table.uniques, table.checks, table.indexes, table.foreign_keys)
        yield from (self.part(each) for group in groups for each in group)

    def part(self, part: Part) -> str:
        """``table.index(...)`` and its like; an empty name is left to kit. Raises Unsayable."""
        match part:
            case facts.PrimaryKey():
                return self._primary_key(part)
            case facts.Unique():
                return self._unique(part)
            case facts.Check():
                return self._check(part)
            case facts.ForeignKey():
                return self._foreign_key(part)
            case facts.Index():
                return self._index(part)
        raise Unsayable

    def _is_said(self, table: facts.Table) -> bool:
        """Whether its column says that it is the primary key."""
        keeps_names = self.dialect.keeps_key_names
        return any(is_whole_key(table, column, keeps_names) for column in table.columns)

    def _primary_key(self, key: facts.PrimaryKey) -> str:
        _refuse(key.options, key.include, key.deferrable)
        return self._call("primary_key", [list(key.columns)], {"name": key.name or None})

    def _unique(self, unique: facts.Unique) -> str:
        _refuse(unique.options, unique.name is None)
        said: dict[str, Value] = {"name": unique.name or None, "deferrable": unique.deferrable}
        if not unique.nulls_distinct:
            said["nulls_distinct"] = False
        said["include"] = list(unique.include) or None
        return self._call("unique", [list(unique.columns)], said)

    def _check(self, check: facts.Check) -> str:
        _refuse(check.options, check.column, check.name is None)
        return self._call("check", [check.sql], {"name": check.name or None})

    def _foreign_key(self, key: facts.ForeignKey) -> str:
        _refuse(key.options, key.name is None, key.match != "SIMPLE")
        said: dict[str, Value] = {"references": spelled(key.to_table, key.to_schema)}
        said["to"] = list(key.to_columns)
        for name, action in (("on_delete", key.on_delete), ("on_update", key.on_update)):
            if action != "NO ACTION":
                said[name] = action.lower()
        if self.can_defer and key.deferrable is None:
            said["deferrable"] = _NONE
        elif key.deferrable == "immediate":
            said["deferrable"] = key.deferrable
        return self._call("foreign_key", [list(key.columns)], {**said, "name": key.name or None})

    def _index(self, index: facts.Index) -> str:
        _refuse(not index.valid, any(part.collation for part in index.parts))
        opclasses: list[Value] = [part.opclass or "" for part in index.parts]
        lengths = {part.column or "": part.length for part in index.parts if part.length}
        said: dict[str, Value] = {
            "name": index.name or None,
            "unique": index.unique or None,
            "where": index.where,
            "include": list(index.include) or None,
            "method": index.method.lower() or None,
            "opclasses": opclasses if any(opclasses) else None,
            "lengths": lengths or None,
            "options": ", ".join(f"{name}={value}" for name, value in index.options) or None,
            "comment": index.comment or None,
        }
        if not index.nulls_distinct:
            said["nulls_distinct"] = False
        return self._call("index", [[self._part(part) for part in index.parts]], said)

    def _part(self, part: facts.IndexPart) -> Value:
        if part.column is not None and part.nulls is None:
            _refuse(part.column.startswith("-"))
            return f"-{part.column}" if part.descending else part.column
        inner = Call("django.db.models.F", part.column or "")
        if part.expression is not None:
            inner = raw(part.expression)
        if not part.descending and part.nulls is None:
            return inner
        nulls: dict[str, Value] = {f"nulls_{part.nulls}": True} if part.nulls else {}
        descending: dict[str, Value] = {"descending": True} if part.descending else {}
        return Call("django.db.models.expressions.OrderBy", inner, **descending, **nulls)

    def _call(self, method: str, arguments: Iterable[Value], said: Mapping[str, Value]) -> str:
        words = [render(each, self.imports) for each in arguments]
        return f"table.{method}({', '.join([*words, *self._keywords(said)])})"

    def _keywords(self, said: Mapping[str, Value]) -> list[str]:
        """What is None is not said, unless None is what has to be said."""
        return [
            f"{name}={render(None if value is _NONE else value, self.imports)}"
            for name, value in said.items()
            if value is not None
        ]


def spelled(name: str, schema: str | None) -> str:
    """How an operation is told which table is meant; a dot would set a schema apart."""
    if "." in name or "." in (schema or ""):
        raise Unsayable
    return name if schema is None else f"{schema}.{name}"


def _refuse(*asked: object) -> None:
    if any(asked):
        raise Unsayable
