"""What a migration says of constraints, before a database has had its say.

Each definition is lowered to the fact that the database will report: names filled in, expressions
compiled to the database's SQL, what the database lacks refused.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, cast, get_args

from kit_django.exceptions import NotSupported, OperationError, UnknownColumn
from kit_django.meant import did_you_mean
from kit_django.operations.definitions.expression import expression_sql
from kit_django.operations.definitions.kinds import Condition
from kit_django.operations.definitions.references import refuse_misfits, refuse_without_key
from kit_django.schema import clauses, facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.facts import display_name
from kit_django.schema.names import Suffix, default_name, require_name
from kit_django.schema.sql.parentheses import is_wrapped

DeferrableChoice = Literal["immediate", "deferred", "default"] | None


def action(word: str) -> facts.Action:
    """``"set null"``, ``"SET NULL"`` and ``"set_null"`` -> ``"SET NULL"``. Raises OperationError."""
    known = get_args(facts.Action)
    given = str(word).replace("_", " ").upper()
    if given not in known:
        hint = did_you_mean(given.lower(), [each.lower() for each in known])
        hint = hint or f" Known: {', '.join(known)}."
        raise OperationError(f"{word!r} is no action of a foreign key.{hint}")
    return cast(facts.Action, given)


def require_columns(table: facts.Table, columns: tuple[str, ...]) -> None:
    """Raises UnknownColumn for the first column that the table lacks."""
    for name in columns:
        if not table.has_column(name):
            hint = did_you_mean(name, table.column_names)
            raise UnknownColumn(f"Table {display_name(table.key)!r} has no column {name!r}.{hint}")


def _refuse_twins(columns: tuple[str, ...], what: str) -> None:
    for name in columns:
        if columns.count(name) > 1:
            raise OperationError(f"{what} names the column {name!r} twice. Name it once.")


@dataclass(frozen=True)
class PrimaryKeyDefinition:
    kind: ClassVar = facts.PrimaryKey.kind
    columns: tuple[str, ...]
    name: str | None = None

    def lower(self, table: facts.Table, catalog: Catalog) -> facts.PrimaryKey:
        require_columns(table, self.columns)
        _refuse_twins(self.columns, "The primary key")
        self._refuse_nullable(table)
        if not catalog.dialect.keeps_key_names:
            return facts.PrimaryKey(self.columns)  # which keeps no name of it
        name = self.name or default_name(table.name, (), "pkey")
        return facts.PrimaryKey(
            self.columns, require_name(catalog.connection, name, "a constraint")
        )

    def _refuse_nullable(self, table: facts.Table) -> None:
        """A key makes its columns NOT NULL, which dropping the key would not undo."""
        for name in self.columns:
            if table.column(name).null:
                raise OperationError(
                    f"Column {name!r} of {display_name(table.key)!r} may be null, and a primary key "
                    f"may not. Say null=False for it first."
                )


@dataclass(frozen=True)
class UniqueDefinition:
    kind: ClassVar = facts.Unique.kind
    columns: tuple[str, ...]
    name: str | None = None
    deferrable: facts.Deferrable | None = None
    nulls_distinct: bool = True
    include: tuple[str, ...] = ()

    def lower(self, table: facts.Table, catalog: Catalog) -> facts.Unique:
        require_columns(table, (*self.columns, *self.include))
        _refuse_twins(self.columns, "The unique")
        features = catalog.connection.features
        if self.deferrable and not features.supports_deferrable_unique_constraints:
            raise NotSupported(lacks(catalog, "deferrable unique constraints (deferrable=)"))
        if not self.nulls_distinct and not features.supports_nulls_distinct_unique_constraints:
            raise NotSupported(lacks(catalog, "unique nulls (nulls_distinct=False)"))
        if self.include and not features.supports_covering_indexes:
            raise NotSupported(lacks(catalog, "covering constraints (include=)"))
        if catalog.dialect.merges_twin_uniques:
            self._refuse_twin(table)
        return facts.Unique(
            self.columns,
            _name(self, table, catalog, "unique"),
            self.deferrable,
            self.nulls_distinct,
            self.include,
        )

    def _refuse_twin(self, table: facts.Table) -> None:
        """SQLite makes one index of two that are alike, and knows one constraint then."""
        key = table.primary_key
        is_rowid = key is not None and [
            table.column(name).type.upper() for name in key.columns
        ] == ["INTEGER"]
        keys = [key.columns] if key and not is_rowid else []  # a rowid has no index
        if self.columns in (*keys, *(unique.columns for unique in table.uniques)):
            raise OperationError(
                f"Table {table.name!r} is unique on ({', '.join(self.columns)}) already, and "
                "SQLite makes one constraint of two that are alike."
            )


@dataclass(frozen=True)
class CheckDefinition:
    kind: ClassVar = facts.Check.kind
    condition: Condition
    name: str | None = None
    columns: tuple[str, ...] = ()
    """Only for the name, where none was given."""
    valid: bool = True

    def lower(self, table: facts.Table, catalog: Catalog) -> facts.Check:
        sql = expression_sql(self.condition, table, catalog)
        name = require_name(
            catalog.connection, self.name or self.default_name(table), "a constraint"
        )
        return facts.Check(sql, name, options=_validity(self.valid, catalog))

    def default_name(self, table: facts.Table) -> str:
        """A name of table and columns that no other check of the table has."""
        taken = {check.name for check in table.checks}
        return next(name for name in self._names(table) if name not in taken)

    def given_names(self, table: facts.Table) -> list[str]:
        """Those of such names that were given, in their order."""
        taken = {check.name for check in table.checks}
        return list(itertools.takewhile(lambda name: name in taken, self._names(table)))

    def _names(self, table: facts.Table) -> Iterator[str]:
        yield default_name(table.name, self.columns, "check")
        for number in itertools.count(2):
            yield default_name(table.name, (*self.columns, str(number)), "check")


@dataclass(frozen=True)
class ForeignKeyDefinition:
    kind: ClassVar = facts.ForeignKey.kind
    columns: tuple[str, ...]
    table: str
    to_columns: tuple[str, ...] = ()
    on_delete: facts.Action = "NO ACTION"
    on_update: facts.Action = "NO ACTION"
    deferrable: DeferrableChoice = "default"
    name: str | None = None
    valid: bool = True

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
        _refuse_twins(self.columns, "The foreign key")
        refuse_misfits(table, self.columns, target, to_columns, catalog)
        if target is not table:  # which may get its key yet
            refuse_without_key(table, target, to_columns, catalog)
        refuse_actions_on_required(table, self.columns, self.on_delete, self.on_update)
        self._refuse_what_is_lacking(catalog)
        return facts.ForeignKey(
            self.columns,
            target.name,
            to_columns,
            _name(self, table, catalog, "foreign"),
            target.schema,
            self.on_delete,
            self.on_update,
            self._deferrable(catalog),
            options=_validity(self.valid, catalog),
        )

    def _refuse_what_is_lacking(self, catalog: Catalog) -> None:
        # InnoDB takes the words and then does nothing, or refuses them, depending on the release.
        if not catalog.dialect.has_set_default:
            for option, given in (("on_delete", self.on_delete), ("on_update", self.on_update)):
                if given == "SET DEFAULT":
                    raise NotSupported(lacks(catalog, f'SET DEFAULT ({option}="set default")'))

    def target(self, table: facts.Table, catalog: Catalog) -> facts.Table:
        """The table that is pointed to, which may be the one that is being made."""
        return table if catalog.key(self.table) == table.key else catalog.table(self.table)

    def _deferrable(self, catalog: Catalog) -> facts.Deferrable | None:
        can_defer = catalog.connection.features.can_defer_constraint_checks
        if self.deferrable == "default":
            return "deferred" if can_defer else None
        if self.deferrable and not can_defer:
            raise NotSupported(lacks(catalog, "deferrable foreign keys (deferrable=)"))
        return self.deferrable


def refuse_actions_on_required(
    table: facts.Table, columns: tuple[str, ...], on_delete: str, on_update: str
) -> None:
    """Raises OperationError for a SET NULL, or a SET DEFAULT to none, of what cannot be null.

    Databases take it, and raise when a row is deleted that others refer to.
    """
    for option, action in (("on_delete", on_delete), ("on_update", on_update)):
        for column in map(table.column, columns):
            is_set = action == "SET NULL" or (action == "SET DEFAULT" and column.default is None)
            if is_set and not column.null:
                raise OperationError(
                    f'{option}="{action.lower()}" would set {column.name!r} of '
                    f"{table.display_name!r} to null, which it cannot be. Say null=True for it, or "
                    "another action."
                )


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

    kind: ClassVar = facts.Exclusion.kind
    columns: ClassVar[tuple[str, ...]] = ()
    elements: tuple[tuple[Condition, str], ...]
    name: str
    method: str = "gist"
    where: Condition | None = None
    deferrable: facts.Deferrable | None = None
    include: tuple[str, ...] = ()

    def lower(self, table: facts.Table, catalog: Catalog) -> facts.Exclusion:
        if "exclusion constraints" not in catalog.dialect.objects:
            raise NotSupported(lacks(catalog, "exclusion constraints (exclude)"))
        require_columns(table, self.include)
        name = require_name(catalog.connection, self.name, "a constraint")
        return facts.Exclusion(name, _exclusion_sql(self, table, catalog), self.deferrable)


def _exclusion_sql(definition: ExclusionDefinition, table: facts.Table, catalog: Catalog) -> str:
    """PostgreSQL's EXCLUDE clause, without the constraint's name."""
    dialect = catalog.dialect
    elements = ", ".join(
        f"{_element(part, table, catalog)} WITH {operator}"
        for part, operator in definition.elements
    )
    sql = f"EXCLUDE USING {clauses.name_list(dialect, [definition.method])} ({elements})"
    if definition.include:
        sql += f" INCLUDE ({clauses.name_list(dialect, definition.include)})"
    if definition.where is not None:
        sql += f" WHERE ({expression_sql(definition.where, table, catalog)})"
    return sql + clauses.deferrable_clause(definition.deferrable)


def _element(part: Condition, table: facts.Table, catalog: Catalog) -> str:
    if isinstance(part, str) and table.has_column(part):
        return clauses.name_list(catalog.dialect, [part])
    sql = expression_sql(part, table, catalog)
    return sql if is_wrapped(sql, catalog.dialect) else f"({sql})"


Definition = (
    PrimaryKeyDefinition
    | UniqueDefinition
    | CheckDefinition
    | ForeignKeyDefinition
    | ExclusionDefinition
)


def _validity(valid: bool, catalog: Catalog) -> tuple[tuple[str, str], ...]:
    what = "constraints that are not valid for old rows"
    if not valid and what not in catalog.dialect.objects:
        raise NotSupported(lacks(catalog, f"{what} (valid=False)"))
    return () if valid else (("not valid", ""),)


def _name(
    definition: UniqueDefinition | ForeignKeyDefinition,
    table: facts.Table,
    catalog: Catalog,
    suffix: Suffix,
) -> str:
    name = definition.name or default_name(table.name, definition.columns, suffix)
    return require_name(catalog.connection, name, "a constraint")


def lacks(catalog: Catalog, what: str) -> str:
    """The message for what one database lacks, option included."""
    return f"{catalog.connection.display_name} has no {what}. Leave it out for this database."
