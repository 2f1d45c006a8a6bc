"""Indexes -> Django's, where Django would make exactly the same; else in the database's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from kit_django.codegen.inference.conditions import Conditions
from kit_django.codegen.inference.context import Context
from kit_django.schema.clauses import table_name
from kit_django.schema.constructs import Call, Value
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Index, IndexPart, Table
from kit_django.schema.statements import index_statement

MODELS = "django.db.models."
POSTGRES_INDEXES = "django.contrib.postgres.indexes."
KIT_INDEX = "kit_django.indexes.Index"
RAW_INDEX = "kit_django.indexes.RawIndex"
BTREE = ("", "btree")
# By method, django.contrib.postgres' class and the storage options that it knows.
CLASSES: dict[str, tuple[str, frozenset[str]]] = {
    "btree": ("BTreeIndex", frozenset({"fillfactor", "deduplicate_items"})),
    "brin": ("BrinIndex", frozenset({"autosummarize", "pages_per_range"})),
    "gin": ("GinIndex", frozenset({"fastupdate", "gin_pending_list_limit"})),
    "gist": ("GistIndex", frozenset({"buffering", "fillfactor"})),
    "hash": ("HashIndex", frozenset({"fillfactor"})),
    "spgist": ("SpGistIndex", frozenset({"fillfactor"})),
}
WORDS = {"on": True, "true": True, "off": False, "false": False}


@dataclass(frozen=True, slots=True)
class IndexInference:
    """The indexes of one table; ``names`` maps its columns to fields."""

    context: Context
    table: Table
    names: Mapping[str, str]
    conditions: Conditions

    def django(self, index: Index, name: str) -> Call | None:
        """The index in Django's words, or None where it has none."""
        made_of = self._fields(index) or self._expressions(index)
        options = self._options(index)
        if made_of is None or options is None or index.comment or not index.nulls_distinct:
            return None
        path = self._path(index, name)
        condition = self.conditions.q(index.where) if index.where else None
        if path is None or (index.where and condition is None):
            return None
        arguments, keywords = made_of
        opclasses = keywords.pop("opclasses", None)
        keywords["name"] = name
        if opclasses:
            keywords["opclasses"] = opclasses
        if condition is not None:
            keywords["condition"] = condition
        if index.include:
            keywords["include"] = [self.names[column] for column in index.include]
        if path == KIT_INDEX and index.method.lower() not in BTREE:
            keywords["method"] = index.method
        return Call(path, *arguments, **keywords, **options)

    def raw(self, index: Index, name: str) -> Call:
        """The index in the database's words."""
        head, tail = self.statement(index)
        keywords: dict[str, Value] = {"name": name, "vendor": self.context.vendor}
        if kind := head.removeprefix("CREATE ").partition("INDEX ")[0].strip():
            keywords["kind"] = kind
        return Call(RAW_INDEX, tail, **keywords)

    def statement(self, index: Index) -> tuple[str, str]:
        """What stands before and behind the table in CREATE INDEX."""
        dialect = dialect_of(self.context.connection)
        statement = index_statement(dialect, self.table, index)
        head, _, tail = statement.partition(f" ON {table_name(dialect, self.table)} ")
        return head, tail

    def _path(self, index: Index, name: str) -> str | None:
        method = index.method.lower() or "btree"
        is_long = len(name) > models.Index.max_name_length
        if method in BTREE and not index.options:
            return KIT_INDEX if is_long else f"{MODELS}Index"
        if not self.context.dialect.has_access_methods:
            return None
        if method in CLASSES and self.context.reader.contrib and not is_long:
            return POSTGRES_INDEXES + CLASSES[method][0]
        return None if index.options else KIT_INDEX

    def _options(self, index: Index) -> dict[str, Value] | None:
        """The storage options as keywords of django.contrib.postgres' class for the method."""
        _, known = CLASSES.get(index.method.lower() or "btree", ("", frozenset()))
        options: dict[str, Value] = {}
        for option, text in index.options:
            value = int(text) if text.isdigit() else WORDS.get(text)
            if option not in known or value is None:
                return None
            options[option] = value
        return options

    def _fields(self, index: Index) -> tuple[list[Value], dict[str, Value]] | None:
        """Names of fields, with a minus before those that descend, and their operator classes."""
        plain = not any(part.nulls or part.collation or part.length for part in index.parts)
        opclasses: list[Value] = [part.opclass for part in index.parts if part.opclass]
        if index.columns is None or not plain or len(opclasses) not in (0, len(index.parts)):
            return None
        fields: list[Value] = [
            ("-" if part.descending else "") + self.names[part.column or ""] for part in index.parts
        ]
        return [], {"fields": fields, "opclasses": opclasses}

    def _expressions(self, index: Index) -> tuple[list[Value], dict[str, Value]] | None:
        if not self.context.connection.features.supports_expression_indexes:
            return None
        parts = [self._expression(part) for part in index.parts]
        return None if None in parts else (parts, {})

    def _expression(self, part: IndexPart) -> Value:
        """One part of an index, wrapped in the order in which SQL has it; None for no form."""
        is_wrapped = part.descending or part.nulls or part.opclass or part.collation
        if part.length or (is_wrapped and not self.context.dialect.has_access_methods):
            return None
        found: Value
        if part.column is None:
            found = self.conditions.expression(part.expression or "")
        else:
            name = self.names[part.column]
            found = Call(f"{MODELS}F", name) if is_wrapped else name
        if found is None:
            return None
        if part.collation:
            found = Call(f"{MODELS}functions.Collate", found, part.collation)
        if part.opclass:
            if not self.context.reader.contrib:
                return None
            found = Call(f"{POSTGRES_INDEXES}OpClass", found, name=part.opclass)
        if part.descending or part.nulls:
            found = Call(f"{MODELS}OrderBy", found, **_order(part))
        return found


def _order(part: IndexPart) -> dict[str, Value]:
    order: dict[str, Value] = {"descending": True} if part.descending else {}
    if part.nulls:
        order[f"nulls_{part.nulls}"] = True
    return order
