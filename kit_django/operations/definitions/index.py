"""What a migration says of an index, lowered to the fact that the database will report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

from django.db.models.expressions import BaseExpression, F, OrderBy

from kit_django.exceptions import NotSupported, OperationError, UnknownColumn
from kit_django.meant import did_you_mean
from kit_django.operations.definitions.constraint import lacks, require_columns
from kit_django.operations.definitions.expression import expression_sql
from kit_django.operations.definitions.kinds import Columns, Condition, Count
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.names import default_name, require_name


class IndexOptions(TypedDict, total=False):
    """What may be said of any index beside its parts."""

    name: str | None
    unique: bool
    where: Condition | None
    include: Columns
    method: str
    opclasses: Columns
    lengths: dict[str, Count] | None
    nulls_distinct: bool
    options: str
    comment: str
    concurrently: bool


@dataclass(frozen=True)
class IndexDefinition:
    """``parts`` are column names (``"-name"`` descends), SQL expressions or Django's."""

    parts: tuple[str | BaseExpression | F, ...]
    name: str | None = None
    unique: bool = False
    where: Condition | None = None
    include: tuple[str, ...] = ()
    method: str = ""
    opclasses: tuple[str, ...] = ()
    lengths: dict[str, int] = field(default_factory=dict)
    nulls_distinct: bool = True
    options: str = ""
    comment: str = ""

    def __post_init__(self) -> None:
        if not self.nulls_distinct and not self.unique:
            raise OperationError(
                "nulls_distinct=False is said of an index that is not unique, to which it means "
                "nothing. Say unique=True too, or leave it out."
            )
        for part in self.parts:
            if isinstance(part, str) and self.parts.count(part) > 1 and not self.opclasses:
                raise OperationError(f"The index names the column {part!r} twice. Name it once.")
        for column in self.lengths:
            self._refuse_length_of_another(column)

    def _refuse_length_of_another(self, column: str) -> None:
        columns = [_column_of(part) for part in self.parts]
        if column not in columns:
            known = [each for each in columns if each]
            raise OperationError(
                f"lengths= names {column!r}, and the index is on ({', '.join(known)})."
                f"{did_you_mean(column, known)}"
            )

    def lower(self, table: facts.Table, catalog: Catalog) -> facts.Index:
        for what, is_asked_for, is_there in self._demands(table, catalog):
            if is_asked_for and not is_there:
                raise NotSupported(lacks(catalog, what))
        require_columns(table, self.include)
        parts = tuple(self._parts(table, catalog))
        name = self.name or self._default_name(table, parts)
        return facts.Index(
            name=require_name(catalog.connection, name, "an index"),
            parts=parts,
            unique=self.unique,
            where=None if self.where is None else expression_sql(self.where, table, catalog),
            include=self.include,
            method="" if self.method.lower() == "btree" else self.method,
            nulls_distinct=self.nulls_distinct,
            comment=self.comment,
            options=tuple(sorted(_storage_parameters(self.options))),
        )

    def _default_name(self, table: facts.Table, parts: tuple[facts.IndexPart, ...]) -> str:
        columns = [part.column or "expression" for part in parts]
        return default_name(table.name, columns, "unique" if self.unique else "index")

    def _parts(self, table: facts.Table, catalog: Catalog) -> list[facts.IndexPart]:
        if self.opclasses and len(self.opclasses) != len(self.parts):
            raise OperationError(
                f"The index has {len(self.parts)} parts and {len(self.opclasses)} opclasses."
            )
        parts = [self._part(part, table, catalog) for part in self.parts]
        pairs = zip(parts, self.opclasses, strict=False)
        return [replace(part, opclass=opclass or None) for part, opclass in pairs] or parts

    def _part(self, part: Any, table: facts.Table, catalog: Catalog) -> facts.IndexPart:
        if isinstance(part, OrderBy):
            inner = self._part(part.expression, table, catalog)
            return replace(inner, descending=part.descending, nulls=_nulls(part))
        if isinstance(part, F):
            return self._column(part.name, table)  # type: ignore[attr-defined]
        if not isinstance(part, str):
            return facts.IndexPart(expression=expression_sql(part, table, catalog))
        descending = part.startswith("-") and not table.has_column(part)
        column = self._column(part[1:] if descending else part, table)
        return replace(column, descending=True) if descending else column

    def _column(self, name: str, table: facts.Table) -> facts.IndexPart:
        if not table.has_column(name) and not name.replace("_", "a").isalnum():
            raise UnknownColumn(
                f"Table {table.display_name!r} has no column {name!r}. Several columns are a list, "
                'one that descends is "-name", and an expression is Django\'s, as Lower("name").'
            )
        require_columns(table, (name,))
        return facts.IndexPart(name, length=self.lengths.get(name))

    def _demands(self, table: facts.Table, catalog: Catalog) -> Iterator[tuple[str, bool, bool]]:
        """What not every database has: its name, whether it is asked for, whether it is there."""
        features, dialect = catalog.connection.features, catalog.dialect
        yield "partial indexes (where=)", self.where is not None, features.supports_partial_indexes
        yield "covering indexes (include=)", bool(self.include), features.supports_covering_indexes
        yield "operator classes (opclasses=)", bool(self.opclasses), dialect.has_access_methods
        yield "storage parameters (options=)", bool(self.options), dialect.has_access_methods
        yield "prefix lengths (lengths=)", bool(self.lengths), dialect.has_index_prefixes
        yield "comments on indexes (comment=)", bool(self.comment), dialect.has_index_comments
        has_distinct = features.supports_nulls_distinct_unique_constraints
        yield "NULLS NOT DISTINCT (nulls_distinct=False)", not self.nulls_distinct, has_distinct
        what = f"the index method {self.method!r} (method=)"
        has_method = dialect.has_index_method(self.method.lower(), table.option("engine"))
        yield what, bool(self.method), has_method
        are_expressions = [_is_expression(part) for part in self.parts]
        has_expressions = features.supports_expression_indexes
        yield "indexes on expressions", any(are_expressions), has_expressions
        has_order = features.supports_index_column_ordering
        yield "descending indexes (-)", any(map(_descends, self.parts)), has_order
        nulls = any(isinstance(part, OrderBy) and _nulls(part) for part in self.parts)
        yield "NULLS FIRST and NULLS LAST in indexes (nulls_first=)", nulls, dialect.orders_nulls


def _column_of(part: Any) -> str | None:
    """The column of a part, whatever its direction; None for an expression."""
    inner = part.expression if isinstance(part, OrderBy) else part
    if isinstance(inner, F):
        return inner.name  # type: ignore[attr-defined, no-any-return]
    return inner.removeprefix("-") if isinstance(inner, str) else None


def _is_expression(part: Any) -> bool:
    inner = part.expression if isinstance(part, OrderBy) else part
    return not isinstance(inner, str | F)


def _descends(part: Any) -> bool:
    return part.startswith("-") if isinstance(part, str) else getattr(part, "descending", False)


def _nulls(part: OrderBy) -> str | None:
    """Where NULLs go, unless it is where they go in that direction anyway."""
    asked = "first" if part.nulls_first else "last" if part.nulls_last else None
    return None if asked == ("first" if part.descending else "last") else asked


def _storage_parameters(text: str) -> Iterator[tuple[str, str]]:
    """``"fillfactor=70, fastupdate=off"`` as pairs, which is how facts have them."""
    for pair in filter(None, text.split(",")):
        name, _, value = pair.partition("=")
        yield name.strip(), value.strip()
