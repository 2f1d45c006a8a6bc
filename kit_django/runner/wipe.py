"""Dropping all that a project's migrations could have made in a database, for migrate_fresh."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import NotSupported, Prohibited
from kit_django.runner.events import Report
from kit_django.runner.transaction import one_transaction
from kit_django.schema.quoting import quote_name

Run = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class WipeOptions:
    """``types``: types and sequences of their own too; ``cascade``: what depends on it elsewhere."""

    types: bool = False
    cascade: bool = False


def wipe(
    connection: BaseDatabaseWrapper, options: WipeOptions, report: Report, timeout: float
) -> None:
    """Drop tables, views and materialized views of the connection's database or schema.

    Raises Prohibited, before anything is lost, where something elsewhere depends on them;
    NotSupported for another kind of database; LockTimeout for a busy SQLite.
    """
    if connection.vendor == "mysql":
        _wipe_by(_runner(connection), connection, options)
    else:
        with one_transaction(connection, timeout, report):
            _wipe_by(_runner(connection), connection, options)


def pretended_wipe(connection: BaseDatabaseWrapper, options: WipeOptions) -> tuple[str, ...]:
    """The statements that ``wipe`` would run. Raises what it would raise, as far as can be told."""
    statements: list[str] = []
    _wipe_by(statements.append, connection, options)
    return tuple(statements)


def _wipe_by(run: Run, connection: BaseDatabaseWrapper, options: WipeOptions) -> None:
    match connection.vendor:
        case "mysql":
            _wipe_mysql(run, connection, options)
        case "postgresql":
            _wipe_postgresql(run, connection, options)
        case "sqlite":
            _wipe_sqlite(run, connection)
        case _:
            raise NotSupported(
                f"migrate_fresh cannot empty {connection.display_name}. Do it by hand."
            )


# PostgreSQL

OWN = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
OTHERS = """(SELECT oid FROM pg_namespace
        WHERE nspname <> current_schema() AND nspname !~ '^pg_(temp|toast)')"""
RELATIONS = f"""
    SELECT relkind::text, relname FROM pg_class c
    WHERE relnamespace = {OWN} AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
        AND (d.deptype = 'e' OR (d.deptype IN ('a', 'i') AND c.relkind = 'S')))
"""
TYPES = f"""
    SELECT typtype::text, typname FROM pg_type t LEFT JOIN pg_class c ON c.oid = typrelid
    WHERE typnamespace = {OWN} AND typtype IN ('e', 'd', 'r', 'c')
    AND (typtype <> 'c' OR c.relkind = 'c') AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.classid = 'pg_type'::regclass
        AND d.deptype = 'e')
"""
ELSEWHERE = f"""
    SELECT 'relation' || oid, 'relation ' || oid::regclass FROM pg_class
        WHERE relnamespace IN {OTHERS} AND relkind NOT IN ('i', 'I', 't')
    UNION ALL SELECT 'constraint' || oid, 'constraint ' || quote_ident(conname)
        || CASE WHEN conrelid = 0 THEN '' ELSE ' on ' || conrelid::regclass END FROM pg_constraint
        WHERE connamespace IN {OTHERS}
    UNION ALL SELECT 'function' || oid, 'function ' || oid::regprocedure FROM pg_proc
        WHERE pronamespace IN {OTHERS}
    UNION ALL SELECT 'type' || oid, 'type ' || oid::regtype FROM pg_type
        WHERE typnamespace IN {OTHERS} AND typtype IN ('e', 'd', 'r')
    UNION ALL SELECT 'column' || attrelid || '.' || attnum,
        'column ' || quote_ident(attname) || ' of ' || attrelid::regclass
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
        WHERE relnamespace IN {OTHERS} AND relkind IN ('r', 'p', 'f')
        AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT 'default' || d.oid, 'the default of ' || quote_ident(attname) || ' of '
        || adrelid::regclass FROM pg_attrdef d JOIN pg_class c ON c.oid = adrelid
        JOIN pg_attribute a ON attrelid = adrelid AND attnum = adnum
        WHERE relnamespace IN {OTHERS}
