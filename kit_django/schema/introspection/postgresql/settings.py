"""What only an ALTER can say of PostgreSQL's things, and no fact of them says.

Each query returns what ``objects`` asks for: the kind, the schema, a name, the statement, no way
back (it goes with what it is set for), and the table.
"""

from __future__ import annotations

from kit_django.schema.introspection.postgresql.by_hand import made_by_hand

_OF_KEY = """JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid
    AND k.contype IN ('p', 'u', 'x')"""
_STORAGE = "CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END"
_NULL = r"^\(*NULL(::[[:alnum:]_ .\"]+(\([0-9,]+\))?(\[\])*\)*)+$"
_FIRES = """CASE %s WHEN 'O' THEN 'ENABLE' WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
    ELSE 'ENABLE ALWAYS' END"""


def _named(relation: str) -> str:
    return f"format('%s.%I', {relation}.relnamespace::regnamespace, {relation}.relname)"


def _parameters(pairs: str, prefix: str = "") -> str:
    """``name=value`` texts as SET takes them."""
    return f"""(SELECT string_agg(format('{prefix}%I = %L', split_part(o, '=', 1),
        substr(o, strpos(o, '=') + 1)), ', ') FROM unnest({pairs}) o)"""


def _setting(name: str, sql: str, source: str, condition: str = "true") -> str:
    """``c`` is the table, view or sequence in the source; an extension's are the extension's."""
    return f"""
        SELECT 'setting', (SELECT nullif(nspname, current_schema())::text FROM pg_namespace
                WHERE oid = c.relnamespace), {name}, {sql}, '', c.relname::text
        FROM {source}
        WHERE ({condition}) AND {made_by_hand("pg_class", "c", "c.relnamespace")}
        ORDER BY 2 NULLS FIRST, 3
    """


