"""Dropping the operators, casts and text search configurations that migrations make."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.runner.databases.wiping import Run, WipeOptions, rows
from kit_django.schema.dialects import dialect_of

_OWN = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"


def _named(catalog: str, prefix: str, words: str, of_method: str = "") -> tuple[str, str]:
    """Of what has a name in a schema; ``of_method`` is the catalog's column of an index's method."""
    said = f"format('{words} %I USING %I', {prefix}name, amname)" if of_method else ""
    method = f"JOIN pg_am m ON m.oid = {of_method}" if of_method else ""
    return (
        catalog,
        f"""
        SELECT {said or f"format('{words} %I', {prefix}name)"} FROM {catalog} c {method}
        WHERE {prefix}namespace = {_OWN} AND {prefix}name IN ({{names}})
    """,
    )


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
    "OPERATOR FAMILY": _named("pg_opfamily", "opf", "OPERATOR FAMILY", "opfmethod"),
    "OPERATOR CLASS": _named("pg_opclass", "opc", "OPERATOR CLASS", "opcmethod"),
    "TEXT SEARCH CONFIGURATION": _named("pg_ts_config", "cfg", "TEXT SEARCH CONFIGURATION"),
    "TEXT SEARCH DICTIONARY": _named("pg_ts_dict", "dict", "TEXT SEARCH DICTIONARY"),
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
