"""A column as a migration says it -> the facts of that column on one database."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypedDict

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import NotSupported, OperationError
from kit_django.operations.definitions.constraint import (
    CheckDefinition,
    ForeignKeyDefinition,
    referenced_key,
    require_columns,
)
from kit_django.operations.definitions.defaults import (
    OF_SOME_TYPES,
    labels_of,
    refuse_contradictions,
    refuse_misfits,
    refuse_unknown_label,
)
from kit_django.operations.definitions.enums import enum_type
from kit_django.operations.definitions.expression import default_sql, expression_sql
from kit_django.operations.definitions.kinds import Condition
from kit_django.operations.definitions.references import as_referenced
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects.types import affinity, is_text
from kit_django.schema.sql.typed import kind_of_check
from kit_django.schema.tables.dependents import check_of_type


class Modifiers(TypedDict, total=False):
    """What may be said of any column. What is left unsaid of a changed column stays as it is."""

    null: bool
    default: Any
    unique: bool | str
    index: bool | str
    primary_key: bool
    comment: str
    collation: str | None
    check: Condition
    generated_as: Condition
    stored: bool
    use_current: bool
    use_current_on_update: bool
    using: str


_OF_THE_TABLE = {"unique", "index", "primary_key", "check"}


@dataclass(frozen=True)
class ColumnSpec:
    """A column's type, as a Django field or as that of the column it refers to, and its modifiers.

    Both are None where only modifiers change.
    """

    field: models.Field[Any, Any] | None = None
    reference: ForeignKeyDefinition | None = None
    enum: tuple[str, tuple[str, ...]] | None = None
    """The name of the type and its labels."""
    own: tuple[str, tuple[str | int, ...]] | None = None
    """What only some databases have a type of their own for, and the type's arguments."""
    modifiers: Modifiers = dataclasses.field(default_factory=Modifiers)

    def __post_init__(self) -> None:
        refuse_contradictions(self.modifiers)
        if self.enum is not None:
            refuse_unknown_label(self.modifiers.get("default"), self.enum[1], "the column")
        if self.field is not None:
            refuse_misfits(self.modifiers, self.field, "the column")

    @property
    def has_type(self) -> bool:
        return any(said is not None for said in (self.field, self.reference, self.enum, self.own))

    @property
    def is_of_the_column(self) -> bool:
        """Whether it says more than constraints and indexes, which are changes of their own."""
        return self.has_type or not self.modifiers.keys() <= _OF_THE_TABLE


@cache
def _unbound() -> type[models.Model]:
    """What fields that belong to no model are bound to while their SQL is compiled.

    Made when it is first needed: Django makes no model before its apps are there.
    """

    class Unbound(models.Model):
        class Meta:
            abstract = True

    return Unbound


def lower_column(
    name: str,
    spec: ColumnSpec,
    table: facts.Table,
    catalog: Catalog,
    current: facts.Column | None = None,
) -> facts.Column:
    """The facts of the column, starting from ``current`` where it exists already.

    Raises NotSupported where the database lacks what is asked for.
    """
    if current is not None and spec.has_type and _is_json_as_text(current, table, catalog):
        current = _with_collation(current, None)  # which came with the JSON
    column = _with_type(name, spec, table, catalog, current)
    if current is not None and spec.has_type:
        column = _keeping_numbers(column, current, catalog)
    modifiers = spec.modifiers
    if spec.field is None and modifiers.keys() & {*OF_SOME_TYPES, "default"}:
        refuse_misfits(modifiers, _field_of(column, catalog), f"column {name!r}")
    if modifiers.get("default") is not None and not spec.has_type:
        labels = labels_of(column, table, catalog)
        refuse_unknown_label(modifiers["default"], labels, f"column {name!r}")
    if "null" in modifiers:
        column = _with_null(column, modifiers["null"])
    if "comment" in modifiers:
        column = _with_comment(column, modifiers["comment"], catalog)
    if "collation" in modifiers:
        column = _with_collation(column, modifiers["collation"])
    if "generated_as" in modifiers:
        column = _with_generation(column, modifiers, table, catalog)
    column = _with_default(_with_on_update(column, modifiers, catalog), spec, catalog)
    _refuse_generated_not_null(column, catalog)
    return column


def _with_type(
    name: str,
    spec: ColumnSpec,
    table: facts.Table,
    catalog: Catalog,
    current: facts.Column | None,
) -> facts.Column:
    column = current or facts.Column(name, "", null=False)
    if spec.reference is not None:
        return _as_referenced(column, spec.reference, table, catalog)
    if spec.enum is not None:
        return replace(column, type=enum_type(column, spec.enum, table, catalog))
    if spec.own is not None:
        return replace(column, type=_own_type(*spec.own, catalog), identity=None)
    if spec.field is None:
        return column
    return _as_field(column, spec.field, table, catalog)


