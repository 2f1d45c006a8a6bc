"""What a database of PostgreSQL holds that no fact says."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.facts import Surroundings


def _of(catalog: str, words: str, condition: str = "true") -> str:
    """Those of a catalog that neither the server nor an extension has made."""
    return f"""
        SELECT {words} FROM {catalog} c
        WHERE c.oid >= 16384 AND {condition} AND NOT EXISTS (
            SELECT FROM pg_depend d
            WHERE d.classid = '{catalog}'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        )
    """


_IS_ARRAY = "EXISTS (SELECT FROM pg_type e WHERE e.typarray = c.oid)"
_UNUSUAL = "EXISTS (SELECT FROM pg_aggregate a WHERE a.aggfnoid = c.oid AND (aggkind <> 'n' OR aggmtransfn <> 0))"
_OWN = "c.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
_OWN_WAY = """
    SELECT format('NOT NULL, or no default, of column %I of ', a.attname) || a.attrelid::regclass
    FROM pg_inherits i JOIN pg_attribute a ON a.attrelid = i.inhrelid
    JOIN pg_attribute p ON p.attrelid = i.inhparent AND p.attname = a.attname
    WHERE NOT a.attislocal AND a.attnum > 0 AND a.attgenerated = '' AND a.attidentity = '' AND (
        (a.attnotnull AND NOT p.attnotnull AND NOT EXISTS (SELECT FROM pg_index x
            WHERE x.indrelid = a.attrelid AND x.indisprimary AND a.attnum = ANY (x.indkey)))
        OR (p.atthasdef AND p.attgenerated = '' AND NOT a.atthasdef)
    )
"""
_ORDER = """
    SELECT 'order of the columns of ' || i.inhrelid::regclass FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
    WHERE (SELECT string_agg(attname, '/' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = i.inhrelid AND attnum > 0 AND NOT attisdropped)
        <> (SELECT string_agg(attname, '/' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = i.inhparent AND attnum > 0 AND NOT attisdropped)
        AND c.relkind IN ('r', 'p', 'f')
"""
_SQL = " UNION ALL ".join(
    (
        _of("pg_operator", "'operator without a function ' || c.oid::regoperator", "c.oprcode = 0"),
        _of("pg_conversion", "'conversion ' || c.conname"),
        _of("pg_language", "'language ' || c.lanname"),
        _of("pg_am", "'access method ' || c.amname"),
        _of("pg_transform", "'transform for ' || c.trftype::regtype"),
        _of("pg_event_trigger", "'event trigger ' || c.evtname"),
        _of("pg_subscription", "'subscription ' || c.subname", _OWN),
        _of("pg_publication", "'publication ' || c.pubname"),
        _of("pg_foreign_data_wrapper", "'foreign-data wrapper ' || c.fdwname"),
        _of("pg_foreign_server", "'server ' || c.srvname"),
        _of("pg_ts_parser", "'text search parser ' || c.prsname"),
        _of("pg_ts_template", "'text search template ' || c.tmplname"),
        _of("pg_proc", "'aggregate ' || c.oid::regprocedure", _UNUSUAL),
        _of("pg_type", "'type ' || c.oid::regtype", f"c.typtype IN ('b', 'p') AND NOT {_IS_ARRAY}"),
        _OWN_WAY,
        _ORDER,
        "SELECT 'security label of ' || l.objoid::text FROM pg_seclabel l",
    )
)  # fmt: skip


def unsaid(connection: BaseDatabaseWrapper, _around: Surroundings) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL, None)
        return tuple(sorted(name for (name,) in cursor.fetchall()))
