"""What stands at a table and is no part of its facts: said to a person, and not in a model."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Apart
from kit_django.schema.introspection.rows import fetch

_OF_A_TABLE = (
    "SELECT 'a policy' AS kind, polname::text AS about FROM pg_policy WHERE polrelid = t.oid",
    """SELECT 'a rule', rulename::text FROM pg_rewrite
        WHERE ev_class = t.oid AND rulename <> '_RETURN'""",
    "SELECT 'extended statistics', stxname::text FROM pg_statistic_ext WHERE stxrelid = t.oid",
    """SELECT 'a publication', pubname::text FROM pg_publication_rel
        JOIN pg_publication p ON p.oid = prpubid WHERE prrelid = t.oid""",
    """SELECT 'a subscription', subname::text FROM pg_subscription_rel
        JOIN pg_subscription s ON s.oid = srsubid WHERE srrelid = t.oid""",
    """SELECT DISTINCT 'rights of others', coalesce(nullif(grantee, 0)::regrole::text, 'public')
        FROM aclexplode(t.relacl) WHERE grantee <> t.relowner""",
    """SELECT 'rights to a column', attname::text FROM pg_attribute
        WHERE attrelid = t.oid AND attacl IS NOT NULL""",
    """SELECT 'a replica identity', CASE t.relreplident WHEN 'f' THEN 'full' ELSE 'nothing' END
        WHERE t.relreplident IN ('f', 'n') AND t.relkind IN ('r', 'p')""",
    """SELECT 'a security label', provider FROM pg_seclabel
        WHERE classoid = 'pg_class'::regclass AND objoid = t.oid""",
    """SELECT 'storage options of a key', conname::text FROM pg_constraint
        JOIN pg_class i ON i.oid = conindid
        WHERE conrelid = t.oid AND contype IN ('p', 'u', 'x') AND i.reloptions IS NOT NULL""",
    *(
        f"""SELECT 'a comment on a {kind}', {name}::text FROM {catalog} o
            JOIN pg_description d ON d.classoid = '{catalog}'::regclass AND d.objoid = o.oid
            WHERE {table} = t.oid"""
        for kind, catalog, name, table in (
            ("constraint", "pg_constraint", "conname", "conrelid"),
            ("policy", "pg_policy", "polname", "polrelid"),
            ("rule", "pg_rewrite", "rulename", "ev_class"),
            ("trigger", "pg_trigger", "tgname", "tgrelid"),
        )
    ),
)
# To schemas and routines: they stand at no table, but nothing else tells of them.
_RIGHTS = """
    SELECT NULL, o.name, 'rights of others', coalesce(nullif(a.grantee, 0)::regrole::text, 'public')
    FROM (
        SELECT 'schema ' || nspname AS name, nspacl AS acl, nspowner AS owner, nspname AS schema
        FROM pg_namespace
        UNION ALL SELECT proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', proacl,
            proowner, n.nspname
        FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
    ) o, aclexplode(o.acl) a
    WHERE a.grantee <> o.owner AND o.schema <> 'information_schema' AND o.schema !~ '^pg_'
    GROUP BY 2, 4
"""
_SQL = f"""
    SELECT nullif(n.nspname, current_schema())::text AS schema, t.relname::text AS name,
        found.kind, found.about
    FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace,
        LATERAL ({" UNION ALL ".join(f"({each})" for each in _OF_A_TABLE)}) found
    WHERE t.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
        AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    UNION ALL {_RIGHTS}
    ORDER BY 1 NULLS FIRST, 2, 3, 4
"""


def apart(connection: BaseDatabaseWrapper) -> tuple[Apart, ...]:
    return tuple(
        Apart((row.schema, row.name), row.kind, row.about) for row in fetch(connection, _SQL)
    )