def _as_referenced(
    column: facts.Column, reference: ForeignKeyDefinition, table: facts.Table, catalog: Catalog
) -> facts.Column:
    target = reference.target(table, catalog)
    to_columns = reference.to_columns or referenced_key(target)
    if len(to_columns) != 1:
        raise OperationError(
            f"Column {column.name!r} refers to {reference.table!r}, whose key has "
            f"{len(to_columns)} columns. Make the columns one by one, and the key with "
            "table.foreign_key([...])."
        )
    require_columns(target, to_columns)
    return as_referenced(column, table, target.column(to_columns[0]), target, catalog)


def _as_field(
    column: facts.Column, source: models.Field[Any, Any], table: facts.Table, catalog: Catalog
) -> facts.Column:
    connection = catalog.connection
    bound = bind(source, column.name)
    parameters = bound.db_parameters(connection=connection)
    if parameters["type"] is None:
        raise OperationError(
            f"{type(source).__name__} makes no column on {connection.display_name}, so "
            f"{column.name!r} cannot be one. Use a field that has a column."
        )
    sql_type, identity = _split_identity(parameters["type"], bound, connection)
    column = replace(column, type=sql_type, identity=identity)
    if catalog.dialect.collates_texts_only and not is_text(sql_type):
        column = _with_collation(column, None)
    if parameters.get("collation"):
        column = _with_collation(column, parameters["collation"])
    if bound.db_comment:
        column = _with_comment(column, bound.db_comment, catalog)
    if isinstance(bound, models.GeneratedField):
        generated: Any = bound
        expression = expression_sql(generated.expression, table, catalog)
        column = replace(column, generated=facts.Generated(expression, bool(generated.db_persist)))
    elif _db_default(bound) is not models.NOT_PROVIDED:
        column = replace(column, default=default_sql(connection, bound))
    return column


def _own_type(kind: str, arguments: tuple[str | int, ...], catalog: Catalog) -> str:
    name = dict(catalog.dialect.own_types).get(kind)
    if name is None:
        raise NotSupported(
            f"{catalog.connection.display_name} has no type for a column that is a {kind}. Leave it out "
            "for this database."
        )
    words = (catalog.dialect.literal(each) or "" for each in arguments)
    return f"{name}({','.join(words)})" if arguments else name


def _is_json_as_text(column: facts.Column, table: facts.Table, catalog: Catalog) -> bool:
    if not catalog.dialect.json_is_text:
        return False
    check = check_of_type(table, column.name, catalog.dialect)
    return check is not None and kind_of_check(check.sql, column.name, catalog.dialect) == "json"


def _with_collation(column: facts.Column, collation: str | None) -> facts.Column:
    """The character set goes with the collation, which implies one of its own."""
    told = ("charset", "collation schema")
    options = tuple(pair for pair in column.options if pair[0] not in told)
    return replace(column, collation=collation, options=options)


def _keeping_numbers(column: facts.Column, current: facts.Column, catalog: Catalog) -> facts.Column:
    """A column that numbers its rows goes on doing so; none begins to."""
    is_rowid = ("rowid", "") in current.options
    if current.identity is None and not is_rowid:
        if column.identity is not None:
            raise OperationError(
                f"Column {column.name!r} is there already, and cannot begin to number its rows. "
                "Say it in SQL, with schema.run_sql(), or make a new column."
            )
        return column
    if affinity(column.type) != "INTEGER":
        raise OperationError(
            f"Column {column.name!r} numbers the rows of its table, which only whole numbers can. "
            f"{column.type!r} is no type of those."
        )
    if catalog.dialect.integer_key_is_rowid:
        # There INTEGER is the only type that can, and holds eight bytes.
        column = replace(column, type=current.type)
    return replace(column, identity=current.identity)


def bind(source: models.Field[Any, Any], name: str) -> models.Field[Any, Any]:
    """A copy of the field that knows its column, for what Django compiles from it."""
    bound = copy.copy(source)
    bound.set_attributes_from_name(name)
    bound.model = _unbound()
    return bound


def implied_checks(
    name: str, spec: ColumnSpec, table: facts.Table, catalog: Catalog
) -> tuple[facts.Check, ...]:
    """The checks that a type brings along: none below zero, one of these texts, valid JSON.

    MariaDB and MySQL have types that say these themselves.
    """
    connection = catalog.connection
    if not catalog.dialect.types_imply_checks:
        return ()
    condition = None
    if spec.field is not None:
        bound = bind(spec.field, name)
        bound.column = name.replace('"', '""')  # which Django puts between quotes as it is
        condition = bound.db_parameters(connection=connection)["check"]
    elif spec.enum is not None and catalog.dialect.enums == "check":
        labels = ", ".join(catalog.dialect.quote_literal(label) for label in spec.enum[1])
        condition = f"{catalog.dialect.quote_name(name)} IN ({labels})"
    if not condition:
        return ()
    return (CheckDefinition(str(condition), columns=(name,)).lower(table, catalog),)


