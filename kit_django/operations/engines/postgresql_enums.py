"""PostgreSQL's enum types, which belong to the columns that they are called after.

Such a type is made with its column and goes with it, unless something else uses it. It follows the
renames of its column and of its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from kit_django.exceptions import OperationError
from kit_django.operations.definitions.enums import enum_of, key_of_type, own_key
from kit_django.schema import facts, statements
from kit_django.schema.clauses import default_clause
from kit_django.schema.facts import Key
from kit_django.schema.introspection.postgresql.enums import columns_of_enum, is_used
from kit_django.schema.sql.mentions import mentioned_columns
from kit_django.schema.sql.types import text_default
from kit_django.schema.tables.difference import Names, Part
from kit_django.schema.tables.parts import with_column

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Use:
    """A column of the type, or of arrays of it."""

    table: facts.Table
    column: facts.Column
    is_array: bool


@dataclass(frozen=True)
class EnumTypes:
    engine: Engine

    def have(
        self, before: facts.Table | None, after: facts.Table, name: str, labels: Labels
    ) -> None:
        """Make the type of a column that is to hold these labels, or change it. Raises OperationError."""
        column, catalog = after.column(name), self.engine.catalog
        found = enum_of(column, catalog)
        is_its = before is not None and before.has_column(name)
        if found is None:
            self._create(column, labels)
        elif found.labels != labels:
            if is_its and enum_of(before.column(name), catalog) == found:  # type: ignore[union-attr]
                self._change(found, labels, after, column)
            elif self._is_owned(after, name, found) and not self._is_used(found):
                self._drop(found)
                self._create(column, labels)
            else:
                raise OperationError(
                    f"There is an enum type {found.name!r} already, of the labels "
                    f"{', '.join(map(repr, found.labels))}. List these, or name another type with "
                    "type_name=."
                )

    def owned(self, table: facts.Table, columns: Iterable[str]) -> list[facts.Enum]:
        """The types that are called after these of its columns."""
        found = [(name, enum_of(table.column(name), self.engine.catalog)) for name in columns]
        return [enum for name, enum in found if enum and self._is_owned(table, name, enum)]

    def drop_unused(self, enums: Iterable[facts.Enum]) -> None:
        for enum in enums:
            if not self._is_used(enum):
                self._drop(enum)

    def follow(self, before: facts.Table, after: facts.Table, names: Names) -> None:
        """Rename the types that are called after columns, as these were renamed."""
        for now, was in names.items():
            key = own_key(after, now)
            for enum in self.owned(before, [was]):
                if _key(enum) != key and not self._is_shared(enum) and self._is_free(key):
                    self._rename(enum, key, after, now)

    def _is_shared(self, enum: facts.Enum) -> bool:
        return len(columns_of_enum(self.engine.connection, _key(enum))) > 1

    def _is_free(self, key: Key) -> bool:
        return self.engine.catalog.enum(key) is None

    def _rename(self, enum: facts.Enum, key: Key, table: facts.Table, column: str) -> None:
        catalog, dialect = self.engine.catalog, self.engine.dialect
        self.engine.execute(f"ALTER TYPE {self._name(enum)} RENAME TO {dialect.quote_name(key[1])}")
        catalog.put_enum(_key(enum), None)
        catalog.put_enum(key, replace(enum, name=key[1], sql_name=""))
        type_ = dialect.quote_qualified(key[1], key[0])
        renamed = replace(catalog.table(table.key).column(column), type=type_)
        table = with_column(catalog.table(table.key), renamed)
        self.engine.changed(table, table)

    def _is_owned(self, table: facts.Table, column: str, enum: facts.Enum) -> bool:
        return _key(enum) == own_key(table, column)

    def _is_used(self, enum: facts.Enum) -> bool:
        if self.engine.pretends:
            return self._is_shared(enum)
        return is_used(self.engine.connection, _key(enum))

    def _name(self, enum: facts.Enum) -> str:
        return self.engine.dialect.quote_qualified(enum.name, enum.schema)

    def _create(self, column: facts.Column, labels: Labels) -> None:
        key = key_of_type(column.type, self.engine.catalog)
        assert key is not None
        enum = facts.Enum(key[1], labels, key[0])
        self.engine.execute(statements.enum_statement(self.engine.dialect, enum))
        self.engine.catalog.put_enum(key, enum)

    def _drop(self, enum: facts.Enum) -> None:
        self.engine.execute(f"DROP TYPE {self._name(enum)}")
        self.engine.catalog.enum_went_along(_key(enum))

    # Other labels

    def _change(
        self, enum: facts.Enum, labels: Labels, after: facts.Table, column: facts.Column
    ) -> None:
        """A label is added in its place; all else takes a type that is made anew."""
        added = [label for label in labels if label not in enum.labels]
        kept = tuple(label for label in labels if label in enum.labels)
        literals = [self.engine.dialect.quote_literal(label) for label in added]
        is_default = text_default(column.default, self.engine.dialect) in literals
        if kept == enum.labels and not is_default:
            for label in added:
                self._add(enum, label, labels)
        else:
            self._make_anew(enum, labels, after, column)
        self.engine.catalog.put_enum(_key(enum), replace(enum, labels=labels))

    def _add(self, enum: facts.Enum, label: str, labels: Labels) -> None:
        """Behind the one before it, which is there by then."""
        quote, place = self.engine.dialect.quote_literal, labels.index(label)
        old = next(each for each in labels if each in enum.labels)
        where = f"AFTER {quote(labels[place - 1])}" if place else f"BEFORE {quote(old)}"
        self.engine.execute(f"ALTER TYPE {self._name(enum)} ADD VALUE {quote(label)} {where}")

    def _make_anew(
        self, enum: facts.Enum, labels: Labels, after: facts.Table, column: facts.Column
    ) -> None:
        uses = list(self._uses(enum, after, column))
        for use in uses:
            self._refuse_lost_labels(use, labels)
        parts = [
            (table, part) for table, its in _by_table(uses) for part in self._parts(table, its)
        ]
        for table, part in reversed(parts):
            self.engine.drop(table, part)
        old = replace(enum, name=self._free_name(enum))
        self.engine.execute(
            f"ALTER TYPE {self._name(enum)} RENAME TO {self.engine.dialect.quote_name(old.name)}"
        )
        made = replace(enum, labels=labels)
        self.engine.execute(statements.enum_statement(self.engine.dialect, made))
        for table, its in _by_table(uses):
            actions = [action for use in its for action in self._retyped(use, made)]
            self.engine.alter(table, *actions)
        self.engine.execute(f"DROP TYPE {self._name(old)}")
        for table, part in parts:
            self.engine.add(table, part)

    def _uses(self, enum: facts.Enum, after: facts.Table, column: facts.Column) -> Iterator[Use]:
        """Each column of the type; the one that is being changed as it is to be."""
        catalog = self.engine.catalog
        for row in columns_of_enum(self.engine.connection, _key(enum)):
            table = catalog.table((row.schema, row.table))
            is_it = table.key == after.key and row.column == column.name
            yield Use(table, column if is_it else table.column(row.column), row.is_array)

    def _refuse_lost_labels(self, use: Use, labels: Labels) -> None:
        dialect = self.engine.dialect
        name = dialect.quote_name(use.column.name)
        listed = ", ".join(map(dialect.quote_literal, labels))
        lost = f"{name}::text NOT IN ({listed})"
        if use.is_array:
            lost = f"EXISTS (SELECT FROM unnest({name}) each WHERE each::text NOT IN ({listed}))"
        if self._has(use.table, lost):
            raise OperationError(
                f"Column {use.column.name!r} of {use.table.display_name!r} holds values that are "
                f"none of {', '.join(map(repr, labels))}. Change those first."
            )

    def _has(self, table: facts.Table, condition: str) -> bool:
        if self.engine.pretends:
            return False
        with self.engine.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {self.engine.table_name(table)} WHERE {condition} LIMIT 1", None
            )
            return cursor.fetchone() is not None

    def _retyped(self, use: Use, enum: facts.Enum) -> Iterator[str]:
        name = self.engine.dialect.quote_name(use.column.name)
        brackets = "[]" if use.is_array else ""
        type_ = f"{self._name(enum)}{brackets}"
        yield f"ALTER COLUMN {name} DROP DEFAULT"
        yield f"ALTER COLUMN {name} TYPE {type_} USING {name}::text{brackets}::{type_}"
        if use.column.default is not None and not use.column.generated:
            default = default_clause(self.engine.dialect, use.column.default)
            yield f"ALTER COLUMN {name} SET {default}"

    def _parts(self, table: facts.Table, uses: Sequence[Use]) -> Iterator[Part]:
        """What compares the columns with something, and is tied to the type by it."""
        names = {use.column.name for use in uses}
        for key in table.foreign_keys:
            if names.intersection(key.columns) and ("inherited", "") not in key.options:
                yield key
        for index in table.indexes:
            texts = [index.where, *(part.expression for part in index.parts)]
            if any(self._mentions(text, names) for text in texts):
                yield index
        conditions: Sequence[facts.Check | facts.Exclusion] = (*table.checks, *table.exclusions)
        yield from (each for each in conditions if self._mentions(each.sql, names))

    def _mentions(self, sql: str | None, names: set[str]) -> bool:
        return bool(mentioned_columns(sql, names, self.engine.dialect))

    def _free_name(self, enum: facts.Enum) -> str:
        number = 0
        while True:
            name = f"kit_old_{number}_{enum.name}"[:40]
            if self.engine.catalog.enum((enum.schema, name)) is None:
                return name
            number += 1


def _key(enum: facts.Enum) -> Key:
    return (enum.schema, enum.name)


def _by_table(uses: Sequence[Use]) -> list[tuple[facts.Table, list[Use]]]:
    groups = groupby(uses, key=lambda use: use.table.key)
    return [(its[0].table, its) for its in (list(group) for _, group in groups)]
