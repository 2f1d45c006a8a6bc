"""What columns need and no model says: extensions, schemas, sequences, types, functions."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import Dialect, dialect_of
from kit_django.schema.facts import Column, Database, Sequence
from kit_django.schema.statements import sequence_statement, type_statements

_SCHEMAS = """
    SELECT nspname::text FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' ORDER BY 1
"""
_EXTENSIONS = """
    SELECT e.extname::text, n.nspname::text FROM pg_extension e
    JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname <> 'plpgsql' ORDER BY e.oid
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
        *_types(dialect, facts),
        "SET check_function_bodies = off",
        *(definition for (definition,) in _ask(connection, _FUNCTIONS)),
    )


def _ask(connection: BaseDatabaseWrapper, query: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _extension(dialect: Dialect, name: str, schema: str) -> str:
    name, schema = dialect.quote_name(name), dialect.quote_name(schema)
    return f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {schema}"


def _types(dialect: Dialect, facts: Database) -> Iterator[str]:
    for sequence in _stand_ins(facts):
        yield sequence_statement(dialect, sequence)
    yield from type_statements(dialect, facts)


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