def _split_identity(
    sql_type: str, field: models.Field[Any, Any], connection: BaseDatabaseWrapper
) -> tuple[str, facts.Identity | None]:
    if sql_type.upper().endswith(" AUTO_INCREMENT"):
        return sql_type[: -len(" AUTO_INCREMENT")], facts.Identity("auto_increment")
    suffix = (field.db_type_suffix(connection) or "").upper()
    if suffix == "AUTOINCREMENT":
        return sql_type, facts.Identity("autoincrement")
    if "AS IDENTITY" in suffix:
        return sql_type, facts.Identity("always" if "ALWAYS" in suffix else "by default")
    return sql_type, None


_SPARING = ("not null not valid",)


def _with_null(column: facts.Column, null: bool) -> facts.Column:
    """What else was said of its NOT NULL goes with that; one that is said anew spares no rows."""
    gone = ("not null conflict", "not null", "not null not valid") if null else _SPARING
    options = tuple(pair for pair in column.options if pair[0] not in gone)
    return replace(column, null=null, options=options)


def require_comments(connection: BaseDatabaseWrapper, what: str) -> None:
    """Raises NotSupported where the database has no comments on tables and columns."""
    if not connection.features.supports_comments:
        raise NotSupported(
            f"{connection.display_name} has no comments on {what} (comment=). "
            "Leave it out for this database."
        )


def _with_comment(column: facts.Column, text: str, catalog: Catalog) -> facts.Column:
    if text:
        require_comments(catalog.connection, "columns")
    return replace(column, comment=text)


def _with_generation(
    column: facts.Column, modifiers: Modifiers, table: facts.Table, catalog: Catalog
) -> facts.Column:
    stored = modifiers.get("stored", True)
    features = catalog.connection.features
    if not (features.supports_stored_generated_columns if stored else _has_virtual(catalog)):
        kind = "stored" if stored else "virtual"
        raise NotSupported(
            f"{catalog.connection.display_name} has no {kind} generated columns. "
            f"Say stored={not stored}."
        )
    # A generated column of a new table cannot see itself.
    sql = expression_sql(modifiers["generated_as"], table, catalog)
    return replace(column, generated=facts.Generated(sql, stored), default=None)


def _has_virtual(catalog: Catalog) -> bool:
    return bool(catalog.connection.features.supports_virtual_generated_columns)


def _refuse_generated_not_null(column: facts.Column, catalog: Catalog) -> None:
    if column.generated and not column.null and not catalog.dialect.generated_may_refuse_null:
        raise NotSupported(
            f"{catalog.dialect.name} has no generated columns that cannot be null. Say null=True."
        )


def _with_on_update(column: facts.Column, modifiers: Modifiers, catalog: Catalog) -> facts.Column:
    asked = modifiers.get("use_current_on_update")
    if asked and not catalog.dialect.has_on_update:
        raise NotSupported(
            f"{catalog.connection.display_name} has no ON UPDATE CURRENT_TIMESTAMP "
            "(use_current_on_update=). Leave it out for this database."
        )
    if asked is None:
        return column
    return replace(column, on_update=_current_timestamp(column) if asked else None)


def _with_default(column: facts.Column, spec: ColumnSpec, catalog: Catalog) -> facts.Column:
    modifiers = spec.modifiers
    if modifiers.get("use_current"):
        return replace(column, default=_current_timestamp(column))
    if "default" not in modifiers and "use_current" not in modifiers:
        return column
    default = modifiers.get("default")
    if default is None:
        return replace(column, default=None)
    bound = bind(spec.field or _field_of(column, catalog), column.name)
    bound.db_default = default
    bound.__dict__.pop("_db_default_expression", None)
    return replace(column, default=default_sql(catalog.connection, bound))


def _current_timestamp(column: facts.Column) -> str:
    precision = column.type[column.type.find("(") :] if "(" in column.type else ""
    return f"CURRENT_TIMESTAMP{precision if precision.strip('()').isdigit() else ''}"


def _field_of(column: facts.Column, catalog: Catalog) -> models.Field[Any, Any]:
    from kit_django.operations.models import field_of

    return field_of(column, catalog)


def _db_default(field: models.Field[Any, Any]) -> Any:
    return field.db_default
