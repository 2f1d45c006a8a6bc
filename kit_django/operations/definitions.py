"""What a migration says of indexes and constraints, before a database has had its say.

Each definition is lowered to the fact that the database will report: names filled in, expressions
compiled to the database's SQL, what the database lacks refused.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from django.db.models import Q
from django.db.models.expressions import BaseExpression, F, OrderBy

from kit_django.exceptions import NotSupported, OperationError, UnknownColumn
from kit_django.operations.naming import default_name
from kit_django.operations.sql import expression_sql
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog, display_name

Condition = str | Q | BaseExpression
DeferrableChoice = Literal["immediate", "deferred", "default"] | None


def action(word: str) -> facts.Action:
    """``"set null"``, ``"SET NULL"`` and ``"set_null"`` -> ``"SET NULL"``. Raises OperationError."""
    known = get_args(facts.Action)
    given = str(word).replace("_", " ").upper()
    if given not in known:
        close = difflib.get_close_matches(given, known, n=1)
        hint = f"Did you mean {close[0].lower()!r}?" if close else f"Known: {', '.join(known)}."
        raise OperationError(f"{word!r} is no action of a foreign key. {hint}")
    return cast(facts.Action, given)


def require_columns(table: facts.Table, columns: tuple[str, ...]) -> None:
    """Raises UnknownColumn for the first column that the table lacks."""
    for name in columns:
        if not table.has_column(name):
            close = difflib.get_close_matches(name, table.column_names, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise UnknownColumn(f"Table {display_name(table.key)!r} has no column {name!r}.{hint}")


@dataclass(frozen=True)
class PrimaryKeyDefinition:
    columns: tuple[str, ...]
    name: str | None = None

    def lower(self, table: facts.Table, catalog: Catalog) -> facts.PrimaryKey:
        require_columns(table, self.columns)
        if catalog.connection.vendor == "mysql":
            return facts.PrimaryKey(self.columns)
        return facts.PrimaryKey(self.columns, self.name or f"{table.name[:50]}_pkey")


@dataclass(frozen=True)
class UniqueDefinition:
    columns: tuple[str, ...]
    name: str | None = None
    deferrable: facts.Deferrable | None = None
    nulls_distinct: bool = True
    include: tuple[str, ...] = ()

    def lower(self, table: facts.Table, catalog: Catalog) -> facts.Unique:
        require_columns(table, (*self.columns, *self.include))
        features = catalog.connection.features
        if self.deferrable and not features.supports_deferrable_unique_constraints:
            raise NotSupported(_lacks(catalog, "deferrable unique constraints (deferrable=)"))
        if not self.nulls_distinct and not features.supports_nulls_distinct_unique_constraints:
            raise NotSupported(_lacks(catalog, "unique nulls (nulls_distinct=False)"))
        if self.include and not features.supports_covering_indexes:
            raise NotSupported(_lacks(catalog, "covering constraints (include=)"))
        return facts.Unique(
            self.columns,
            self.name or default_name(table.name, self.columns, "unique"),
            self.deferrable,
            self.nulls_distinct,
            self.include,
        )


@dataclass(frozen=True)
class CheckDefinition:
    condition: Condition
    name: str | None = None
    columns: tuple[str, ...] = ()
    """Only for the name, where none was given."""

    def lower(self, table: facts.Table, catalog: Catalog) -> facts.Check:
        sql = expression_sql(self.condition, table, catalog)
        return facts.Check(sql, self.name or self._default_name(table))

    def _default_name(self, table: facts.Table) -> str:
        taken = {check.name for check in table.checks}
        name = default_name(table.name, self.columns, "check")
        number = 1
        while name in taken:
            number += 1
            name = default_name(table.name, (*self.columns, str(number)), "check")
        return name


@dataclass(frozen=True)
class ForeignKeyDefinition:
    columns: tuple[str, ...]
    table: str
    to_columns: tuple[str, ...] = ()
    on_delete: facts.Action = "NO ACTION"
    on_update: facts.Action = "NO ACTION"
    deferrable: DeferrableChoice = "default"
    name: str | None = None

    def lower(self, table: facts.Table, catalog: Catalog) -> facts.ForeignKey:
        require_columns(table, self.columns)
        target = self.target(table, catalog)
        to_columns = self.to_columns or referenced_key(target)
        require_columns(target, to_columns)
        if len(to_columns) != len(self.columns):
            raise OperationError(
                f"The foreign key from {table.name!r} ({', '.join(self.columns)}) names "
                f"{len(self.columns)} columns, {self.table!r} ({', '.join(to_columns)}) "
                f"{len(to_columns)}. Give as many columns on both sides."
            )
        return facts.ForeignKey(
            self.columns,
            target.name,
            to_columns,
            self.name or default_name(table.name, self.columns, "foreign"),
            target.schema,
            self.on_delete,
            self.on_update,
            self._deferrable(catalog),
        )

    def target(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        """The table that is pointed to, which may be the one that is being made."""
        return table if catalog.key(self.table) == table.key else catalog.table(self.table)

    def _deferrable(self, catalog: Catalog) -> facts.Deferrable | None:
        can_defer = catalog.connection.features.can_defer_constraint_checks
        if self.deferrable == "default":
            return "deferred" if can_defer else None
        if self.deferrable and not can_defer:
            raise NotSupported(_lacks(catalog, "deferrable foreign keys (deferrable=)"))
        return self.deferrable


def referenced_key(table: facts.Table) -> tuple[str, ...]:
    """The columns that a foreign key points to when it names none. Raises OperationError."""
    if table.primary_key is None:
        raise OperationError(
            f"Table {display_name(table.key)!r} has no primary key. Name the columns that the "
            "foreign key points to."
        )
    return table.primary_key.columns


@dataclass(frozen=True)
class ExclusionDefinition:
    """``elements`` pairs a column or SQL expression with an operator."""

    elements: tuple[tuple[Condition, str], ...]
    name: str
    method: str = "gist"
    where: Condition | None = None
    deferrable: facts.Deferrable | None = None
    include: tuple[str, ...] = ()

    def lower(self, table: facts.Table, catalog: Catalog) -> facts.Exclusion:
        from kit_django.operations.sql import exclusion_sql

        if catalog.connection.vendor != "postgresql":
            raise NotSupported(_lacks(catalog, "exclusion constraints"))
        require_columns(table, self.include)
        return facts.Exclusion(self.name, exclusion_sql(self, table, catalog), self.deferrable)


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

    def lower(self, table: facts.Table, catalog: Catalog) -> facts.Index:
        self._refuse_what_is_lacking(catalog)
        require_columns(table, self.include)
        where = None if self.where is None else expression_sql(self.where, table, catalog)
        parts = tuple(self._parts(table, catalog))
        columns = [part.column or "expression" for part in parts]
        suffix: Literal["unique", "index"] = "unique" if self.unique else "index"
        return facts.Index(
            name=self.name or default_name(table.name, columns, suffix),
            parts=parts,
            unique=self.unique,
            where=where,
            include=self.include,
            method=self.method,
            nulls_distinct=self.nulls_distinct,
            comment=self.comment,
            options=(("with", self.options),) if self.options else (),
        )

    def _parts(self, table: facts.Table, catalog: Catalog) -> list[facts.IndexPart]:
        if self.opclasses and len(self.opclasses) != len(self.parts):
            raise OperationError(
                f"The index has {len(self.parts)} parts and {len(self.opclasses)} opclasses."
            )
        opclasses = self.opclasses or ("",) * len(self.parts)
        pairs = zip(self.parts, opclasses, strict=True)
        return [self._part(part, opclass or None, table, catalog) for part, opclass in pairs]

    def _part(
        self, part: Any, opclass: str | None, table: facts.Table, catalog: Catalog
    ) -> facts.IndexPart:
        if isinstance(part, str):
            descending = part.startswith("-") and not table.has_column(part)
            name = part[1:] if descending else part
            require_columns(table, (name,))
            return facts.IndexPart(
                name, descending=descending, opclass=opclass, length=self.lengths.get(name)
            )
        if isinstance(part, OrderBy):
            nulls = "first" if part.nulls_first else "last" if part.nulls_last else None
            inner = self._part(part.expression, opclass, table, catalog)
            return facts.IndexPart(inner.column, inner.expression, part.descending, nulls, opclass)
        if isinstance(part, F):
            return self._part(part.name, opclass, table, catalog)  # type: ignore[attr-defined]
        return facts.IndexPart(expression=expression_sql(part, table, catalog), opclass=opclass)

    def _refuse_what_is_lacking(self, catalog: Catalog) -> None:
        connection = catalog.connection
        features = connection.features
        if self.where is not None and not features.supports_partial_indexes:
            raise NotSupported(_lacks(catalog, "partial indexes (where=)"))
        if self.include and not features.supports_covering_indexes:
            raise NotSupported(_lacks(catalog, "covering indexes (include=)"))
        if self.opclasses and connection.vendor != "postgresql":
            raise NotSupported(_lacks(catalog, "operator classes (opclasses=)"))
        if self.options and connection.vendor != "postgresql":
            raise NotSupported(_lacks(catalog, "storage parameters (options=)"))
        if self.lengths and connection.vendor != "mysql":
            raise NotSupported(_lacks(catalog, "prefix lengths (lengths=)"))
        if self.comment and connection.vendor != "mysql":
            raise NotSupported(_lacks(catalog, "comments on indexes (comment=)"))
        if not self.nulls_distinct and not features.supports_nulls_distinct_unique_constraints:
            raise NotSupported(_lacks(catalog, "unique nulls (nulls_distinct=False)"))
        if self.method and connection.vendor == "sqlite":
            raise NotSupported(_lacks(catalog, f"the index method {self.method!r} (method=)"))
        has_expressions = any(isinstance(part, BaseExpression | F) for part in self.parts)
        if has_expressions and not features.supports_expression_indexes:
            plain = all(
                isinstance(part, F)
                or (isinstance(part, OrderBy) and isinstance(part.expression, F))
                for part in self.parts
                if not isinstance(part, str)
            )
            if not plain:
                raise NotSupported(_lacks(catalog, "indexes on expressions"))


Definition = (
    PrimaryKeyDefinition
    | UniqueDefinition
    | CheckDefinition
    | ForeignKeyDefinition
    | ExclusionDefinition
)
Constraint = facts.PrimaryKey | facts.Unique | facts.Check | facts.ForeignKey | facts.Exclusion


def _lacks(catalog: Catalog, what: str) -> str:
    return f"{catalog.connection.display_name} has no {what}. Leave it out for this database."
