"""PostgreSQL's pg_dump, which sets a heading before each thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kit_django.schema.introspection.dumps import Tool

_HEADING = re.compile(
    r"^--\n-- Name: (.*); Type: (.*); Schema: (.*); Owner: .*\n--\n", re.MULTILINE
)
_OF_THE_SESSION = re.compile(
    r"SET .*;|SELECT pg_catalog\.set_config.*;|\\(un)?restrict .*|--.*|\s*"
)


def _parts(text: str, _database: str) -> Iterator[tuple[str, list[str]]]:
    _, *found = _HEADING.split(text)
    for name, kind, schema, body in zip(*(found[at::4] for at in range(4)), strict=True):
        lines = [line for line in body.splitlines() if not _OF_THE_SESSION.fullmatch(line)]
        if (kind, name) != ("COMMENT", "SCHEMA public"):  # which is the server's
            yield f"{kind.lower()} {schema}.{name}", lines


PG_DUMP = Tool(("pg_dump",), ("--schema-only", "--no-owner", "--no-privileges"), _parts)
