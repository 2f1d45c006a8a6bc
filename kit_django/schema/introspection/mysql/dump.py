"""MariaDB's and MySQL's dump, one statement after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kit_django.schema.introspection.dumps import Tool

_MADE = re.compile(
    r"\b(TABLE|VIEW|TRIGGER|SEQUENCE|FUNCTION|PROCEDURE|EVENT)\s+((?:`[^`]*`)+)", re.DOTALL
)
_DEFINER = re.compile(r"\bDEFINER=(?:`[^`]*`)+@(?:`[^`]*`)+ ?")
_NUMBER = re.compile(r"(?<=\)) (ENGINE=\w+) AUTO_INCREMENT=\d+")


def _parts(text: str, database: str) -> Iterator[tuple[str, list[str]]]:
    """Whatever stands before a thing is what the session is set to for it. Who it belongs to is no
    part of it."""
    own_name = f"`{database.replace('`', '``')}`."
    lines: list[str] = []
    for line in text.replace(own_name, "").splitlines():
        lines.append(_NUMBER.sub(r" \1", _DEFINER.sub("", line)))
        made = _MADE.search(line) if "CREATE" in line or "VIEW" in line else None
        if made:
            yield f"{made[1].lower()} {made[2]}", lines
            lines = []
    yield "the end", lines


# A lock asks for the accounts that views belong to, which may be gone.
OPTIONS = (
    "--no-data",
    "--routines",
    "--triggers",
    "--events",
    "--skip-comments",
    "--skip-lock-tables",
)
MYSQL_DUMP = Tool(("mariadb-dump", "mysqldump"), OPTIONS, _parts)
