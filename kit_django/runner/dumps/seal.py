"""What stands at the end of a dump file, and tells whether all of it is as it was written.

There is a line for each paragraph of the SQL, in its order, and so two branches' dumps merge there as
they merge above: where both have changed one paragraph, it is neither's, and that is noticed.
"""

from __future__ import annotations

import hashlib
from itertools import zip_longest

from kit_django.exceptions import DumpUnusable

HEADING = (
    "-- A line for each paragraph above, with the beginning of its SHA-256: so a file that was cut, or\n"
    "-- edited by hand, is noticed.\n"
)
END = "-- This is the end of the dump.\n"
GAP = "\n\n"


def sealed(sql: str) -> str:
    """The SQL with its seal."""
    lines = "".join(f"{_line(each)}\n" for each in _paragraphs(sql))
    return f"{sql}{HEADING}{lines}{END}"


def unsealed(text: str) -> str:
    """The SQL. Raises DumpUnusable where it is not what was sealed."""
    sql, heading, seal = text.rpartition(HEADING)
    lines = seal.splitlines()
    if not heading or lines[-1:] != [END.rstrip()]:
        raise DumpUnusable("is not whole: its end is missing")
    paragraphs = _paragraphs(sql)
    for found, line in zip_longest(paragraphs, lines[:-1]):
        if found is None:
            raise DumpUnusable("was changed since it was written: something is missing in it")
        if _line(found) != line:
            raise DumpUnusable(f"was changed since it was written, at or before: {_first(found)}")
    return sql


def _paragraphs(sql: str) -> list[str]:
    return [each for each in sql.split(GAP) if each]


def _line(paragraph: str) -> str:
    return f"-- {hashlib.sha256(paragraph.encode()).hexdigest()[:16]}"


def _first(paragraph: str) -> str:
    return paragraph.strip().partition("\n")[0][:60]
