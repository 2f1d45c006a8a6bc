"""Facts written as SQL: the clauses of CREATE and ALTER, of columns, constraints and indexes.

Text that a fact took from the database (types, defaults, conditions) goes in as it is; every name
is quoted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.parentheses import is_literal, is_wrapped
from kit_django.schema.sql.restored import restorable

Options = tuple[tuple[str, str], ...]


def table_name(dialect: Dialect, table: facts.Table) -> str:
    return dialect.quote_qualified(table.name, table.schema)


def name_list(dialect: Dialect, names: Iterable[str]) -> str:
    return ", ".join(dialect.quote_name(name) for name in names)


def column_definition(dialect: Dialect, column: facts.Column) -> str:
    """A column's name and all that CREATE TABLE says of it."""
    words = [dialect.quote_name(column.name), *_type_words(dialect, column)]
    words += _null_words(dialect, column)
    words += _column_tail(dialect, column)
    return " ".join(word for word in words if word)


def _type_words(dialect: Dialect, column: facts.Column) -> Iterator[str]:
    yield column.type
    charset = dict(column.options).get("charset")
    if charset:
        yield f"CHARACTER SET {charset}"
    if column.collation:
        yield f"COLLATE {collation_name(dialect, column)}"


def collation_name(dialect: Dialect, column: facts.Column) -> str:
    return dialect.quote_qualified(
        column.collation or "", dict(column.options).get("collation schema")
    )


def _null_words(dialect: Dialect, column: facts.Column) -> Iterator[str]:
    """The default or the generation, and whether it may be null."""
    if not column.generated:
        if column.default is not None:
            yield default_clause(dialect, column.default)
        yield "NULL" if column.null or spares_nulls(column) else _not_null(dialect, column)
        return
    kind = "STORED" if column.generated.stored else "VIRTUAL"
    expression = restorable(column.generated.expression, dialect)
    yield f"GENERATED ALWAYS AS ({expression}) {kind}"
    if not column.null and not spares_nulls(column) and dialect.generated_not_null:
        yield _not_null(dialect, column)


def spares_nulls(column: facts.Column) -> bool:
    """Whether rows that are there may have NULL all the same."""
    return ("not null not valid", "") in column.options


def _not_null(dialect: Dialect, column: facts.Column) -> str:
    return _named(dialect, dict(column.options).get("not null"), "NOT NULL")


def late_not_null(dialect: Dialect, column: facts.Column) -> str:
    """What ALTER TABLE adds, of a column that is not proven."""
    clause = f"NOT NULL {dialect.quote_name(column.name)} NOT VALID"
    return _named(dialect, dict(column.options).get("not null"), clause)


def _column_tail(dialect: Dialect, column: facts.Column) -> Iterator[str]:
    options = dict(column.options)
    if "not null conflict" in options:
        yield f"ON CONFLICT {options['not null conflict']}"
    if column.identity:
        yield _identity_clause(column.identity)
    if column.on_update:
        yield f"ON UPDATE {column.on_update}"
    if column.invisible:
        yield "INVISIBLE"
    if "srid" in options:
        yield f"{dialect.srid} {options['srid']}"
    if "without system versioning" in options:
        yield "WITHOUT SYSTEM VERSIONING"
    if column.comment and dialect.inline_comments:
        yield f"COMMENT {dialect.quote_literal(column.comment)}"


def _identity_clause(identity: facts.Identity) -> str:
    match identity.kind:
        case "auto_increment":
            return "AUTO_INCREMENT"
        case "autoincrement" | "serial":
            return ""  # said by the primary key, and by the default
        case "always" | "by default":
            options = sequence_options(identity.options)
            tail = f" ({options})" if options else ""
            return f"GENERATED {identity.kind.upper()} AS IDENTITY{tail}"


def sequence_options(options: Options) -> str:
    """As CREATE SEQUENCE takes them, and an identity in its parentheses."""
    words = {"type": "AS", "increment": "INCREMENT", "min": "MINVALUE", "max": "MAXVALUE"}
    return " ".join(f"{words.get(name, name.upper())} {text}".strip() for name, text in options)


def default_clause(dialect: Dialect, sql: str) -> str:
    """``DEFAULT …``; an expression is put in parentheses where the database asks for them."""
    is_plain = is_literal(sql, dialect) or is_wrapped(sql, dialect)
    if dialect.bare_defaults or is_plain:
        return f"DEFAULT {sql}"
    return f"DEFAULT ({sql})"


def deferrable_clause(deferrable: facts.Deferrable | None) -> str:
    return f" DEFERRABLE INITIALLY {deferrable.upper()}" if deferrable else ""


def primary_key_clause(
    dialect: Dialect, key: facts.PrimaryKey, *, autoincrement: bool = False
) -> str:
    columns = _key_columns(dialect, key) + (" AUTOINCREMENT" if autoincrement else "")
    return _named(
        dialect,
        key.name,
        f"PRIMARY KEY ({columns}){include_clause(dialect, key.include)}"
        f"{_key_options(dialect, key)}{deferrable_clause(key.deferrable)}",
    )


