"""What gives PostgreSQL's words a meaning: operators and their classes, casts, text search.

Each query returns what ``objects`` asks for: the kind, the schema, a name, the statement that makes
the thing and the one that takes it away. ``needs`` knows them by the same names.
"""

from __future__ import annotations

from kit_django.schema.introspection.postgresql.by_hand import FIRST, made_by_hand


def _own_schema(namespace: str) -> str:
    return f"(SELECT nullif(nspname, current_schema())::text FROM pg_namespace WHERE oid = {namespace})"


def _sides(left: str, right: str) -> str:
    return ", ".join(
        f"CASE WHEN {side} = 0 THEN 'NONE' ELSE format_type({side}, NULL) END"
        for side in (left, right)
    )


def _operator(oid: str) -> str:
    return f"""(SELECT format('OPERATOR(%s.%s)', other.oprnamespace::regnamespace, other.oprname)
        FROM pg_operator other WHERE other.oid = {oid})"""


def _qualified(alias: str, prefix: str) -> str:
    return f"format('%s.%I', {alias}.{prefix}namespace::regnamespace, {alias}.{prefix}name)"


OPERATOR_NAME = f"format('%s(%s, %s)', o.oprname, {_sides('o.oprleft', 'o.oprright')})"
CAST_NAME = "format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL))"
FAMILY_NAME = "format('%I USING %I', f.opfname, (SELECT amname FROM pg_am WHERE oid = f.opfmethod))"
CLASS_NAME = "format('%I USING %I', k.opcname, (SELECT amname FROM pg_am WHERE oid = k.opcmethod))"
# That of a range goes with it.
CAST_BY_HAND = f"""c.oid >= {FIRST} AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i'))"""

_OPERATORS = f"""
    SELECT 'operator', {_own_schema("o.oprnamespace")}, {OPERATOR_NAME},
        format('CREATE OPERATOR %s.%s (FUNCTION = %s%s%s%s%s%s%s%s%s)',
            o.oprnamespace::regnamespace, o.oprname, o.oprcode,
            CASE WHEN o.oprleft <> 0 THEN format(', LEFTARG = %s', format_type(o.oprleft, NULL)) END,
            CASE WHEN o.oprright <> 0 THEN format(', RIGHTARG = %s', format_type(o.oprright, NULL)) END,
            CASE WHEN o.oprcom <> 0 THEN format(', COMMUTATOR = %s', {_operator("o.oprcom")}) END,
            CASE WHEN o.oprnegate <> 0 THEN format(', NEGATOR = %s', {_operator("o.oprnegate")}) END,
            CASE WHEN o.oprrest <> 0 THEN format(', RESTRICT = %s', o.oprrest) END,
            CASE WHEN o.oprjoin <> 0 THEN format(', JOIN = %s', o.oprjoin) END,
            CASE WHEN o.oprcanhash THEN ', HASHES' END, CASE WHEN o.oprcanmerge THEN ', MERGES' END),
        format('DROP OPERATOR %s.%s (%s, %s)', o.oprnamespace::regnamespace, o.oprname,
            {_sides("o.oprleft", "o.oprright")})
    FROM pg_operator o
    WHERE o.oprcode <> 0 AND {made_by_hand("pg_operator", "o", "o.oprnamespace")}
    ORDER BY 2 NULLS FIRST, 3
"""
_CASTS = f"""
    SELECT 'cast', NULL::text, {CAST_NAME},
        format('CREATE CAST %s %s%s', {CAST_NAME},
            CASE c.castmethod WHEN 'f' THEN format('WITH FUNCTION %s', c.castfunc::regprocedure)
                WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,
            CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END),
        format('DROP CAST %s', {CAST_NAME})
    FROM pg_cast c WHERE {CAST_BY_HAND} ORDER BY 3
"""
_FAMILIES = f"""
    SELECT 'operator family', {_own_schema("f.opfnamespace")}, {FAMILY_NAME},
        format('CREATE OPERATOR FAMILY %s USING %I', {_qualified("f", "opf")}, m.amname),
        format('DROP OPERATOR FAMILY %s USING %I', {_qualified("f", "opf")}, m.amname)
    FROM pg_opfamily f JOIN pg_am m ON m.oid = f.opfmethod
    WHERE {made_by_hand("pg_opfamily", "f", "f.opfnamespace")} ORDER BY 2 NULLS FIRST, 3
"""


def _members(owner: str, catalog: str) -> str:
    """The operators and functions that depend on a class or a family itself, as a list of texts."""

    def own(members: str, alias: str) -> str:
        return f"""EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{members}'::regclass
            AND d.objid = {alias}.oid AND d.refclassid = '{catalog}'::regclass
            AND d.refobjid = {owner}.oid AND d.deptype IN ('a', 'i'))"""

    return f"""
        SELECT 1 AS kind, a.amopstrategy AS number, a.amoplefttype AS one, a.amoprighttype AS other,
            format('OPERATOR %s %s.%s (%s, %s)%s', a.amopstrategy, o.oprnamespace::regnamespace,
                o.oprname, {_sides("o.oprleft", "o.oprright")},
                CASE WHEN s.oid IS NOT NULL
                    THEN format(' FOR ORDER BY %s', {_qualified("s", "opf")}) END) AS said
        FROM pg_amop a JOIN pg_operator o ON o.oid = a.amopopr
        LEFT JOIN pg_opfamily s ON s.oid = a.amopsortfamily
        WHERE {own("pg_amop", "a")}
        UNION ALL
        SELECT 2, p.amprocnum, p.amproclefttype, p.amprocrighttype,
            format('FUNCTION %s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL),
                format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)
        FROM pg_amproc p WHERE {own("pg_amproc", "p")}
    """


