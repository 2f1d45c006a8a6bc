"""Facts written as SQL: the clauses of CREATE and ALTER that are alike on every database.

Text that a fact took from the database (types, defaults, conditions) goes in as it is; every name
is quoted here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema import facts
from kit_django.schema.quoting import quote_literal, quote_name, quote_qualified

Options = tuple[tuple[str, str], ...]

_LITERAL = re.compile(
    r"""
      [-+]?\d+(\.\d*)?([eE][-+]?\d+)? | [-+]?\.\d+ | 0x[0-9a-fA-F]+     # numbers
    | [xXbBnN]?'([^']|'')*'                                               # strings, bytes
    | NULL | TRUE | FALSE
    | (CURRENT_TIMESTAMP|CURRENT_DATE|CURRENT_TIME|LOCALTIMESTAMP)(\(\d*\))?
    """,
    re.VERBOSE | re.IGNORECASE,
)


def table_name(connection: BaseDatabaseWrapper, table: facts.Table) -> str:
    return quote_qualified(connection, table.name, table.schema)


def name_list(connection: BaseDatabaseWrapper, names: Iterable[str]) -> str:
    return ", ".join(quote_name(connection, name) for name in names)


def default_clause(connection: BaseDatabaseWrapper, sql: str) -> str:
    """``DEFAULT …``; an expression is put in parentheses where the database asks for them."""
    if connection.vendor == "postgresql" or _LITERAL.fullmatch(sql) or _is_wrapped(sql):
        return f"DEFAULT {sql}"
    return f"DEFAULT ({sql})"


def deferrable_clause(deferrable: facts.Deferrable | None) -> str:
    return f" DEFERRABLE INITIALLY {deferrable.upper()}" if deferrable else ""


def primary_key_clause(
    connection: BaseDatabaseWrapper, key: facts.PrimaryKey, *, autoincrement: bool = False
) -> str:
    columns = _key_columns(connection, key) + (" AUTOINCREMENT" if autoincrement else "")
    return _named(
        connection,
        key.name,
        f"PRIMARY KEY ({columns}){_include_clause(connection, key.include)}"
        f"{_key_options(connection, key)}{deferrable_clause(key.deferrable)}",
    )


def unique_clause(connection: BaseDatabaseWrapper, unique: facts.Unique) -> str:
    nulls = "" if unique.nulls_distinct else " NULLS NOT DISTINCT"
    return _named(
        connection,
        unique.name,
        f"UNIQUE{nulls} ({_key_columns(connection, unique)})"
        f"{_include_clause(connection, unique.include)}{_key_options(connection, unique)}"
        f"{deferrable_clause(unique.deferrable)}",
    )


def _key_columns(connection: BaseDatabaseWrapper, key: facts.PrimaryKey | facts.Unique) -> str:
    """``parts`` says what a plain list of columns cannot: directions, collations, lengths."""
    return dict(key.options).get("parts") or name_list(connection, key.columns)


def _key_options(connection: BaseDatabaseWrapper, key: facts.PrimaryKey | facts.Unique) -> str:
    options = dict(key.options)
    clauses = {
        "conflict": f" ON CONFLICT {options.get('conflict')}",
        "using": f" USING {options.get('using')}",
        "comment": f" COMMENT {quote_literal(connection, options.get('comment', ''))}",
        "ignored": f" {_ignored(connection)}",
        "tablespace": f" USING INDEX TABLESPACE {options.get('tablespace')}",
    }
    return "".join(clause for name, clause in clauses.items() if name in options)


def check_clause(connection: BaseDatabaseWrapper, check: facts.Check) -> str:
    return _named(
        connection,
        check.name,
        f"CHECK ({check.sql}){_flags(check.options, 'no inherit', 'not valid', 'not enforced')}",
    )


def foreign_key_clause(connection: BaseDatabaseWrapper, key: facts.ForeignKey) -> str:
    columns = name_list(connection, key.columns)
    return _named(
        connection, key.name, f"FOREIGN KEY ({columns}) {references_clause(connection, key)}"
    )


def references_clause(connection: BaseDatabaseWrapper, key: facts.ForeignKey) -> str:
    """What a foreign key says of the other table, which is all that stands beside one column."""
    target = quote_qualified(connection, key.to_table, key.to_schema)
    columns = f" ({name_list(connection, key.to_columns)})" if key.to_columns else ""
    set_columns = dict(key.options).get("on delete columns")
    return (
        f"REFERENCES {target}{columns}{'' if key.match == 'SIMPLE' else f' MATCH {key.match}'}"
        f"{_action(connection, 'DELETE', key.on_delete)}{f' ({set_columns})' if set_columns else ''}"
        f"{_action(connection, 'UPDATE', key.on_update)}{deferrable_clause(key.deferrable)}"
        f"{_flags(key.options, 'not valid', 'not enforced')}"
    )


def _flags(options: Options, *words: str) -> str:
    found = dict(options)
    return "".join(f" {word.upper()}" for word in words if word in found)


def exclusion_clause(connection: BaseDatabaseWrapper, exclusion: facts.Exclusion) -> str:
    return _named(connection, exclusion.name, exclusion.sql)


def table_constraints(connection: BaseDatabaseWrapper, table: facts.Table) -> Iterator[str]:
    """All constraints of a table that stand behind its columns in CREATE TABLE."""
    autoincrement = any(
        column.identity and column.identity.kind == "autoincrement" for column in table.columns
    )
    if table.primary_key:
        yield primary_key_clause(connection, table.primary_key, autoincrement=autoincrement)
    for unique in table.uniques:
        yield unique_clause(connection, unique)
    for check in table.checks:
        yield check_clause(connection, check)
    for key in table.foreign_keys:
        yield foreign_key_clause(connection, key)
    for exclusion in table.exclusions:
        yield exclusion_clause(connection, exclusion)


def index_statement(
    connection: BaseDatabaseWrapper,
    table: facts.Table,
    index: facts.Index,
    *,
    concurrently: bool = False,
) -> str:
    """The CREATE INDEX statement of an index."""
    special = index.method.upper() if index.method.lower() in ("fulltext", "spatial") else ""
    words = ["CREATE", "UNIQUE" if index.unique else special, "INDEX"]
    words.append("CONCURRENTLY" if concurrently else "")
    name = quote_name(connection, index.name)
    if connection.vendor == "sqlite" and table.schema:
        name = quote_qualified(connection, index.name, table.schema)
    words += [name, "ON", table_name(connection, table)]
    if index.method and not special and connection.vendor == "postgresql":
        words.append(f"USING {quote_name(connection, index.method)}")
    words.append(f"({', '.join(_index_part(connection, part) for part in index.parts)})")
    words += _index_tail(connection, index, special)
    return " ".join(word for word in words if word)


def _index_tail(connection: BaseDatabaseWrapper, index: facts.Index, special: str) -> Iterator[str]:
    if index.method and not special and connection.vendor == "mysql":
        yield f"USING {index.method.upper()}"
    if index.include:
        yield f"INCLUDE ({name_list(connection, index.include)})"
    if not index.nulls_distinct:
        yield "NULLS NOT DISTINCT"
    if connection.vendor == "postgresql":
        yield from _index_storage(connection, dict(index.options))
    if index.where:
        yield f"WHERE {index.where}"
    if index.comment and connection.vendor == "mysql":
        yield f"COMMENT {quote_literal(connection, index.comment)}"
    if ("ignored", "") in index.options:
        yield _ignored(connection)


def _ignored(connection: BaseDatabaseWrapper) -> str:
    """What MariaDB and MySQL call an index that no query uses."""
    return "IGNORED" if getattr(connection, "mysql_is_mariadb", False) else "INVISIBLE"


def _index_storage(connection: BaseDatabaseWrapper, options: dict[str, str]) -> Iterator[str]:
    flags = {"clustered", "replica identity", "tablespace"}
    parameters = ", ".join(
        f"{name} = {value}"
        for name, value in options.items()
        if name not in flags and not name.startswith("opclass options")
    )
    if parameters:
        yield f"WITH ({parameters})"
    if "tablespace" in options:
        yield f"TABLESPACE {quote_name(connection, options['tablespace'])}"


def _index_part(connection: BaseDatabaseWrapper, part: facts.IndexPart) -> str:
    if part.column is not None:
        text = quote_name(connection, part.column)
    else:
        text = part.expression or ""
        if not _is_wrapped(text) and connection.vendor != "sqlite":
            text = f"({text})"
    if part.length:
        text += f"({part.length})"
    if part.collation:
        text += f" COLLATE {quote_name(connection, part.collation)}"
    if part.opclass:
        text += f" {part.opclass}"
    if part.descending:
        text += " DESC"
    return text + (f" NULLS {part.nulls.upper()}" if part.nulls else "")


def _named(connection: BaseDatabaseWrapper, name: str | None, clause: str) -> str:
    return f"CONSTRAINT {quote_name(connection, name)} {clause}" if name else clause


def _action(connection: BaseDatabaseWrapper, event: str, action: facts.Action) -> str:
    # MariaDB takes silence for RESTRICT; all others take it for NO ACTION.
    is_silent = action == "NO ACTION" and connection.vendor != "mysql"
    return "" if is_silent else f" ON {event} {action}"


def _include_clause(connection: BaseDatabaseWrapper, columns: tuple[str, ...]) -> str:
    return f" INCLUDE ({name_list(connection, columns)})" if columns else ""


def _is_wrapped(sql: str) -> bool:
    """Whether one pair of parentheses holds the whole text."""
    if not (sql.startswith("(") and sql.endswith(")")):
        return False
    depth = 0
    quote = ""
    for position, char in enumerate(sql):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return position == len(sql) - 1
    return False
