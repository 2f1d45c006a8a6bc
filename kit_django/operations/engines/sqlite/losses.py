"""Values that a type cannot hold: SQLite itself would keep them, as something that nobody can read."""

from __future__ import annotations

from kit_django.schema.dialects.types import SqlType, affinity

# What Django reads of such a column. SQLite's own
# functions take 30 February for a day, until they are to count from it.
_READ = {
    "bool": "{0} IN (0, 1)",
    "date": "{0} IS date({0}, '+0 days')",
    "datetime": "(substr({0}, 1, 10) IS date(substr({0}, 1, 10), '+0 days') AND datetime({0}) IS NOT NULL)",
    "time": "({0} GLOB '[0-9][0-9]:[0-9][0-9]*' AND time({0}) IS NOT NULL)",
}
_READ |= {"boolean": _READ["bool"], "timestamp": _READ["datetime"]}


def lost(column: str, new: str) -> str | None:
    """The condition that such a value fulfils; None where there is none."""
    parsed = SqlType.parse(new)
    if parsed.name in _READ:
        return f"{column} IS NOT NULL AND NOT {_READ[parsed.name].format(column)}"
    kind = affinity(new)
    if kind == "TEXT":  # SQLite writes 15 digits of a number
        cut = f"typeof({column}) = 'real' AND CAST(CAST({column} AS TEXT) AS REAL) <> {column}"
        return f"length({column}) > {parsed.length} OR ({cut})" if parsed.length else cut
    # A text that says a number is compared as that number.
    return None if kind == "BLOB" else f"CAST({column} AS {kind}) <> {column}"
