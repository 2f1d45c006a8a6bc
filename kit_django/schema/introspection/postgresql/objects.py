"""What stands around PostgreSQL's tables: schemas, extensions, collations, routines, rules, policies.

Each query returns a kind, a schema, a name, the statement that makes the thing and the one that
takes it away; what belongs to a table has that as well. What an extension has made is the extension's.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.around import Settings
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Object, Surroundings
from kit_django.schema.introspection.postgresql.by_hand import FIRST, made_by_hand
from kit_django.schema.introspection.postgresql.meanings import LATER, MEANINGS
from kit_django.schema.introspection.postgresql.needs import read_named, read_needs
from kit_django.schema.introspection.postgresql.settings import SETTINGS
from kit_django.schema.sql.restored import restorable

_SCHEMAS = """
    SELECT nspname::text AS name FROM pg_namespace n
    WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' AND nspname <> current_schema()
        AND NOT EXISTS (
            SELECT FROM pg_depend d
            WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'
        )
    ORDER BY 1
"""


def _own_schema(namespace: str) -> str:
    return f"(SELECT nullif(nspname, current_schema())::text FROM pg_namespace WHERE oid = {namespace})"


_EXTENSIONS = """
    SELECT 'extension', nullif(nspname, current_schema())::text, extname::text,
        format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I', extname, nspname),
        format('DROP EXTENSION IF EXISTS %I', extname)
    FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace
    WHERE extname <> 'plpgsql' ORDER BY 3
