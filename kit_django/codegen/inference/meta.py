"""A model's Meta: its table, indexes, constraints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.utils.text import camel_case_to_spaces

from kit_django.codegen import naming
from kit_django.codegen.inference.context import Context
from kit_django.codegen.inference.drafts import Draft
from kit_django.codegen.inference.exclusions import exclusion_constraint
from kit_django.codegen.inference.fields import Fields
from kit_django.codegen.inference.indexes import BTREE, MODELS, IndexInference
from kit_django.codegen.inference.keys import is_plain_index, is_plain_unique
from kit_django.codegen.inference.names import table_name
from kit_django.codegen.words import plural
from kit_django.schema import clauses
from kit_django.schema.constructs import Call, Ref, Value
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Check, Exclusion, ForeignKey, Index, Table, Unique
from kit_django.schema.names import Suffix, default_name

RAW_CONSTRAINT = "kit_django.constraints.RawConstraint"
# Django fills the app's label into these names, and does not double their quotes.
_UNSAFE = re.compile(r"[%\"`\\]")


@dataclass
class MetaInference:
    """``index_names`` and ``constraint_names`` grow from model to model: Django wants them unique
    among all models, where some databases want that of each table only."""

    context: Context
    index_names: set[str] = field(default_factory=set)
    constraint_names: set[str] = field(default_factory=set)

    def infer(self, draft: Draft, fields: Fields) -> tuple[tuple[str, Value], ...]:
        """The options in the order in which they are written."""
        table = draft.table
        written: list[tuple[str, Value]] = []
        if not draft.claim.managed:
            written.append(("managed", False))
        written.append(("db_table", table_name(table.key, self.context.dialect)))
        if table.comment and self.context.connection.features.supports_comments:
            written.append(("db_table_comment", table.comment))
        if plural := _plural(draft.class_name):
            written.append(("verbose_name_plural", plural))
        entries = [*self._indexes(draft, fields), *self._constraints(draft, fields)]
        indexes: list[Value] = [each for each in entries if each.name.endswith("Index")]
        constraints: list[Value] = [each for each in entries if each not in indexes]
        if indexes:
            written.append(("indexes", indexes))
        if constraints:
            written.append(("constraints", constraints))
        return tuple(written)

    def _indexes(self, draft: Draft, fields: Fields) -> Iterator[Call]:
        said = {column for column in draft.relations if self._makes_index(draft, column)}
        numbering = self._numbering_index(draft)
        for index in draft.table.indexes:
            if index.unique:
                continue
            if self._is_relations_own(index, said):
                said -= set(index.columns or ())
                continue
            if not self._comes_with_text(draft, index, fields) and index != numbering:
                yield self._index(draft, index, fields)

    def _numbering_index(self, draft: Draft) -> Index | None:
        """The index that MySQL wants in the same statement as a column that numbers the rows."""
        numbered = {column.name for column in draft.table.columns if column.identity}
        keys = (draft.table.primary_key, *draft.table.uniques)
        if not self.context.dialect.numbering_needs_index or any(
            key.columns[0] in numbered for key in keys if key
        ):
            return None
        indexes = (each for each in draft.table.indexes if each.parts[0].column in numbered)
        return next(indexes, None)

    def _comes_with_text(self, draft: Draft, index: Index, fields: Fields) -> bool:
        """Whether it is the one for LIKE that Django makes for a unique text on PostgreSQL."""
        columns = index.columns or ()
        if not self.context.dialect.has_access_methods or len(columns) != 1:
            return False
        if not index.parts[0].opclass or index.where or index.include:
            return False
        is_unique = columns[0] in fields.unique_columns or columns == draft.key.columns
        editor: Any = self.context.connection.schema_editor()
        made = editor._create_index_name(draft.table.name, list(columns), suffix="_like")
        indexed = is_unique or self._has_own_index(draft, columns[0])
        return indexed and index.name == made

    def _is_relations_own(self, index: Index, said: set[str]) -> bool:
        """Whether it is the index that a relation has of itself."""
        columns = index.columns or ()
        if len(columns) != 1 or columns[0] not in said or index.where:
            return False
        return is_plain_index(index)

    def _makes_index(self, draft: Draft, column: str) -> bool:
        """Whether a relation's index comes with it. MySQL makes one where no other will do."""
        if column in draft.one_to_one:
            return False
        if not self.context.dialect.indexes_foreign_keys:
            return True
        others = [key.columns for key in (draft.table.primary_key, *draft.table.uniques) if key]
        others += [index.columns or () for index in draft.table.indexes]
        return not any(each[:1] == (column,) and each != (column,) for each in others)

    def _has_own_index(self, draft: Draft, column: str) -> bool:
        return column in draft.relations and any(
            index.columns == (column,) and not index.unique and is_plain_index(index)
            for index in draft.table.indexes
        )

    def _index(self, draft: Draft, index: Index, fields: Fields) -> Call:
        name = self._index_name(draft, index)
        written = self._written(draft, fields)
        return written.django(index, name) or written.raw(index, name)

    def _written(self, draft: Draft, fields: Fields) -> IndexInference:
        return IndexInference(self.context, draft.table, draft.names, fields.conditions)

    def _index_name(self, draft: Draft, index: Index) -> str:
        name = index.name
        if not _is_plain_name(name) or name in self.index_names:
            name = _made_name(draft.table, index.columns or (index.name,), "index")
            name = naming.unique(name, self.index_names)
        self.index_names.add(name)
        return name

    def _constraints(self, draft: Draft, fields: Fields) -> Iterator[Call]:
        said = set(fields.unique_columns)
        for unique in sorted(draft.table.uniques, key=partial(self._is_named_by_hand, draft)):
            if len(unique.columns) == 1 and unique.columns[0] in said and is_plain_unique(unique):
                said.discard(unique.columns[0])
                continue
            yield self._unique(draft, unique)
        yield from self._unique_indexes(draft, fields, said)
        for check in draft.table.checks:
            if check not in fields.checks:
                yield self._check(draft, check, fields)
        if index := self._numbering_index(draft):
            name = self._constraint_name(draft, index.name, index.columns or (), "key")
            _, definition = self._written(draft, fields).statement(index)
            yield self._raw(f"KEY {definition}", name)
        for exclusion in draft.table.exclusions:
            yield self._exclusion(draft, exclusion, fields)
        for key in draft.table.foreign_keys:
            if key not in draft.relations.values() and not _empties_key(draft, key):
                yield self._foreign_key(draft, key)

    def _is_named_by_hand(self, draft: Draft, unique: Unique) -> bool:
        """Of two over one column, the one with the database's own name is said by the field."""
        (*_, column) = unique.columns
        own = self.context.dialect.name_of_unique(draft.table.name, column)
        return unique.name != own

    def _unique(self, draft: Draft, unique: Unique) -> Call:
        name = self._constraint_name(draft, unique.name, unique.columns, "unique")
        if unique.deferrable and unique.include:  # Django has one or the other
            dialect = dialect_of(self.context.connection)
            return self._raw(clauses.unique_clause(dialect, replace(unique, name=None)), name)
        keywords: dict[str, Value] = {
            "fields": [draft.names[column] for column in unique.columns],
            "name": name,
        }
        if unique.deferrable:
            keywords["deferrable"] = Ref(f"{MODELS}Deferrable.{unique.deferrable.upper()}")
        if unique.include:
            keywords["include"] = [draft.names[column] for column in unique.include]
        if not unique.nulls_distinct:
            keywords["nulls_distinct"] = False
        return Call(f"{MODELS}UniqueConstraint", **keywords)

    def _unique_indexes(self, draft: Draft, fields: Fields, said: set[str]) -> Iterator[Call]:
        for index in draft.table.indexes:
            if not index.unique:
                continue
            columns = index.columns or ()
            if self._is_fields_own(index, said):
                said -= set(columns)
                continue
            yield self._unique_index(draft, index, fields)

    def _is_fields_own(self, index: Index, said: set[str]) -> bool:
        """Whether a field says it already, by ``unique=True`` or by being one to one."""
        return self._is_relations_own(index, said) and index.nulls_distinct

    def _unique_index(self, draft: Draft, index: Index, fields: Fields) -> Call:
        written = self._written(draft, fields)
        call = written.django(replace(index, nulls_distinct=True), index.name)
        is_plain = index.method.lower() in BTREE and not index.options
        has_order = any(part.descending for part in index.parts)
        if call is None or not is_plain or has_order:
            return written.raw(index, self._index_name(draft, index))
        name = self._constraint_name(draft, index.name, index.columns or (index.name,), "unique")
        kwargs = {**dict(call.kwargs), "name": name}
        if not index.nulls_distinct:
            kwargs["nulls_distinct"] = False
        return Call(f"{MODELS}UniqueConstraint", *call.args, **kwargs)

    def _check(self, draft: Draft, check: Check, fields: Fields) -> Call:
        columns = (check.column,) if check.column else ()
        name = self._constraint_name(draft, check.name, columns, "check")
        condition = None if check.options else fields.conditions.q(check.sql)
        if condition is not None:
            return Call(f"{MODELS}CheckConstraint", condition=condition, name=name)
        clause = clauses.check_clause(
            dialect_of(self.context.connection), Check(check.sql, None, options=check.options)
        )
        return self._raw(clause, name)

    def _exclusion(self, draft: Draft, exclusion: Exclusion, fields: Fields) -> Call:
        name = self._constraint_name(draft, exclusion.name, (), "exclude")
        call = None
        if self.context.reader.contrib:
            call = exclusion_constraint(exclusion, name, draft.names, fields.conditions)
        return call or self._raw(exclusion.sql, name)

    def _foreign_key(self, draft: Draft, key: ForeignKey) -> Call:
        name = self._constraint_name(draft, key.name, key.columns, "foreign")
        unnamed = replace(key, name=None)
        return self._raw(
            clauses.foreign_key_clause(dialect_of(self.context.connection), unnamed), name
        )

    def _raw(self, clause: str, name: str) -> Call:
        return Call(RAW_CONSTRAINT, clause, name=name, vendor=self.context.vendor)

    def _constraint_name(
        self, draft: Draft, name: str | None, columns: tuple[str, ...], kind: Suffix
    ) -> str:
        if not name or _UNSAFE.search(name) or name in self.constraint_names:
            made = _made_name(draft.table, columns, kind)
            name = naming.unique(made, self.constraint_names)
        self.constraint_names.add(name)
        return name


def _empties_key(draft: Draft, key: ForeignKey) -> bool:
    """Whether it would set null what stands in for the model's key, and is never null there."""
    return "SET NULL" in (key.on_delete, key.on_update) and bool(
        set(key.columns) & set(draft.key.columns)
    )


def _is_plain_name(name: str) -> bool:
    return re.match(r"[A-Za-z]", name) is not None and not _UNSAFE.search(name)


def _made_name(table: Table, columns: tuple[str, ...], kind: Suffix) -> str:
    """What kit's own migrations would call it, without what a name in a model cannot have."""
    name, *others = (
        naming.snake_case(each, split_case=False, ascii_only=True)
        for each in (table.name, *columns)
    )
    return default_name(name, others, kind)


def _plural(class_name: str) -> str | None:
    """The plural, where Django's, which adds an s, would be wrong."""
    words = camel_case_to_spaces(class_name)
    last = words.rpartition(" ")[2]
    if not (last.isalpha() and last.isascii()):
        return None  # there is no telling
    right = plural(words.replace(" ", "_")).replace("_", " ")
    return None if right == f"{words}s" else right
