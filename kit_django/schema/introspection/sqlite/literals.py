"""Values of SQLite as SQL."""

from __future__ import annotations

from kit_django.schema.facts import Column


def literal(_column: Column, name: str) -> str:
    """The expression whose value is the literal. ``quote()`` ends at a NUL and knows no infinity,
    and a checkout may change the ends of lines."""
    is_odd = f"instr({name}, char(0)) OR instr({name}, char(13))"
    return (
        f"CASE WHEN typeof({name}) = 'text' AND ({is_odd}) THEN 'CAST(x''' || hex({name}) || ''' AS TEXT)'"
        f" WHEN {name} = 9e999 THEN '9e999' WHEN {name} = -9e999 THEN '-9e999'"
        f" ELSE quote({name}) END"
    )
