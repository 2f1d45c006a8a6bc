"""Dropping the operators, casts and text search configurations that migrations make."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.runner.databases.wiping import Run, WipeOptions, rows
from kit_django.schema.dialects import dialect_of

_OWN = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
# The catalog that has each, and what asks for those of some names in the words of a DROP.
_MEANINGS = {
    "CAST": (
        "pg_cast",
        """
        SELECT format('CAST (%s AS %s)', castsource::regtype, casttarget::regtype) FROM pg_cast c
        WHERE EXISTS (SELECT FROM unnest(ARRAY[{names}]) AS said
            WHERE castsource = to_regtype(split_part(said, ' as ', 1))
            AND casttarget = to_regtype(split_part(said, ' as ', 2)))
    """,
    ),
    "OPERATOR": (
        "pg_operator",
        f"""
        SELECT 'OPERATOR ' || c.oid::regoperator FROM pg_operator c
        WHERE oprnamespace = {_OWN} AND oprname IN ({{names}})
    """,
    ),
    "OPERATOR FAMILY": (
        "pg_opfamily",
        f"""
        SELECT format('OPERATOR FAMILY %I USING %I', opfname, amname)
        FROM pg_opfamily c JOIN pg_am m ON m.oid = opfmethod
        WHERE opfnamespace = {_OWN} AND opfname IN ({{names}})
    """,
    ),
    "OPERATOR CLASS": (
        "pg_opclass",
        f"""
        SELECT format('OPERATOR CLASS %I USING %I', opcname, amname)
        FROM pg_opclass c JOIN pg_am m ON m.oid = opcmethod
        WHERE opcnamespace = {_OWN} AND opcname IN ({{names}})
    """,
    ),
    "TEXT SEARCH CONFIGURATION": (
        "pg_ts_config",
        f"""
        SELECT format('TEXT SEARCH CONFIGURATION %I', cfgname) FROM pg_ts_config c
        WHERE cfgnamespace = {_OWN} AND cfgname IN ({{names}})
    """,
    ),
    "TEXT SEARCH DICTIONARY": (
        "pg_ts_dict",
        f"""
        SELECT format('TEXT SEARCH DICTIONARY %I', dictname) FROM pg_ts_dict c
        WHERE dictnamespace = {_OWN} AND dictname IN ({{names}})
    """,
    ),
}


def drop_meanings(run: Run, connection: BaseDatabaseWrapper, options: WipeOptions) -> None:
    for kind in _MEANINGS:
        for words in _made(connection, options, kind):
            run(f"DROP {words} CASCADE")


def _made(connection: BaseDatabaseWrapper, options: WipeOptions, kind: str) -> list[str]:
    """What there is of a kind, of the names that migrations make, less what is an extension's."""
    names = ", ".join(map(dialect_of(connection).quote_literal, options.names(kind)))
    if not names:
        return []
    catalog, query = _MEANINGS[kind]
    owned = f"""EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid
        AND d.classid = '{catalog}'::regclass AND d.deptype = 'e')"""
    found = rows(connection, f"{query.format(names=names)} AND NOT {owned}")
    return [words for (words,) in found]
