"""Dropping all that a schema of PostgreSQL holds."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import Prohibited
from kit_django.runner.databases.wiping import Run, WipeOptions, drop, rows
from kit_django.schema.dialects import dialect_of

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
ROUTINES = f"""
    SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, proname,
        p.oid::regprocedure::text FROM pg_proc p
    WHERE pronamespace = {OWN} AND prokind IN ('f', 'p', 'w')
"""
SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname <> current_schema()"
KINDS = {"v": "VIEW", "m": "MATERIALIZED VIEW", "f": "FOREIGN TABLE", "r": "TABLE", "p": "TABLE"}
TYPE_KINDS = {"d": "DOMAIN", "e": "TYPE", "r": "TYPE", "c": "TYPE"}


def wipe(run: Run, connection: BaseDatabaseWrapper, options: WipeOptions) -> None:
    schemas = _made_schemas(connection, options)
    elsewhere = _elsewhere(connection, schemas)
    before = {} if options.cascade else dict(rows(connection, elsewhere))
    drop(run, connection, "SCHEMA", schemas, " CASCADE")
    found = rows(connection, RELATIONS)
    for kinds in ("v", "m", "f", "rp"):
        names = [name for kind, name in found if kind in kinds]
        drop(run, connection, KINDS[kinds[0]], names, " CASCADE")
    sequences = [name for kind, name in found if kind == "S" and options.drops("SEQUENCE", name)]
    drop(run, connection, "SEQUENCE", sequences, " CASCADE")
    for kind, name in rows(connection, TYPES):
        if options.drops(TYPE_KINDS[kind], name):
            drop(run, connection, TYPE_KINDS[kind], [name], " CASCADE")
    for kind, name, signature in rows(connection, ROUTINES):
        if (kind, name) in options.made:
            run(f"DROP {kind} IF EXISTS {signature} CASCADE")
    if not options.cascade:
        _refuse_losses(before, dict(rows(connection, elsewhere)))


def _made_schemas(connection: BaseDatabaseWrapper, options: WipeOptions) -> list[str]:
    """The schemas that migrations make and that are there; the connection's own stays."""
    made = [name for keyword, name in options.made if keyword == "SCHEMA"]
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