"""
KINDS = {"v": "VIEW", "m": "MATERIALIZED VIEW", "f": "FOREIGN TABLE", "r": "TABLE", "p": "TABLE"}
TYPE_KINDS = {"d": "DOMAIN", "e": "TYPE", "r": "TYPE", "c": "TYPE"}


def _wipe_postgresql(run: Run, connection: BaseDatabaseWrapper, options: WipeOptions) -> None:
    before = {} if options.cascade else dict(_rows(connection, ELSEWHERE))
    found = _rows(connection, RELATIONS)
    for kinds in ("v", "m", "f", "rp"):
        names = [name for kind, name in found if kind in kinds]
        _drop(run, connection, KINDS[kinds[0]], names, " CASCADE")
    if options.types:
        _drop(
            run, connection, "SEQUENCE", [name for kind, name in found if kind == "S"], " CASCADE"
        )
        for kind, name in _rows(connection, TYPES):
            _drop(run, connection, TYPE_KINDS[kind], [name], " CASCADE")
    if not options.cascade:
        _refuse_losses(before, dict(_rows(connection, ELSEWHERE)))


def _refuse_losses(before: dict[str, str], after: dict[str, str]) -> None:
    """What a CASCADE took along is known for certain once it is done, and not committed."""
    gone = [words for key, words in before.items() if key not in after]
    lost = sorted(gone, key=lambda words: (not words.startswith("relation"), words))
    if lost:
        more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
        raise Prohibited(
            f"Other schemas depend on what would be dropped: {', '.join(lost[:3])}{more}. Nothing "
            f"was dropped. Say --cascade to drop these too."
        )


# MariaDB and MySQL


def _wipe_mysql(run: Run, connection: BaseDatabaseWrapper, options: WipeOptions) -> None:
    if not options.cascade:
        _refuse_foreign_keys_from_elsewhere(connection)
    found = _rows(
        connection,
        "SELECT table_type, table_name FROM information_schema.tables"
        " WHERE table_schema = DATABASE()",
    )
    views = [name for kind, name in found if kind == "VIEW"]
    sequences = [name for kind, name in found if kind == "SEQUENCE"]
    tables = [name for kind, name in found if kind not in ("VIEW", "SEQUENCE")]
    with _foreign_keys_unchecked(run, connection):
        _drop(run, connection, "VIEW", views)
        _drop(run, connection, "TABLE", tables)
        if options.types:
            _drop(run, connection, "SEQUENCE", sequences)


def _refuse_foreign_keys_from_elsewhere(connection: BaseDatabaseWrapper) -> None:
    found = _rows(
        connection,
        "SELECT constraint_schema, table_name, constraint_name"
        " FROM information_schema.referential_constraints"
        " WHERE unique_constraint_schema = DATABASE() AND constraint_schema <> DATABASE()",
    )
    if found:
        schema, table, name = found[0]
        raise Prohibited(
            f"Foreign key {name!r} of table {table!r} in database {schema!r} points to what would "
            f"be dropped. Nothing was dropped. Say --cascade to drop it all the same."
        )


@contextmanager
def _foreign_keys_unchecked(run: Run, connection: BaseDatabaseWrapper) -> Iterator[None]:
    ((checks,),) = _rows(connection, "SELECT @@foreign_key_checks")
    run("SET foreign_key_checks = 0")
    try:
        yield
    finally:
        run(f"SET foreign_key_checks = {checks:d}")


# SQLite


def _wipe_sqlite(run: Run, connection: BaseDatabaseWrapper) -> None:
    virtual = "sql LIKE 'CREATE VIRTUAL%'"
    # A virtual table takes its shadow tables along; what is left is looked up after it is gone.
    for kind, condition in (("view", "1"), ("table", virtual), ("table", "1")):
        rows = _rows(
            connection,
            f"SELECT name FROM sqlite_master WHERE type = '{kind}' AND {condition}"
            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        )
        for (name,) in rows:
            _drop(run, connection, kind.upper(), [name])


# All


def _drop(
    run: Run,
    connection: BaseDatabaseWrapper,
    kind: str,
    names: Sequence[str],
    tail: str = "",
) -> None:
    if names:
        listed = ", ".join(quote_name(connection, name) for name in names)
        run(f"DROP {kind} IF EXISTS {listed}{tail}")


def _runner(connection: BaseDatabaseWrapper) -> Run:
    def run(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, None)

    return run


def _rows(connection: BaseDatabaseWrapper, sql: str) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, None)
        return list(cursor.fetchall())