_IN_ORDER = "string_agg(e.said, ', ' ORDER BY e.kind, e.number, format_type(e.one, NULL), format_type(e.other, NULL))"
_CLASSES = f"""
    SELECT 'operator class', {_own_schema("k.opcnamespace")}, {CLASS_NAME},
        format('CREATE OPERATOR CLASS %s%s FOR TYPE %s USING %I FAMILY %s AS STORAGE %s%s',
            {_qualified("k", "opc")}, CASE WHEN k.opcdefault THEN ' DEFAULT' END,
            format_type(k.opcintype, NULL), m.amname, {_qualified("f", "opf")},
            format_type(coalesce(nullif(k.opckeytype, 0), k.opcintype), NULL),
            (SELECT ', ' || {_IN_ORDER} FROM ({_members("k", "pg_opclass")}) e)),
        format('DROP OPERATOR CLASS %s USING %I', {_qualified("k", "opc")}, m.amname)
    FROM pg_opclass k JOIN pg_am m ON m.oid = k.opcmethod JOIN pg_opfamily f ON f.oid = k.opcfamily
    WHERE {made_by_hand("pg_opclass", "k", "k.opcnamespace")} ORDER BY 2 NULLS FIRST, 3
"""
_DICTIONARIES = f"""
    SELECT 'text search dictionary', {_own_schema("t.dictnamespace")}, t.dictname::text,
        format('CREATE TEXT SEARCH DICTIONARY %s (TEMPLATE = %s%s)', {_qualified("t", "dict")},
            {_qualified("p", "tmpl")}, CASE WHEN t.dictinitoption <> '' THEN ', ' || t.dictinitoption END),
        format('DROP TEXT SEARCH DICTIONARY %s', {_qualified("t", "dict")})
    FROM pg_ts_dict t JOIN pg_ts_template p ON p.oid = t.dicttemplate
    WHERE {made_by_hand("pg_ts_dict", "t", "t.dictnamespace")} ORDER BY 2 NULLS FIRST, 3
"""
_CONFIGURATIONS = f"""
    SELECT 'text search configuration', {_own_schema("s.cfgnamespace")}, s.cfgname::text,
        format('CREATE TEXT SEARCH CONFIGURATION %s (PARSER = %s)', {_qualified("s", "cfg")},
            {_qualified("p", "prs")}),
        format('DROP TEXT SEARCH CONFIGURATION %s', {_qualified("s", "cfg")})
    FROM pg_ts_config s JOIN pg_ts_parser p ON p.oid = s.cfgparser
    WHERE {made_by_hand("pg_ts_config", "s", "s.cfgnamespace")} ORDER BY 2 NULLS FIRST, 3
"""
MEANINGS = (_OPERATORS, _CASTS, _FAMILIES, _CLASSES, _DICTIONARIES, _CONFIGURATIONS)

_LOOSE = f"""
    SELECT 'setting', {_own_schema("f.opfnamespace")}, 'members of operator family ' || {FAMILY_NAME},
        format('ALTER OPERATOR FAMILY %s USING %I ADD %s', {_qualified("f", "opf")}, m.amname,
            (SELECT {_IN_ORDER} FROM ({_members("f", "pg_opfamily")}) e)), '', ''
    FROM pg_opfamily f JOIN pg_am m ON m.oid = f.opfmethod
    WHERE {made_by_hand("pg_opfamily", "f", "f.opfnamespace")}
        AND EXISTS ({_members("f", "pg_opfamily")}) ORDER BY 2 NULLS FIRST, 3
"""
# Which dictionaries read which kinds of words.
_MAPPINGS = f"""
    SELECT 'setting', schema, format('words of text search configuration %s: %s', name, words),
        format('ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %s WITH %s', qualified, words,
            dictionaries), '', ''
    FROM (
        SELECT schema, name, qualified, dictionaries, string_agg(quote_ident(word), ', ' ORDER BY word) AS words
        FROM (
            SELECT {_own_schema("s.cfgnamespace")} AS schema, s.cfgname::text AS name,
                {_qualified("s", "cfg")} AS qualified, t.alias AS word,
                string_agg({_qualified("d", "dict")}, ', ' ORDER BY w.mapseqno) AS dictionaries
            FROM pg_ts_config s, pg_ts_config_map w, ts_token_type(s.cfgparser) t, pg_ts_dict d
            WHERE w.mapcfg = s.oid AND t.tokid = w.maptokentype AND d.oid = w.mapdict
                AND {made_by_hand("pg_ts_config", "s", "s.cfgnamespace")}
            GROUP BY s.oid, s.cfgnamespace, s.cfgname, t.alias
        ) each_word GROUP BY schema, name, qualified, dictionaries
    ) alike ORDER BY 2 NULLS FIRST, 3
"""
LATER = (_LOOSE, _MAPPINGS)
