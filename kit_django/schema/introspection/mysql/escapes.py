"""MySQL 8 escapes the quotes in expressions that information_schema tells; MariaDB does not."""

from __future__ import annotations

import re

_BARE_QUOTE = re.compile(r"(?<!\\)'")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


def unescaped(sql: str) -> str:
    """The expression as SHOW CREATE TABLE has it."""
    if "\\'" not in sql or _BARE_QUOTE.search(sql):
        return sql
    return _ESCAPE.sub(lambda match: _CONTROL.get(match.group(1), match.group(1)), sql)
