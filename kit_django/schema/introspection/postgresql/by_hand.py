"""What people made in a database: neither the server's own nor an extension's."""

from __future__ import annotations

# Below are the objects that the server was made with: thousands, left out before anything is asked of them.
FIRST = 16384


def made_by_hand(catalog: str, alias: str, namespace: str) -> str:
    """The condition for rows ``alias`` of a catalog whose schema has its number in ``namespace``."""
    return f"""
        {alias}.oid >= {FIRST}
        AND {namespace} NOT IN (
            SELECT oid FROM pg_namespace WHERE nspname = 'information_schema' OR nspname ~ '^pg_'
        )
        AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = '{catalog}'::regclass
                AND d.objid = {alias}.oid AND d.deptype = 'e'
        )
    """
