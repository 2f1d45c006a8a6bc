"""PostgreSQL's enum types, which belong to the columns that they are called after.

Such a type is made with its column and goes with it, unless something else uses it. It follows the
renames of its column and of its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from kit_django.exceptions import OperationError
from kit_django.operations.changes.base import Needs
from kit_django.operations.definitions.enums import enum_of, key_of_type, own_key
from kit_django.operations.lookups.names import is_row_type, refuse_taken_type
from kit_django.schema import facts, statements
from kit_django.schema.clauses import default_clause
from kit_django.schema.facts import Key
from kit_django.schema.introspection.postgresql.enums import columns_of_enum, is_used
from kit_django.schema.sql.mentions import mentioned_columns
from kit_django.schema.sql.types import text_default
from kit_django.schema.tables.difference import Difference, Part
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
    unsettled: dict[Key, set[str]] = field(default_factory=dict)
    """The labels that were added in this transaction, as literals: it may not use them."""

    def imagined(self, step: Difference, needs: Needs) -> Difference:
        """The step with the types that it renames; the catalog has all from here on as they will be."""
        catalog, after = self.engine.catalog, step.after
        for enum in self.leaving(step):
            if not self._is_shared(enum):
                catalog.put_enum(_key(enum), None)
        if needs.labels is not None:
            name, labels = needs.labels
            key = key_of_type(after.column(name).type, catalog)
            if key is not None:
                catalog.put_enum(key, facts.Enum(key[1], labels, key[0]))
        for old, new in step.renamed_columns:
            key = own_key(after, new)
            for enum in self._movable(step.before, [old], key):
                self._put(enum, key)
                after = with_column(after, self._typed(after.column(new), key))
        return replace(step, after=after)

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

    def leaving(self, step: Difference) -> list[facts.Enum]:
        """The types of its own that columns are without after the step."""
        changed = (old for old, new in step.changed_columns if old.type != new.type)
        return self.owned(step.before, [each.name for each in (*step.gone_columns, *changed)])

    def owned(self, table: facts.Table, columns: Iterable[str]) -> list[facts.Enum]:
        """The types that are called after these of its columns."""
        found = [(name, enum_of(table.column(name), self.engine.catalog)) for name in columns]
        return [enum for name, enum in found if enum and self._is_owned(table, name, enum)]

    def drop_unused(self, enums: Iterable[facts.Enum]) -> None:
        for enum in enums:
            if not self._is_used(enum):
                self._drop(enum)

    def follow(self, step: Difference) -> None:
        """Rename the types that are called after columns, as these were renamed."""
        for old, new in step.renamed_columns:
            column = step.before.column(old)
            key = key_of_type(step.after.column(new).type, self.engine.catalog)
            enum = enum_of(column, self.engine.catalog)
            if enum is not None and key is not None and _key(enum) != key:
                self._rename(enum, key)

    def follow_table(self, before: facts.Table, after: facts.Table) -> None:
        """The same where it is the table that was renamed."""
        for name in before.column_names:
            key = own_key(after, name)
            for enum in self._movable(before, [name], key):
                table = self.engine.catalog.table(after.key)
                self._rename(enum, key)
                renamed = self._typed(table.column(name), key)
                self.engine.others_changed([with_column(table, renamed)])

    def _movable(self, table: facts.Table, columns: list[str], key: Key) -> Iterator[facts.Enum]:
        """The types of the columns alone, where the new name is free."""
        for enum in self.owned(table, columns):
            if _key(enum) != key and self._is_free(key) and not self._is_shared(enum):
                yield enum

    def _is_free(self, key: Key) -> bool:
        return self.engine.catalog.enum(key) is None and not is_row_type(self.engine, *key)

    def _is_shared(self, enum: facts.Enum) -> bool:
        return len(columns_of_enum(self.engine.connection, _key(enum))) > 1

    def _rename(self, enum: facts.Enum, key: Key) -> None:
        new_name = self.engine.dialect.quote_name(key[1])
        self.engine.execute(f"ALTER TYPE {self._name(enum)} RENAME TO {new_name}")
        self._put(enum, key)
        self.unsettled[key] = self.unsettled.pop(_key(enum), set())

    def _put(self, enum: facts.Enum, key: Key) -> None:
        self.engine.catalog.put_enum(_key(enum), None)
        self.engine.catalog.put_enum(key, replace(enum, name=key[1], sql_name=""))

    def _typed(self, column: facts.Column, key: Key) -> facts.Column:
        return replace(column, type=self.engine.dialect.quote_qualified(key[1], key[0]))

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
        refuse_taken_type(self.engine, *key, "enum type")
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
        literals = {self.engine.dialect.quote_literal(label) for label in added}
        if kept == enum.labels and self._default(column) not in literals:
            for label in added:
                self._add(enum, label, labels)
            if self.engine.connection.in_atomic_block:
                self.unsettled.setdefault(_key(enum), set()).update(literals)
        else:
            self._make_anew(enum, labels, after, column)
        self.engine.catalog.put_enum(_key(enum), replace(enum, labels=labels))

    def settle(self, after: facts.Table, columns: Iterable[facts.Column]) -> None:
        """A new type may be used at once: it takes the place of one whose new label is to be a default."""
        for column in columns:
            enum = enum_of(column, self.engine.catalog)
            if enum is not None and self._default(column) in self.unsettled.get(_key(enum), ()):
                self._make_anew(enum, enum.labels, after, column)

    def _default(self, column: facts.Column) -> str | None:
        return text_default(column.default, self.engine.dialect)

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
        self.unsettled.pop(_key(enum), None)

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
            # Its cast may name the type as it was called before.
            told = self._default(use.column) or use.column.default
            default = default_clause(self.engine.dialect, told)
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
