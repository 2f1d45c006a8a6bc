"""What is built on what, from pg_depend: in which order a database can be made again."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Node
from kit_django.schema.introspection.postgresql.by_hand import FIRST, made_by_hand
from kit_django.schema.introspection.postgresql.meanings import (
    CAST_BY_HAND,
    CAST_NAME,
    CLASS_NAME,
    FAMILY_NAME,
    OPERATOR_NAME,
)

# A thing's parts stand for the thing: the defaults, rules, checks and indexes of a table, its row
# type and the array of that. Foreign keys are made last, and bind nothing here.
_OWNERS = f"""
    WITH nodes AS MATERIALIZED (
        SELECT 'pg_class'::regclass AS class, c.oid, 'relation' AS family, c.relnamespace AS namespace,
            c.relname::text AS name
        FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid, 'type', t.typnamespace, t.typname::text
        FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c')
            AND t.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_proc'::regclass, p.oid, 'routine', p.pronamespace,
            format('%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid))
        FROM pg_proc p WHERE p.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_collation'::regclass, c.oid, 'collation', c.collnamespace, c.collname::text
        FROM pg_collation c WHERE c.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_extension'::regclass, e.oid, 'extension', e.extnamespace, e.extname::text
        FROM pg_extension e WHERE e.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_operator'::regclass, o.oid, 'operator', o.oprnamespace, {OPERATOR_NAME}
        FROM pg_operator o WHERE o.oid >= {FIRST}
        UNION ALL  -- which is in no schema
        SELECT 'pg_cast'::regclass, c.oid, 'cast', current_schema()::regnamespace, {CAST_NAME}
        FROM pg_cast c WHERE {CAST_BY_HAND}
        UNION ALL
        SELECT 'pg_opfamily'::regclass, f.oid, 'operator family', f.opfnamespace, {FAMILY_NAME}
        FROM pg_opfamily f WHERE f.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_opclass'::regclass, k.oid, 'operator class', k.opcnamespace, {CLASS_NAME}
        FROM pg_opclass k WHERE k.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_ts_dict'::regclass, t.oid, 'text search dictionary', t.dictnamespace,
            t.dictname::text
        FROM pg_ts_dict t WHERE t.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_ts_config'::regclass, s.oid, 'text search configuration', s.cfgnamespace,
            s.cfgname::text
        FROM pg_ts_config s WHERE s.oid >= {FIRST}
    ), parts AS MATERIALIZED (
        SELECT class, oid, class AS of_class, oid AS of_oid FROM nodes
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid,
            CASE c.relkind WHEN 'c' THEN 'pg_type'::regclass ELSE 'pg_class'::regclass END,
            CASE c.relkind WHEN 'c' THEN t.oid ELSE c.oid END
        FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid
        WHERE c.relkind <> 'c' AND t.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_class'::regclass, c.oid, 'pg_type'::regclass, c.reltype
        FROM pg_class c WHERE c.relkind = 'c' AND c.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_type'::regclass, a.oid,
            CASE WHEN c.relkind <> 'c' THEN 'pg_class'::regclass ELSE 'pg_type'::regclass END,
            CASE WHEN c.relkind <> 'c' THEN c.oid ELSE t.oid END
        FROM pg_type a JOIN pg_type t ON t.typarray = a.oid LEFT JOIN pg_class c ON c.oid = t.typrelid
        WHERE a.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_rewrite'::regclass, r.oid, 'pg_class'::regclass, r.ev_class FROM pg_rewrite r
        WHERE r.rulename = '_RETURN' AND r.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_attrdef'::regclass, a.oid, 'pg_class'::regclass, a.adrelid FROM pg_attrdef a
        UNION ALL
        SELECT 'pg_class'::regclass, i.indexrelid, 'pg_class'::regclass, i.indrelid FROM pg_index i
        WHERE i.indexrelid >= {FIRST}
        UNION ALL
        SELECT 'pg_constraint'::regclass, c.oid, 'pg_class'::regclass, c.conrelid
        FROM pg_constraint c WHERE c.conrelid <> 0 AND c.contype <> 'f' AND c.oid >= {FIRST}
        UNION ALL
        SELECT 'pg_constraint'::regclass, c.oid, 'pg_type'::regclass, c.contypid
        FROM pg_constraint c WHERE c.contypid <> 0 AND c.oid >= {FIRST}
        UNION ALL  -- what a class of operators is made of
        SELECT m.classid, m.objid, m.refclassid, m.refobjid FROM pg_depend m
        WHERE m.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
            AND m.refclassid = 'pg_opclass'::regclass AND m.deptype = 'i' AND m.objid >= {FIRST}
    )
"""
# Step by step: the planner, which knows nothing of how many there are, would pair all with all.
_SQL = f"""
    {_OWNERS}, links AS MATERIALIZED (
        SELECT classid, objid, refclassid, refobjid FROM pg_depend
        WHERE objid >= {FIRST} AND refobjid >= {FIRST}
    ), needing AS MATERIALIZED (
        SELECT DISTINCT p.of_class AS class, p.of_oid AS oid, d.refclassid, d.refobjid
        FROM links d JOIN parts p ON p.class = d.classid AND p.oid = d.objid
    ), pairs AS MATERIALIZED (
        SELECT DISTINCT n.class, n.oid, q.of_class, q.of_oid
        FROM needing n JOIN parts q ON q.class = n.refclassid AND q.oid = n.refobjid
        WHERE (n.class, n.oid) <> (q.of_class, q.of_oid)
    )
    SELECT DISTINCT a.family, nullif(an.nspname, current_schema())::text, a.name,
        b.family, nullif(bn.nspname, current_schema())::text, b.name
    FROM pairs
    JOIN nodes a ON a.class = pairs.class AND a.oid = pairs.oid
    JOIN nodes b ON b.class = pairs.of_class AND b.oid = pairs.of_oid
    JOIN pg_namespace an ON an.oid = a.namespace
    JOIN pg_namespace bn ON bn.oid = b.namespace
"""


# A function in SQL is read when an index on it is made, and fails there without what it names.
_NAMED = f"""
    WITH named AS MATERIALIZED (
        SELECT 'routine' AS family, b.oid, b.pronamespace AS namespace, b.proname AS word,
            format('%I(%s)', b.proname, pg_get_function_identity_arguments(b.oid)) AS name
        FROM pg_proc b WHERE {made_by_hand("pg_proc", "b", "b.pronamespace")}
        UNION ALL
        SELECT 'text search configuration', s.oid, s.cfgnamespace, s.cfgname, s.cfgname::text
        FROM pg_ts_config s WHERE {made_by_hand("pg_ts_config", "s", "s.cfgnamespace")}
    )
    SELECT DISTINCT 'routine', nullif(an.nspname, current_schema())::text,
        format('%I(%s)', a.proname, pg_get_function_identity_arguments(a.oid)),
        b.family, nullif(bn.nspname, current_schema())::text, b.name
    FROM pg_proc a JOIN pg_language l ON l.oid = a.prolang AND l.lanname = 'sql'
    JOIN named b ON b.oid <> a.oid AND strpos(lower(a.prosrc), lower(b.word)) > 0
    JOIN pg_namespace an ON an.oid = a.pronamespace JOIN pg_namespace bn ON bn.oid = b.namespace
    WHERE {made_by_hand("pg_proc", "a", "a.pronamespace")}
        AND (b.word !~ '^\\w+$' OR a.prosrc ~* ('\\m' || b.word || '\\M'))
"""


def read_needs(connection: BaseDatabaseWrapper) -> frozenset[tuple[Node, Node]]:
    """Pairs of a thing and one that has to be there before it."""
    return _pairs(connection, _SQL)


def read_named(connection: BaseDatabaseWrapper) -> frozenset[tuple[Node, Node]]:
    """Pairs of a function in SQL and a routine or text search configuration that it names."""
    return _pairs(connection, _NAMED)


def _pairs(connection: BaseDatabaseWrapper, query: str) -> frozenset[tuple[Node, Node]]:
    with connection.cursor() as cursor:
        cursor.execute(query, None)  # which has percent signs of its own
        return frozenset((tuple(row[:3]), tuple(row[3:])) for row in cursor.fetchall())
