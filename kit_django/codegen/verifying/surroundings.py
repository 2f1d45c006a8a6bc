"""What columns need and no model says: extensions, schemas, sequences, types, functions."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import Dialect, dialect_of
from kit_django.schema.facts import Column, Database, Sequence
from kit_django.schema.statements import sequence_statement
from kit_django.schema.tables.order import types_in_order
from kit_django.schema.whole import type_statements

_SCHEMAS = """
    SELECT nspname::text FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' ORDER BY 1
"""
_EXTENSIONS = """
    SELECT e.extname::text, n.nspname::text FROM pg_extension e
    JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname <> 'plpgsql' ORDER BY e.oid
"""
_ELSEWHERE = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
_COLLATIONS = f"""
    SELECT format(
        'CREATE COLLATION %I.%I (provider = %s, %s, deterministic = %s)', n.nspname, c.collname,
        CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
        CASE WHEN c.collprovider = 'c'
            THEN format('lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype)
            ELSE format('locale = %L', coalesce(
                to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale', c.collcollate
            ))
        END,
        CASE WHEN c.collisdeterministic THEN 'true' ELSE 'false' END
    )
    FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
    WHERE {_ELSEWHERE} ORDER BY c.oid
"""
_SEQUENCES = f"""
    SELECT format('CREATE SEQUENCE %I.%I AS %s', n.nspname, c.relname, s.seqtypid::regtype)
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_ELSEWHERE} AND n.nspname <> current_schema() AND NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e')
    )
    ORDER BY c.oid
"""
_RANGES = f"""
    SELECT format(
        'CREATE TYPE %I.%I AS RANGE (subtype = %s)', n.nspname, t.typname,
        format_type(r.rngsubtype, NULL)
    )
    FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid
    JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE {_ELSEWHERE} ORDER BY t.oid
"""
_SEARCHES = f"""
    SELECT format(
        'CREATE TEXT SEARCH CONFIGURATION %I.%I (parser = %I)', n.nspname, c.cfgname, p.prsname
    )
    FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace
    JOIN pg_ts_parser p ON p.oid = c.cfgparser
    WHERE {_ELSEWHERE} ORDER BY c.oid
"""
_FUNCTIONS = """
    SELECT pg_get_functiondef(p.oid) FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prokind = 'f' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        AND NOT EXISTS (
            SELECT FROM pg_depend d
            WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        )
    ORDER BY p.oid
"""


def surroundings_of(connection: BaseDatabaseWrapper, facts: Database) -> tuple[str, ...]:
    """The statements that make in an empty database what the tables of another build on.

    ``facts`` are those of the connection's database. The statements come in the order in which
    one builds on the other; one that cannot be followed does not keep the next from being so.
    """
    dialect = dialect_of(connection)
    if "extensions" not in dialect.objects:
        return ()
    schemas = _ask(connection, _SCHEMAS)
    return (
        *(f"CREATE SCHEMA IF NOT EXISTS {dialect.quote_name(name)}" for (name,) in schemas),
        *(_extension(dialect, name, schema) for name, schema in _ask(connection, _EXTENSIONS)),
        *_told(connection, _COLLATIONS),
        *_told(connection, _SEQUENCES),
        *_told(connection, _RANGES),
        *_types(dialect, facts),
        *_told(connection, _RANGES),  # those over types of the database's own
        *_told(connection, _SEARCHES),
        "SET check_function_bodies = off",
        *(definition for (definition,) in _ask(connection, _FUNCTIONS)),
    )


def _ask(connection: BaseDatabaseWrapper, query: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _told(connection: BaseDatabaseWrapper, query: str) -> list[str]:
    """Statements that the database writes itself."""
    return [statement for (statement,) in _ask(connection, query)]


def _extension(dialect: Dialect, name: str, schema: str) -> str:
    name, schema = dialect.quote_name(name), dialect.quote_name(schema)
    return f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {schema}"


def _types(dialect: Dialect, facts: Database) -> Iterator[str]:
    for sequence in _stand_ins(facts):
        yield sequence_statement(dialect, sequence)
    types = types_in_order([*facts.domains, *facts.composites])
    for made in (*facts.enums, *facts.sequences, *types):
        yield from type_statements(dialect, made)


def _stand_ins(facts: Database) -> Iterator[Sequence]:
    """The sequences of columns that no identity can stand in for."""
    for table in facts:
        pointing = {name for key in table.foreign_keys for name in key.columns}
        for column in table.columns:
            name = _serial_sequence(column)
            if name and (column.name in pointing or _is_domain(column, facts)):
                yield Sequence(name, table.schema)


def _serial_sequence(column: Column) -> str:
    is_serial = column.identity is not None and column.identity.kind == "serial"
    return column.identity.sequence if column.identity and is_serial else ""


def _is_domain(column: Column, facts: Database) -> bool:
    return any(column.type == (domain.sql_name or domain.name) for domain in facts.domains)
