"""Dropping all that a schema of PostgreSQL holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.conf import get_settings
from kit_django.exceptions import Prohibited
from kit_django.runner.databases.postgresql.meanings import drop_meanings
from kit_django.runner.databases.wiping import Run, WipeOptions, drop, rows
from kit_django.schema.dialects import dialect_of
from kit_django.schema.keys import Key

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
_OWNED = """EXISTS (SELECT FROM pg_depend d WHERE d.objid = {oid} AND d.classid = '{catalog}'::regclass
    AND d.deptype = 'e')"""
TABLES = f"""
    SELECT relname FROM pg_class c WHERE relnamespace = {OWN} AND relkind IN ('r', 'p', 'f')
    AND NOT relispartition AND NOT {_OWNED.format(oid="c.oid", catalog="pg_class")} ORDER BY relname
"""
TABLES_ELSEWHERE = """
    SELECT nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'f') AND NOT relispartition AND nspname IN ({schemas})
    ORDER BY nspname, relname
"""
ROUTINES = f"""
    SELECT quote_ident(proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' FROM pg_proc p
    WHERE pronamespace = {OWN} AND NOT {_OWNED.format(oid="p.oid", catalog="pg_proc")}
    AND proname IN ({{names}}) ORDER BY p.oid
"""
ROOM = """
    SELECT current_setting('max_locks_per_transaction')::bigint
        * (current_setting('max_connections')::bigint
            + current_setting('max_prepared_transactions')::bigint)
"""
# What a table's drop locks: itself, its indexes and TOAST, its sequences, what its keys lead to and what
# points to it. What
# is a part of another, or points to it, comes before it.
WEIGHTS = f"""
    SELECT relname, (3 + i.many + k.many + s.many + r.many)::bigint FROM pg_class c,
    LATERAL (SELECT count(*) AS many FROM pg_index WHERE indrelid = c.oid) i,
    LATERAL (SELECT count(*) AS many FROM pg_constraint WHERE conrelid = c.oid AND contype = 'f') k,
    LATERAL (SELECT count(*) AS many FROM pg_constraint WHERE confrelid = c.oid AND contype = 'f') r,
    LATERAL (SELECT count(*) AS many FROM pg_depend WHERE refobjid = c.oid AND deptype IN ('a', 'i')
        AND refclassid = 'pg_class'::regclass AND classid = 'pg_class'::regclass) s
    WHERE relnamespace = {OWN} AND relkind IN ('r', 'p')
    AND NOT {_OWNED.format(oid="c.oid", catalog="pg_class")}
    ORDER BY relname <> {{history}}, EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid) DESC,
        r.many, relname
"""
TOO_MANY = (
    "There are {tables} tables, more than PostgreSQL has locks for in one transaction "
    "(max_locks_per_transaction): they are dropped in {parts} transactions."
)
SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname <> current_schema()"
KINDS = {"v": "VIEW", "m": "MATERIALIZED VIEW", "f": "FOREIGN TABLE", "r": "TABLE", "p": "TABLE"}
TYPE_KINDS = {"d": "DOMAIN", "e": "TYPE", "r": "TYPE", "c": "TYPE"}


def tables(connection: BaseDatabaseWrapper, options: WipeOptions) -> list[Key]:
    """The partitions of a table are a part of it."""
    own = [(None, name) for (name,) in rows(connection, TABLES)]
    literal = dialect_of(connection).quote_literal
    schemas = ", ".join(map(literal, _made_schemas(connection, options)))
    others = rows(connection, TABLES_ELSEWHERE.format(schemas=schemas)) if schemas else ()
    return [*own, *((schema, name) for schema, name in others)]


def batches(connection: BaseDatabaseWrapper) -> list[list[str]]:
    """Tables that are to be dropped before the others, so many in one transaction as have room in the
    server's table of locks; none where it has room for all of them."""
    ((room,),) = rows(connection, ROOM)
    # What is stopped between two transactions is not to be told of as applied.
    history = dialect_of(connection).quote_literal(get_settings().history_table)
    weighed = rows(connection, WEIGHTS.format(history=history))
    if sum(weight for _, weight in weighed) < room // 2:
        return []
    parts: list[list[str]] = []
    most = left = room // 3
    for name, weight in weighed:
        if not parts or weight > left:
            parts.append([])
            left = most
        parts[-1].append(name)
        left -= weight
    return parts


def drop_tables(
    run: Run, connection: BaseDatabaseWrapper, names: Sequence[str], options: WipeOptions
) -> None:
    """Raises Prohibited where other schemas lose something, and may not."""
    with _nothing_lost_elsewhere(connection, options):
        drop(run, connection, "TABLE", names, " CASCADE")


def wipe(run: Run, connection: BaseDatabaseWrapper, options: WipeOptions) -> None:
    with _nothing_lost_elsewhere(connection, options):
        drop(run, connection, "SCHEMA", _made_schemas(connection, options), " CASCADE")
        found = rows(connection, RELATIONS)
        for kinds in ("v", "m", "f", "rp"):
            names = [name for kind, name in found if kind in kinds]
            drop(run, connection, KINDS[kinds[0]], names, " CASCADE")
        kept = [name for kind, name in found if kind == "S"]
        sequences = [name for name in kept if options.drops("SEQUENCE", name)]
        drop(run, connection, "SEQUENCE", sequences, " CASCADE")
        for kind, name in rows(connection, TYPES):
            if options.drops(TYPE_KINDS[kind], name):
                drop(run, connection, TYPE_KINDS[kind], [name], " CASCADE")
        for name in options.names("COLLATION"):
            drop(run, connection, "COLLATION", [name], " CASCADE")
        for (routine,) in _made_routines(connection, options):
            run(f"DROP ROUTINE IF EXISTS {routine} CASCADE")
        drop_meanings(run, connection, options)


@contextmanager
def _nothing_lost_elsewhere(
    connection: BaseDatabaseWrapper, options: WipeOptions
) -> Iterator[None]:
    if options.cascade:
        yield
        return
    elsewhere = _elsewhere(connection, _made_schemas(connection, options))
    before = dict(rows(connection, elsewhere))
    yield
    _refuse_losses(before, dict(rows(connection, elsewhere)))


def _made_routines(connection: BaseDatabaseWrapper, options: WipeOptions) -> Sequence[tuple[str]]:
    """The functions, procedures and aggregates of the names that migrations make."""
    literal = dialect_of(connection).quote_literal
    names = ", ".join(map(literal, options.names("FUNCTION", "PROCEDURE", "AGGREGATE")))
    return rows(connection, ROUTINES.format(names=names)) if names else ()


def _made_schemas(connection: BaseDatabaseWrapper, options: WipeOptions) -> list[str]:
    """The schemas that migrations make and that are there; the connection's own stays."""
    made = options.names("SCHEMA")
    there = {name for (name,) in rows(connection, SCHEMAS)}
    return [name for name in made if name in there]


def _elsewhere(connection: BaseDatabaseWrapper, own: list[str]) -> str:
    """What is in other schemas than the connection's and those that go as a whole."""
    literal = dialect_of(connection).quote_literal
    listed = "".join(f" AND nspname <> {literal(name)}" for name in own)
    return ELSEWHERE.replace(OTHERS, f"{OTHERS[:-1]}{listed})")


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