_TABLE = f"'ALTER TABLE ' || {_named('c')} ||"
# What a partition was given with its parent's trigger fires as that one does, if nothing else is said.
_CLONES = """
    WITH RECURSIVE clones (oid, fires) AS (
        SELECT oid, tgenabled FROM pg_trigger WHERE tgparentid = 0 AND NOT tgisinternal
        UNION ALL SELECT t.oid, clones.fires FROM pg_trigger t JOIN clones ON t.tgparentid = clones.oid
    ) SELECT * FROM clones
"""
SETTINGS = (
    _setting(
        "format('when trigger %s on %s fires', t.tgname, c.relname)",
        f"""format('ALTER TABLE ONLY %s %s TRIGGER %I', {_named("c")}, {_FIRES % "t.tgenabled"}, t.tgname)""",
        f"""pg_trigger t JOIN ({_CLONES}) clones ON clones.oid = t.oid
            JOIN pg_class c ON c.oid = t.tgrelid""",
        "t.tgenabled <> clones.fires",
    ),
    _setting(
        "format('when rule %s on %s fires', r.rulename, c.relname)",
        f"{_TABLE} format(' %s RULE %I', {_FIRES % 'r.ev_enabled'}, r.rulename)",
        "pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class",
        "r.ev_enabled <> 'O'",
    ),
    _setting(
        "'cluster of ' || c.relname",
        f"{_TABLE} format(' CLUSTER ON %I', k.conname)",
        f"pg_index i JOIN pg_class c ON c.oid = i.indrelid {_OF_KEY}",
        "i.indisclustered",
    ),
    _setting(
        "'replica identity of ' || c.relname",
        f"'ALTER TABLE ONLY ' || {_named('c')} || format(' REPLICA IDENTITY USING INDEX %I', k.conname)",
        f"pg_index i JOIN pg_class c ON c.oid = i.indrelid {_OF_KEY}",
        "i.indisreplident",
    ),
    _setting(
        "'replica identity of ' || c.relname",
        f"""'ALTER TABLE ONLY ' || {_named("c")} || ' REPLICA IDENTITY '
            || CASE c.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END""",
        "pg_class c",
        "c.relreplident IN ('f', 'n') AND c.relkind IN ('r', 'p')",
    ),
    # As good as none, and written in each dump: the facts of a column leave it out.
    _setting(
        "'columns whose default is NULL, and said, of ' || c.relname",
        f"'ALTER TABLE ONLY ' || {_named('c')} || E'\\n    ' || nulls.said",
        f"""pg_class c, LATERAL (
            SELECT string_agg(format('ALTER COLUMN %I SET DEFAULT %s', a.attname, said),
                E',\\n    ' ORDER BY a.attnum) AS said
            FROM pg_attrdef v JOIN pg_attribute a ON a.attrelid = v.adrelid AND a.attnum = v.adnum
            JOIN pg_type y ON y.oid = a.atttypid, pg_get_expr(v.adbin, v.adrelid) said
            WHERE v.adrelid = c.oid AND a.attgenerated = '' AND y.typdefault IS NULL
                AND said ~ '{_NULL}'
        ) nulls""",
        "nulls.said IS NOT NULL",
    ),
    _setting(
        "'storage of the large values of ' || c.relname",
        f"""format('ALTER %s %s SET (%s)', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
            {_named("c")}, {_parameters("large.reloptions", "toast.")})""",
        "pg_class c JOIN pg_class large ON large.oid = c.reltoastrelid",
        "large.reloptions IS NOT NULL",
    ),
    _setting(
        "format('storage of %s.%s', c.relname, a.attname)",
        f"""format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %I SET STORAGE %s',
            {_named("c")}, a.attname, {_STORAGE})""",
        """pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
            JOIN pg_type y ON y.oid = a.atttypid""",
        "c.relkind = 'm' AND a.attstorage <> y.typstorage",
    ),
    _setting(
        "format('statistics of %s.%s', c.relname, a.attname)",
        f"""format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %I SET STATISTICS %s',
            {_named("c")}, a.attname, a.attstattarget)""",
        "pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0",
        "c.relkind = 'm' AND coalesce(a.attstattarget, -1) >= 0",
    ),
    _setting(
        "format('statistics of column %s of index %s', a.attnum, x.relname)",
        f"""format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s',
            {_named("x")}, a.attnum, a.attstattarget)""",
        """pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
            JOIN pg_attribute a ON a.attrelid = x.oid""",
        "coalesce(a.attstattarget, -1) >= 0",
    ),
    _setting(
        "'target of statistics ' || s.stxname",
        """format('ALTER STATISTICS %s.%I SET STATISTICS %s',
            s.stxnamespace::regnamespace, s.stxname, s.stxstattarget)""",
        "pg_statistic_ext s JOIN pg_class c ON c.oid = s.stxrelid",
        "coalesce(s.stxstattarget, -1) >= 0",
    ),
    _setting(
        "'storage of the index of constraint ' || x.relname",
        f"format('ALTER INDEX %s SET (%s)', {_named('x')}, {_parameters('x.reloptions')})",
        f"""pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
            {_OF_KEY}""",
        "x.reloptions IS NOT NULL AND k.contype <> 'x'",
    ),
    # An index of a parent that not all of its partitions have takes in those that it is told to.
    _setting(
        "format('that index %s is one of %s', x.relname, p.relname)",
        f"format('ALTER INDEX %s ATTACH PARTITION %s', {_named('p')}, {_named('x')})",
        """pg_inherits h JOIN pg_class x ON x.oid = h.inhrelid JOIN pg_class p ON p.oid = h.inhparent
            JOIN pg_index i ON i.indexrelid = x.oid JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_index whole ON whole.indexrelid = p.oid""",
        "NOT whole.indisvalid",
    ),
    _setting(
        "format('who owns sequence %s', s.relname)",
        f"format('ALTER SEQUENCE %s OWNED BY %s.%I', {_named('s')}, {_named('c')}, a.attname)",
        """pg_class s JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid
                AND d.deptype = 'a' AND d.refclassid = 'pg_class'::regclass
            JOIN pg_class c ON c.oid = d.refobjid
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid""",
        """s.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_attrdef v JOIN pg_depend u
            ON u.classid = 'pg_attrdef'::regclass AND u.objid = v.oid
            WHERE v.adrelid = c.oid AND v.adnum = a.attnum AND u.refobjid = s.oid)""",
    ),
    # An identity's is what its table is, all others are logged, if nothing else is said.
    _setting(
        "'whether sequence is logged: ' || c.relname",
        f"""format('ALTER SEQUENCE %s SET %s', {_named("c")},
            CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END)""",
        "pg_class c",
        """c.relkind = 'S' AND c.relpersistence <> coalesce((
            SELECT t.relpersistence FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i'
                AND d.refclassid = 'pg_class'::regclass), 'p')""",
    ),
    # pg_identify_object() writes names as ALTER reads them.
    """
        SELECT 'setting', NULL, format('that %s %s goes with extension %s', o.type, o.identity, x.extname),
            format('ALTER %s %s DEPENDS ON EXTENSION %I', upper(o.type), o.identity, x.extname), '', ''
        FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid,
            LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) o
        WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x' ORDER BY 3
    """,
)
"""In PostgreSQL's words, all that is not the usual."""