def unique_clause(dialect: Dialect, unique: facts.Unique) -> str:
    nulls = "" if unique.nulls_distinct else " NULLS NOT DISTINCT"
    return _named(
        dialect,
        unique.name,
        f"UNIQUE{nulls} ({_key_columns(dialect, unique)})"
        f"{include_clause(dialect, unique.include)}{_key_options(dialect, unique)}"
        f"{deferrable_clause(unique.deferrable)}",
    )


def _key_columns(dialect: Dialect, key: facts.PrimaryKey | facts.Unique) -> str:
    """``parts`` says what a plain list of columns cannot: directions, collations, lengths."""
    names = dict(key.options).get("parts") or name_list(dialect, key.columns)
    return f"{names} WITHOUT OVERLAPS" if ("without overlaps", "") in key.options else names


def _key_options(dialect: Dialect, key: facts.PrimaryKey | facts.Unique) -> str:
    options = dict(key.options)
    clauses = {
        "conflict": f" ON CONFLICT {options.get('conflict')}",
        "using": f" USING {options.get('using')}",
        "comment": f" COMMENT {dialect.quote_literal(options.get('comment', ''))}",
        "ignored": f" {dialect.ignored}",
        "tablespace": f" USING INDEX TABLESPACE {options.get('tablespace')}",
    }
    return "".join(clause for name, clause in clauses.items() if name in options)


def check_clause(dialect: Dialect, check: facts.Check) -> str:
    return _named(
        dialect,
        check.name,
        f"CHECK ({restorable(check.sql, dialect)})"
        f"{_flags(check.options, 'no inherit', 'not valid', 'not enforced')}",
    )


def foreign_key_clause(dialect: Dialect, key: facts.ForeignKey) -> str:
    columns = _columns_to_match(dialect, key, key.columns)
    return _named(dialect, key.name, f"FOREIGN KEY ({columns}) {references_clause(dialect, key)}")


def references_clause(dialect: Dialect, key: facts.ForeignKey) -> str:
    """What a foreign key says of the other table, which is all that stands beside one column."""
    target = dialect.quote_qualified(key.to_table, key.to_schema)
    columns = f" ({_columns_to_match(dialect, key, key.to_columns)})" if key.to_columns else ""
    set_columns = dict(key.options).get("on delete columns")
    return (
        f"REFERENCES {target}{columns}{'' if key.match == 'SIMPLE' else f' MATCH {key.match}'}"
        f"{_action(dialect, 'DELETE', key.on_delete)}{f' ({set_columns})' if set_columns else ''}"
        f"{_action(dialect, 'UPDATE', key.on_update)}{deferrable_clause(key.deferrable)}"
        f"{_flags(key.options, 'not valid', 'not enforced')}"
    )


def _columns_to_match(dialect: Dialect, key: facts.ForeignKey, names: tuple[str, ...]) -> str:
    """The last of them is a range, where the other table is to have rows for all of it."""
    if ("period", "") not in key.options:
        return name_list(dialect, names)
    *others, period = map(dialect.quote_name, names)
    return ", ".join([*others, f"PERIOD {period}"])


def constraint_clause(dialect: Dialect, constraint: facts.Constraint) -> str:
    """Any constraint, as it stands in CREATE TABLE and behind ADD."""
    match constraint:
        case facts.PrimaryKey():
            return primary_key_clause(dialect, constraint)
        case facts.Unique():
            return unique_clause(dialect, constraint)
        case facts.Check():
            return check_clause(dialect, constraint)
        case facts.ForeignKey():
            return foreign_key_clause(dialect, constraint)
        case facts.Exclusion():
            return exclusion_clause(dialect, constraint)


def _flags(options: Options, *words: str) -> str:
    found = dict(options)
    return "".join(f" {word.upper()}" for word in words if word in found)


def exclusion_clause(dialect: Dialect, exclusion: facts.Exclusion) -> str:
    return _named(dialect, exclusion.name, exclusion.sql)


def index_part(dialect: Dialect, part: facts.IndexPart) -> str:
    if part.column is not None:
        text = dialect.quote_name(part.column)
    else:
        text = restorable(part.expression or "", dialect)
        if not is_wrapped(text, dialect) and not dialect.bare_index_expressions:
            text = f"({text})"
    if part.length:
        text += f"({part.length})"
    if part.collation:
        text += f" COLLATE {dialect.quote_name(part.collation)}"
    if part.opclass:
        text += f" {part.opclass}"
    if part.descending:
        text += " DESC"
    return text + (f" NULLS {part.nulls.upper()}" if part.nulls else "")


def _named(dialect: Dialect, name: str | None, clause: str) -> str:
    return f"CONSTRAINT {dialect.quote_name(name)} {clause}" if name else clause


def _action(dialect: Dialect, event: str, action: facts.Action) -> str:
    # MariaDB takes silence for RESTRICT; all others take it for NO ACTION.
    is_silent = action == "NO ACTION" and dialect.silence_is_no_action
    return "" if is_silent else f" ON {event} {action}"


def include_clause(dialect: Dialect, columns: tuple[str, ...]) -> str:
    return f" INCLUDE ({name_list(dialect, columns)})" if columns else ""