"""
_COLLATIONS = f"""
    SELECT 'collation', {_own_schema("c.collnamespace")}, c.collname::text,
        format('CREATE COLLATION %s (provider = %s%s%s)', named, made.provider, made.locale,
            CASE WHEN c.collisdeterministic THEN '' ELSE ', deterministic = false' END),
        format('DROP COLLATION %s', named)
    FROM pg_collation c,
        LATERAL (SELECT to_jsonb(c) AS row) AS whole,
        LATERAL (SELECT coalesce(row->>'colllocale', row->>'colliculocale') AS modern) AS newer,
        LATERAL (SELECT
            CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END AS provider,
            CASE WHEN c.collprovider = 'c' AND c.collcollate <> c.collctype
                THEN format(', lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype)
                ELSE format(', locale = %L', coalesce(modern, c.collcollate)) END AS locale
        ) AS made,
        LATERAL (SELECT format('%s.%I', c.collnamespace::regnamespace, c.collname) AS named) n
    WHERE {made_by_hand("pg_collation", "c", "c.collnamespace")} ORDER BY 2 NULLS FIRST, 3
"""
_RANGES = f"""
    SELECT 'range', {_own_schema("t.typnamespace")}, t.typname::text,
        format('CREATE TYPE %s AS RANGE (subtype = %s, subtype_opclass = %s%s%s%s)',
            t.oid::regtype, format_type(r.rngsubtype, NULL),
            format('%s.%I', oc.opcnamespace::regnamespace, oc.opcname),
            CASE WHEN r.rngcollation <> 0 AND r.rngcollation <> s.typcollation
                THEN format(', collation = %s', r.rngcollation::regcollation) END,
            CASE WHEN r.rngsubdiff <> 0 THEN format(', subtype_diff = %s', r.rngsubdiff::regproc) END,
            CASE WHEN m.oid IS NOT NULL
                THEN format(', multirange_type_name = %s', m.oid::regtype) END),
        format('DROP TYPE %s', t.oid::regtype)
    FROM pg_type t JOIN pg_range r ON r.rngtypid = t.oid
    JOIN pg_type s ON s.oid = r.rngsubtype JOIN pg_opclass oc ON oc.oid = r.rngsubopc
    LEFT JOIN pg_type m ON m.oid = (to_jsonb(r)->>'rngmultitypid')::oid
    WHERE {made_by_hand("pg_type", "t", "t.typnamespace")} ORDER BY 2 NULLS FIRST, 3
"""
_ROUTINES = f"""
    SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END,
        {_own_schema("p.pronamespace")},
        format('%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)),
        rtrim(pg_get_functiondef(p.oid), E'\\n'),
        format('DROP %s %s', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
            p.oid::regprocedure)
    FROM pg_proc p
    WHERE p.prokind IN ('f', 'p', 'w') AND {made_by_hand("pg_proc", "p", "p.pronamespace")}
        AND NOT EXISTS (  -- those of a range come with it
            SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                AND d.objid = p.oid AND d.deptype = 'i'
        )
    ORDER BY 2 NULLS FIRST, 3
"""
_AGGREGATES = f"""
    SELECT 'aggregate', {_own_schema("p.pronamespace")},
        format('%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)),
        format('CREATE AGGREGATE %s.%I(%s) (SFUNC = %s, STYPE = %s%s%s%s%s%s%s%s%s)',
            p.pronamespace::regnamespace, p.proname, pg_get_function_arguments(p.oid),
            a.aggtransfn, format_type(a.aggtranstype, NULL),
            CASE WHEN a.aggfinalfn <> 0 THEN format(', FINALFUNC = %s', a.aggfinalfn) END,
            CASE WHEN a.aggfinalextra THEN ', FINALFUNC_EXTRA' END,
            CASE WHEN a.aggcombinefn <> 0 THEN format(', COMBINEFUNC = %s', a.aggcombinefn) END,
            CASE WHEN a.agginitval IS NOT NULL THEN format(', INITCOND = %L', a.agginitval) END,
            CASE WHEN a.aggtransspace <> 0 THEN format(', SSPACE = %s', a.aggtransspace) END,
            CASE a.aggfinalmodify WHEN 's' THEN ', FINALFUNC_MODIFY = SHAREABLE'
                WHEN 'w' THEN ', FINALFUNC_MODIFY = READ_WRITE' END,
            CASE WHEN a.aggsortop <> 0
                THEN format(', SORTOP = %s', (SELECT format('OPERATOR(%s.%s)',
                    oprnamespace::regnamespace, oprname)
                    FROM pg_operator WHERE oid = a.aggsortop)) END,
            CASE p.proparallel WHEN 's' THEN ', PARALLEL = safe'
                WHEN 'r' THEN ', PARALLEL = restricted' END),
        format('DROP AGGREGATE %s', p.oid::regprocedure)
    FROM pg_proc p JOIN pg_aggregate a ON a.aggfnoid = p.oid
    WHERE a.aggkind = 'n' AND a.aggmtransfn = 0
        AND {made_by_hand("pg_proc", "p", "p.pronamespace")}
    ORDER BY 2 NULLS FIRST, 3
"""
_STATISTICS = f"""
    SELECT 'statistics', {_own_schema("s.stxnamespace")}, s.stxname::text,
        pg_get_statisticsobjdef(s.oid), '',
        (SELECT relname::text FROM pg_class WHERE oid = s.stxrelid)
    FROM pg_statistic_ext s
    WHERE {made_by_hand("pg_statistic_ext", "s", "s.stxnamespace")} ORDER BY 2 NULLS FIRST, 3
"""
_RULES = f"""
    SELECT 'rule', {_own_schema("c.relnamespace")}, r.rulename::text || ' on ' || c.relname,
        rtrim(pg_get_ruledef(r.oid), ';'),
        format('DROP RULE %I ON %s.%I', r.rulename, c.relnamespace::regnamespace, c.relname),
        c.relname::text
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
    WHERE r.rulename <> '_RETURN' AND {made_by_hand("pg_class", "c", "c.relnamespace")}
    ORDER BY 2 NULLS FIRST, 3
"""
_POLICIES = f"""
    SELECT 'policy', {_own_schema("c.relnamespace")}, p.polname::text || ' on ' || c.relname,
        format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', p.polname,
            format('%s.%I', c.relnamespace::regnamespace, c.relname),
            CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
            CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
            array_to_string(ARRAY(
                SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(role::regrole::text) END
                FROM unnest(p.polroles) AS role ORDER BY 1), ', '),
            CASE WHEN p.polqual IS NOT NULL
                THEN format(' USING (%s)', pg_get_expr(p.polqual, p.polrelid)) END,
            CASE WHEN p.polwithcheck IS NOT NULL
                THEN format(' WITH CHECK (%s)', pg_get_expr(p.polwithcheck, p.polrelid)) END),
        format('DROP POLICY %I ON %s.%I', p.polname, c.relnamespace::regnamespace, c.relname),
        c.relname::text
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE {made_by_hand("pg_class", "c", "c.relnamespace")} ORDER BY 2 NULLS FIRST, 3
"""
# pg_identify_object() writes names as COMMENT ON reads them, but for the words before them.
_COMMENTS = f"""
    SELECT 'comment', (SELECT nullif(o.schema, current_schema())::text), o.type || ' ' || o.identity,
        format('COMMENT ON %s %s IS %L', CASE
            WHEN o.type IN ('table column', 'view column', 'materialized view column',
                'foreign table column', 'composite type column') THEN 'COLUMN'
            WHEN o.type IN ('table constraint', 'domain constraint') THEN 'CONSTRAINT'
            WHEN o.type = 'statistics object' THEN 'STATISTICS'
            ELSE upper(o.type) END,
            CASE o.type WHEN 'domain constraint' THEN replace(o.identity, ' on ', ' ON DOMAIN ')
                ELSE o.identity END,
            c.description),
        '', (SELECT relname::text FROM pg_class
            WHERE c.classoid = 'pg_class'::regclass AND oid = c.objoid)
    FROM pg_description c, LATERAL pg_identify_object(c.classoid, c.objoid, c.objsubid) o
    WHERE (c.objoid >= {FIRST} OR c.classoid = 'pg_namespace'::regclass)
        AND (c.objoid >= {FIRST}
            OR (o.identity = 'public' AND c.description <> 'standard public schema'))
        AND NOT EXISTS (
            SELECT FROM pg_depend d
            WHERE d.classid = c.classoid AND d.objid = c.objoid AND d.deptype = 'e'
        )
        AND o.type NOT IN (
            'table', 'table column', 'foreign table', 'foreign table column', 'large object')
        AND (o.type <> 'index' OR EXISTS (
            SELECT FROM pg_constraint k WHERE k.conindid = c.objoid AND k.contype IN ('p', 'u', 'x')))
        AND (o.type <> 'extension' OR c.description IS DISTINCT FROM (
            SELECT v.comment FROM pg_available_extensions v JOIN pg_extension e ON e.extname = v.name
            WHERE e.oid = c.objoid))
    ORDER BY 3
"""
# A body may name what is made behind it.
_UNCHECKED = (("check_function_bodies", "off"),)
_WITH_BODIES = ("function", "procedure")
_ALL = (_EXTENSIONS, _COLLATIONS, _RANGES, _ROUTINES, _AGGREGATES, *MEANINGS)
_LATE = (_STATISTICS, _RULES, _POLICIES, *SETTINGS, *LATER, _COMMENTS)


def surroundings(connection: BaseDatabaseWrapper) -> Surroundings:
    """In the order of kinds in which one can be made after the other, as far as kinds tell."""
    dialect = dialect_of(connection)
    found = tuple(
        Object(kind, name, restorable(sql, dialect), drop, schema, _session(kind), *on)
        for query in (*_ALL, *_LATE)
        for kind, schema, name, sql, drop, *on in _ask(connection, query)
    )
    schemas = tuple(name for (name,) in _ask(connection, _SCHEMAS))
    return Surroundings(schemas, found, read_needs(connection), named=read_named(connection))


def _session(kind: str) -> Settings:
    return _UNCHECKED if kind in _WITH_BODIES else ()


def _ask(connection: BaseDatabaseWrapper, query: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, None)  # which has percent signs of its own
        return list(cursor.fetchall())
