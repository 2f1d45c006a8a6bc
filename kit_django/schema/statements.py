"""Facts written as SQL: every CREATE statement. ``whole`` has the order of a whole database.

A statement says all that its facts say, word for word, so that whatever kit_django does not
understand is not lost. Everything here is a pure function of facts and a dialect.
"""

from __future__ import annotations

from collections.abc import Iterator

from kit_django.schema import clauses, facts
from kit_django.schema.clauses import table_name
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.named import Extension, Function, Named, Namespace, Procedure
from kit_django.schema.sql.restored import restorable
from kit_django.schema.tables.parts import twin_uniques, without_constraints

# One table


def table_statements(dialect: Dialect, table: facts.Table) -> Iterator[str]:
    """What makes a table with all that belongs to it, in its order."""
    twins = twins_of(dialect, table)
    yield create_table(dialect, without_constraints(table, twins))
    yield from (add_constraint(dialect, table, each) for each in twins)
    yield from settings_of(dialect, table)
    yield from comments_of(dialect, table)
    for index in table.indexes:
        yield from index_statements(dialect, table, index)
    yield from triggers_of(dialect, table)


def twins_of(dialect: Dialect, table: facts.Table) -> list[facts.Unique]:
    """The uniques that have to be added to a table that is there, not to be lost on the way."""
    merges = dialect.adds_constraints and not dialect.uniques_are_indexes
    return [each for each in twin_uniques(table) if merges and not _is_inherited(each.options)]


def create_table(dialect: Dialect, table: facts.Table) -> str:
    """CREATE TABLE, with its columns and constraints; what a parent gives it is not said again."""
    if table.kind == "virtual table":
        return table.sql
    words = ["CREATE", dialect.table_head(table.options)]
    words += ["FOREIGN TABLE" if table.option("server") else "TABLE", table_name(dialect, table)]
    parent, of_type = table.option("partition of"), table.option("of type")
    if parent:
        words.append(f"PARTITION OF {parent}")
    elif of_type:
        words.append(f"OF {of_type}")
    lines = ", ".join(_lines(dialect, table, has_columns=not (parent or of_type)))
    words.append(f"({lines})" if lines or not (parent or of_type) else "")
    words.append(dialect.table_tail(table.options))
    return " ".join(word for word in words if word)


def _lines(dialect: Dialect, table: facts.Table, *, has_columns: bool) -> Iterator[str]:
    for column in table.columns if has_columns else ():
        if not _is_inherited(column.options):
            yield clauses.column_definition(dialect, column) + own_checks(table, column)
    numbered = any(
        each.identity and each.identity.kind == "autoincrement" for each in table.columns
    )
    if table.primary_key and not _is_inherited(table.primary_key.options):
        yield clauses.primary_key_clause(dialect, table.primary_key, autoincrement=numbered)
    for constraint in table.constraints:
        is_said = constraint == table.primary_key or getattr(constraint, "column", None)
        if not is_said and not _is_inherited(getattr(constraint, "options", ())):
            yield clauses.constraint_clause(dialect, constraint)


def own_checks(table: facts.Table, column: facts.Column) -> str:
    """The checks that MariaDB keeps with a column, and forgets where they are not said with it."""
    return "".join(f" CHECK ({each.sql})" for each in table.checks if each.column == column.name)


def _is_inherited(options: clauses.Options) -> bool:
    return ("inherited", "") in options


def settings_of(dialect: Dialect, table: facts.Table) -> Iterator[str]:
    """What only ALTER TABLE can say: PostgreSQL's storage of columns, and its row security."""
    name = table_name(dialect, table)
    for column in table.columns:
        if clauses.spares_nulls(column) and not _is_inherited(column.options):
            yield f"ALTER TABLE {name} ADD {clauses.late_not_null(dialect, column)}"
        if differs_from_parent(table, column):
            yield f"ALTER TABLE {name} ALTER COLUMN {dialect.quote_name(column.name)} SET DEFAULT {column.default}"
        for option, text in column.options:
            if option in ("storage", "compression", "statistics"):
                quoted = dialect.quote_name(column.name)
                yield f"ALTER TABLE {name} ALTER COLUMN {quoted} SET {option.upper()} {text}"
            elif option.startswith("n_distinct"):
                quoted = dialect.quote_name(column.name)
                yield f"ALTER TABLE {name} ALTER COLUMN {quoted} SET ({option} = {text})"
    for option, word in (("row level security", "ENABLE"), ("force row level security", "FORCE")):
        if table.option(option) is not None:
            yield f"ALTER TABLE {name} {word} ROW LEVEL SECURITY"


