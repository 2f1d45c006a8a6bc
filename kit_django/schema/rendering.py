"""Facts -> a throwaway Django model, with verbatim types, for the schema editor.

The model says exactly what the facts say, so that whatever kit_django does not understand passes
through Django's editor unharmed. It is never used for queries. Names are quoted before Django
sees them: its own ``quote_name`` leaves a quoted name as it is, and does not escape any other.
"""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint

from kit_django.schema import clauses, facts
from kit_django.schema.quoting import quote_literal, quote_name, quote_qualified


def render_table(connection: BaseDatabaseWrapper, table: facts.Table) -> type[models.Model]:
    """A model class whose ``create_model`` makes the table, without its indexes."""
    body: dict[str, Any] = {
        f"column_{number}": VerbatimField(connection, column)
        for number, column in enumerate(table.columns)
    }
    meta = {
        "apps": Apps(),
        "app_label": "kit_django",
        "db_table": clauses.table_name(connection, table),
        "constraints": [
            VerbatimConstraint(clause) for clause in clauses.table_constraints(connection, table)
        ],
    }
    body |= {
        "no_key": NoColumn(primary_key=True),
        "Meta": type("Meta", (), meta),
        "__module__": __name__,
    }
    return type("RenderedTable", (models.Model,), body)


def render_column(connection: BaseDatabaseWrapper, column: facts.Column) -> models.Field[Any, Any]:
    """One field that is bound to no model, for ``add_field`` and ``column_sql``."""
    field = VerbatimField(connection, column)
    field.set_attributes_from_name("column")
    return field


class VerbatimField(models.Field):  # type: ignore[type-arg]
    """A column as the facts have it."""

    empty_strings_allowed = False

    def __init__(self, connection: BaseDatabaseWrapper, column: facts.Column) -> None:
        self.fact = column
        self.generated = column.generated is not None  # type: ignore[misc]
        self.db_persist = column.generated is not None and column.generated.stored
        super().__init__(
            null=column.null,
            db_column=quote_name(connection, column.name),
        )

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        return {"type": column_type(connection, self.fact), "check": None}

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return column_type(connection, self.fact)

    def db_type_suffix(self, connection: BaseDatabaseWrapper) -> str:
        return column_suffix(connection, self.fact)

    def generated_sql(self, connection: BaseDatabaseWrapper) -> tuple[str, tuple[()]]:
        assert self.fact.generated
        expression = self.fact.generated.expression
        if connection.features.requires_literal_defaults:
            # There Django interpolates the parameters into the expression, even if it has none.
            expression = expression.replace("%", "%%")
        return expression, ()

    def clone(self) -> VerbatimField:
        raise NotImplementedError("A rendered column belongs to one rendered table.")


class NoColumn(models.Field):  # type: ignore[type-arg]
    """Keeps Django from adding a key of its own; the real key is a table constraint."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        return {"type": None, "check": None}

    def db_type(self, connection: BaseDatabaseWrapper) -> None:
        return None


class VerbatimConstraint(BaseConstraint):
    """Any constraint, as its clause."""

    def __init__(self, clause: str) -> None:
        super().__init__(name="named_in_the_clause")
        self.clause = clause

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        """Django clones the constraints of a model by this."""
        path, _args, _kwargs = super().deconstruct()
        return path, (self.clause,), {}

    def constraint_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        return self.clause

    def create_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        assert model is not None
        return f"ALTER TABLE {model._meta.db_table} ADD {self.clause}"


def column_type(connection: BaseDatabaseWrapper, column: facts.Column) -> str:
    """All that stands between a column's name and its NULL or NOT NULL."""
    options = dict(column.options)
    words = [column.type]
    if options.get("charset"):
        words.append(f"CHARACTER SET {options['charset']}")
    if column.collation:
        words.append(f"COLLATE {collation_name(connection, column)}")
    if column.default is not None and not column.generated:
        words.append(clauses.default_clause(connection, column.default))
    return " ".join(word for word in words if word)


def collation_name(connection: BaseDatabaseWrapper, column: facts.Column) -> str:
    return quote_qualified(
        connection, column.collation or "", dict(column.options).get("collation schema")
    )


def column_suffix(connection: BaseDatabaseWrapper, column: facts.Column) -> str:
    """All that stands behind a column's NULL or NOT NULL."""
    options = dict(column.options)
    words = []
    if column.generated and not column.null and connection.vendor != "mysql":
        # Django leaves NOT NULL out beside GENERATED, and MariaDB does not take it there.
        words.append("NOT NULL")
    if "not null conflict" in options:
        words.append(f"ON CONFLICT {options['not null conflict']}")
    if column.identity:
        words.append(_identity_clause(column.identity))
    if column.on_update:
        words.append(f"ON UPDATE {column.on_update}")
    if column.invisible:
        words.append("INVISIBLE")
    if "srid" in options:
        words.append(f"SRID {options['srid']}")
    if "without system versioning" in options:
        words.append("WITHOUT SYSTEM VERSIONING")
    if column.comment and connection.features.supports_comments_inline:
        # Django's own COMMENT clause doubles percent signs in some releases.
        words.append(f"COMMENT {quote_literal(connection, column.comment)}")
    return " ".join(word for word in words if word)


def _identity_clause(identity: facts.Identity) -> str:
    match identity.kind:
        case "auto_increment":
            return "AUTO_INCREMENT"
        case "autoincrement" | "serial":
            return ""  # said by the primary key, and by the default
        case "always" | "by default":
            options = " ".join(f"{name} {value}".strip() for name, value in identity.options)
            tail = f" ({options})" if options else ""
            return f"GENERATED {identity.kind.upper()} AS IDENTITY{tail}"


def comment_statement(
    connection: BaseDatabaseWrapper, table: facts.Table, column: facts.Column | None = None
) -> str:
    """The statement that sets a table's comment, or one column's on PostgreSQL."""
    name = clauses.table_name(connection, table)
    text = column.comment if column else table.comment
    literal = quote_literal(connection, text)
    if connection.vendor == "mysql":
        return f"ALTER TABLE {name} COMMENT = {literal}"
    if column:
        return f"COMMENT ON COLUMN {name}.{quote_name(connection, column.name)} IS {literal}"
    return f"COMMENT ON TABLE {name} IS {literal}"
