"""What is said of a table within its columns: ``unique=True``, ``index=True``, ``foreign_id``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from kit_django.codegen.adopting.columns import Words
from kit_django.codegen.adopting.tables import Tables, Unsayable, spelled
from kit_django.codegen.auto.known import call_of
from kit_django.schema import facts
from kit_django.schema.constructs import Call, Value
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.names import default_name
from kit_django.schema.sql.typed import kind_of_check
from kit_django.schema.tables.difference import Part

# What the type of a column is said by; a column that refers to another has the type of that.
MODIFIERS = ("null", "default", "comment", "primary_key", "unique")


def is_of_type(check: facts.Check, column: str, dialect: Dialect, given: Collection[str]) -> bool:
    """Whether the column's type says the check: none below zero, valid JSON."""
    kinds = ("positive", "json")
    return check.name not in given and kind_of_check(check.sql, column, dialect) in kinds


def words_of(
    tables: Tables,
    table: facts.Table,
    column: facts.Column,
    checks: Iterable[facts.Check],
    field: Any,
) -> Words | None:
    """The column as its field says it, where a method does; else as the database does."""
    known = None if field is None else call_of(field, column, tables)
    words = tables.columns.words(table, column, checks, known)
    if words is not None and words.method == "json":  # whose collation comes with it
        kept = {name: value for name, value in words.keywords.items() if name != "collation"}
        return replace(words, keywords=kept)
    return words


class Inline:
    """The columns of one table. ``parts`` are those that may be said with a column, and go from
    here once they are."""

    def __init__(
        self,
        tables: Tables,
        table: facts.Table,
        parts: Iterable[Part],
        given: Collection[str],
        others: Mapping[tuple[str | None, str], facts.Table],
        fields: Mapping[str, Any],
    ) -> None:
        self.tables, self.dialect = tables, tables.dialect
        self.table, self.parts = _with_usual_key(table), list(parts)
        self.given, self.others, self.fields = given, others, fields

    def words(self, column: facts.Column) -> Words | None:
        checks = [
            each
            for each in self.parts
            if isinstance(each, facts.Check)
            and is_of_type(each, column.name, self.dialect, self.given)
        ]
        words = words_of(self.tables, self.table, column, checks, self.fields.get(column.name))
        if words is None:
            return None
        for check in checks:
            self.parts.remove(check)
        if _is_key(words):
            self._take(each for each in self.parts if isinstance(each, facts.PrimaryKey))
        if self._take(each for each in self.parts if self._is_unique_of(each, column.name)):
            words = words.with_(unique=True)
        key = self._key_of(column)
        if key is not None:
            return self._referring(words, column, key)
        if self._take_index(column.name):
            words = words.with_(index=True)
        return words

    def left(self) -> Iterator[Part]:
        """What was not said with a column; keys come last."""
        keys_last = sorted(self.parts, key=lambda each: isinstance(each, facts.ForeignKey))
        yield from map(self._as_constraint, keys_last)

    def _as_constraint(self, part: Part) -> Part:
        """What Django makes a unique index of, and nobody has given a name."""
        if isinstance(part, facts.Index) and part.unique and part.name not in self.given:
            plain = facts.Index(part.name, part.parts, unique=True)
            if part.columns and replace(part, sql="") == plain:
                return facts.Unique(part.columns, part.name)
        return part

    def _take(self, found: Iterable[Part]) -> bool:
        taken = next(iter(found), None)
        if taken is not None:
            self.parts.remove(taken)
        return taken is not None

    def _is_unique_of(self, part: Part, column: str) -> bool:
        plain = facts.Unique((column,), part.name)
        return part == plain and part.name not in self.given

    def _take_index(self, column: str) -> bool:
        plain = (facts.IndexPart(column),)
        return self._take(
            each
            for each in self.parts
            if isinstance(each, facts.Index)
            and replace(each, sql="") == facts.Index(each.name, plain)
            and each.name not in self.given
        )

    # Columns that refer to another table

    def _key_of(self, column: facts.Column) -> facts.ForeignKey | None:
        for part in self.parts:
            if isinstance(part, facts.ForeignKey) and part.columns == (column.name,):
                target = self.others.get((part.to_schema, part.to_table))
                is_plain = part.match == "SIMPLE" and not part.options
                is_known = target is not None and target.has_column(*part.to_columns)
                if is_plain and is_known and target is not None and part.name not in self.given:
                    its_type = target.column(*part.to_columns).type
                    if self.dialect.types.same(its_type, column.type):
                        return part
        return None

    def _referring(self, words: Words, column: facts.Column, key: facts.ForeignKey) -> Words:
        try:
            said: dict[str, Value] = {"references": spelled(key.to_table, key.to_schema)}
        except Unsayable:
            return words
        self.parts.remove(key)
        target = self.others[key.to_schema, key.to_table]
        if target.primary_key is None or target.primary_key.columns != key.to_columns:
            said["column"] = key.to_columns[0]
        for name, action in (("on_delete", key.on_delete), ("on_update", key.on_update)):
            if action != "NO ACTION":
                said[name] = action.lower()
        if self.tables.can_defer and key.deferrable != "deferred":
            said["deferrable"] = key.deferrable
        said |= {name: words.keywords[name] for name in MODIFIERS if name in words.keywords}
        if not (self._take_index(column.name) or self._will_bring_index(column.name)):
            said["index"] = False
        return Words("foreign_id", column.name, (), said)

    def _will_bring_index(self, column: str) -> bool:
        """Whether its field would on another database: MariaDB has one for a key where there is no other."""
        field, plain = self.fields.get(column), (facts.IndexPart(column),)
        has_own = any(isinstance(each, facts.Index) and each.parts == plain for each in self.parts)
        return field is not None and field.db_index and not (field.unique or has_own)


def _is_key(words: Words) -> bool:
    """Whether they say the primary key too, be it by the field that they are given."""
    field = words.arguments[0] if words.method == "column" else None
    in_field = isinstance(field, Call) and field.get("primary_key")
    return bool(words.method == "id" or words.keywords.get("primary_key") or in_field)


def _with_usual_key(table: facts.Table) -> facts.Table:
    """Where a key has no name, or one that nobody gave, kit's own is as good."""
    if table.primary_key is None:
        return table
    name = default_name(table.name, (), "pkey")
    return replace(table, primary_key=replace(table.primary_key, name=name))