def differs_from_parent(table: facts.Table, column: facts.Column) -> bool:
    """Whether it may have another default than what it is given by its parent, or its type."""
    is_given = _is_inherited(column.options) or table.option("of type") is not None
    return is_given and column.default is not None and not (column.identity or column.generated)


def comments_of(dialect: Dialect, table: facts.Table) -> Iterator[str]:
    if table.comment:
        yield table_comment(dialect, table)
    for column in table.columns:
        if column.comment and not dialect.inline_comments:
            yield column_comment(dialect, table, column)


def table_comment(dialect: Dialect, table: facts.Table) -> str:
    name, text = table_name(dialect, table), dialect.quote_literal(table.comment)
    if dialect.inline_comments:
        return f"ALTER TABLE {name} COMMENT = {text}"
    kind = "FOREIGN TABLE" if table.kind == "foreign table" else "TABLE"
    return f"COMMENT ON {kind} {name} IS {text}"


def column_comment(dialect: Dialect, table: facts.Table, column: facts.Column) -> str:
    """For databases that do not say a column's comment beside the column."""
    name = f"{table_name(dialect, table)}.{dialect.quote_name(column.name)}"
    return f"COMMENT ON COLUMN {name} IS {dialect.quote_literal(column.comment)}"


def triggers_of(dialect: Dialect, table: facts.Table) -> Iterator[str]:
    for trigger in table.triggers:
        yield restorable(trigger.sql, dialect)
        for fires, _ in trigger.options:
            word = "DISABLE" if fires == "disabled" else f"ENABLE {fires.upper()}"
            name = dialect.quote_name(trigger.name)
            yield f"ALTER TABLE {table_name(dialect, table)} {word} TRIGGER {name}"


def drop_trigger(dialect: Dialect, table: facts.Table, trigger: facts.Trigger) -> str:
    tail = f" ON {table_name(dialect, table)}" if dialect.names_triggers_by_table else ""
    return f"DROP TRIGGER {dialect.quote_name(trigger.name)}{tail}"


# Indexes


def index_statement(
    dialect: Dialect, table: facts.Table, index: facts.Index, *, concurrently: bool = False
) -> str:
    """CREATE INDEX, made of what the facts say."""
    special = index.method.upper() if index.method.lower() in ("fulltext", "spatial") else ""
    words = ["CREATE", "UNIQUE" if index.unique else special, "INDEX"]
    words.append("CONCURRENTLY" if concurrently else "")
    schema = table.schema if dialect.names_indexes_by_schema else None
    words += [dialect.quote_qualified(index.name, schema), "ON", table_name(dialect, table)]
    if index.method and not special and dialect.index_method == "before":
        words.append(f"USING {dialect.quote_name(index.method)}")
    words.append(f"({', '.join(clauses.index_part(dialect, part) for part in index.parts)})")
    words += _index_tail(dialect, index, special)
    return " ".join(word for word in words if word)


def _index_tail(dialect: Dialect, index: facts.Index, special: str) -> Iterator[str]:
    if index.method and not special and dialect.index_method == "behind":
        yield f"USING {index.method.upper()}"
    yield clauses.include_clause(dialect, index.include).strip()
    if not index.nulls_distinct:
        yield "NULLS NOT DISTINCT"
    yield from dialect.index_tail(index.options)
    if index.where:
        yield f"WHERE {restorable(index.where, dialect)}"
    if index.comment and dialect.inline_comments:
        yield f"COMMENT {dialect.quote_literal(index.comment)}"
    if ("ignored", "") in index.options:
        yield dialect.ignored


def index_statements(dialect: Dialect, table: facts.Table, index: facts.Index) -> Iterator[str]:
    """The index in the database's own words where it keeps them, and what is said of it apart."""
    yield restorable(index.sql, dialect) or index_statement(dialect, table, index)
    name = dialect.quote_name(index.name)
    if index.comment and not dialect.inline_comments:
        qualified = dialect.quote_qualified(index.name, table.schema)
        yield f"COMMENT ON INDEX {qualified} IS {dialect.quote_literal(index.comment)}"
    if ("clustered", "") in index.options:
        yield f"ALTER TABLE {table_name(dialect, table)} CLUSTER ON {name}"
    if ("replica identity", "") in index.options:
        yield f"ALTER TABLE {table_name(dialect, table)} REPLICA IDENTITY USING INDEX {name}"


# What is no table


def create_named(dialect: Dialect, made: Named, *, if_not_exists: bool = False) -> str:
    """``if_not_exists`` is for what has no parts that could differ: extensions and schemas."""
    word = "IF NOT EXISTS " if if_not_exists else ""
    match made:
        case facts.Enum():
            return enum_statement(dialect, made)
        case facts.Domain():
            return domain_statement(dialect, made)
        case facts.Composite():
            return composite_statement(dialect, made)
        case facts.Sequence():
            return sequence_statement(dialect, made)
        case Extension(name):
            return f"CREATE EXTENSION {word}{dialect.quote_name(name)}"
        case Function(_, sql) | Procedure(_, sql):
            return sql
        case Namespace(name):
            return f"CREATE SCHEMA {word}{dialect.quote_name(name)}"


def enum_statement(dialect: Dialect, enum: facts.Enum) -> str:
    labels = ", ".join(map(dialect.quote_literal, enum.labels))
    return f"CREATE TYPE {dialect.quote_qualified(enum.name, enum.schema)} AS ENUM ({labels})"


def domain_statement(dialect: Dialect, domain: facts.Domain) -> str:
    words = [f"CREATE DOMAIN {dialect.quote_qualified(domain.name, domain.schema)}"]
    words.append(f"AS {domain.type}")
    if domain.collation:
        words.append(f"COLLATE {dialect.quote_name(domain.collation)}")
    if domain.default is not None:
        words.append(f"DEFAULT {domain.default}")
    words += [] if domain.null else ["NOT NULL"]
    proven = (check for check in domain.checks if not check.options)
    words += [clauses.check_clause(dialect, check) for check in proven]
    return " ".join(words)


def composite_statement(dialect: Dialect, composite: facts.Composite) -> str:
    columns = (
        f"{dialect.quote_name(each.name)} {each.type}"
        + (f" COLLATE {clauses.collation_name(dialect, each)}" if each.collation else "")
        for each in composite.columns
    )
    name = dialect.quote_qualified(composite.name, composite.schema)
    return f"CREATE TYPE {name} AS ({', '.join(columns)})"


def sequence_statement(dialect: Dialect, sequence: facts.Sequence) -> str:
    name = dialect.quote_qualified(sequence.name, sequence.schema)
    return f"CREATE SEQUENCE {name} {clauses.sequence_options(sequence.options)}".strip()


def view_statement(dialect: Dialect, view: facts.View) -> str:
    """A text that is a statement already, as SQLite keeps it, is left as it is."""
    query = view.sql.strip().rstrip(";")
    return query if query[:6].upper() == "CREATE" else create_view(dialect, view)


def create_view(dialect: Dialect, view: facts.View) -> str:
    word = "MATERIALIZED VIEW" if view.materialized else "VIEW"
    name = dialect.quote_qualified(view.name, view.schema)
    query = restorable(view.sql, dialect).strip().rstrip(";")
    return f"CREATE {word} {name} AS {query}"


# What a table's words leave to other statements


def late_checks(dialect: Dialect, domain: facts.Domain) -> Iterator[str]:
    """What was never proven for the values that are there is added by itself."""
    name = dialect.quote_qualified(domain.name, domain.schema)
    for check in domain.checks:
        if check.options:
            yield f"ALTER DOMAIN {name} ADD {clauses.check_clause(dialect, check)}"


def sequences_before(dialect: Dialect, table: facts.Table) -> Iterator[str]:
    """The sequences that a table's columns take from and own, which have to be there first."""
    for _, sequence in _serials(table):
        yield sequence_statement(dialect, sequence)


def sequences_owned(dialect: Dialect, table: facts.Table) -> Iterator[str]:
    for column, sequence in _serials(table):
        name = dialect.quote_qualified(sequence.name, sequence.schema)
        owner = f"{table_name(dialect, table)}.{dialect.quote_name(column.name)}"
        yield f"ALTER SEQUENCE {name} OWNED BY {owner}"


def add_constraint(dialect: Dialect, table: facts.Table, constraint: facts.Constraint) -> str:
    clause = clauses.constraint_clause(dialect, constraint)
    return f"ALTER TABLE {table_name(dialect, table)} ADD {clause}"


def _serials(table: facts.Table) -> Iterator[tuple[facts.Column, facts.Sequence]]:
    """The columns whose default takes from a sequence of their own, which has to be there first."""
    for column in table.columns:
        identity = column.identity
        if identity and identity.kind == "serial" and identity.sequence:
            options = dict([("type", column.type), *identity.options])
            yield column, facts.Sequence(identity.sequence, table.schema, tuple(options.items()))
