"""MySQL 8 escapes the quotes in expressions that information_schema tells; MariaDB does not."""

from __future__ import annotations

import re

from kit_django.schema.introspection.expressions import without_parentheses
from kit_django.schema.introspection.mysql.server import Server

_BARE_QUOTE = re.compile(r"(?<!\\)'")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


def expression(sql: str, server: Server) -> str:
    """An expression of information_schema's without the parentheses around all of it."""
    shown = sql if server.is_mariadb else unescaped(sql)
    return without_parentheses(shown, backslashes=True)


def unescaped(sql: str) -> str:
    """The expression as SHOW CREATE TABLE of MySQL 8 has it."""
    if "\\'" not in sql or _BARE_QUOTE.search(sql):
        return sql
    return _ESCAPE.sub(lambda match: _CONTROL.get(match.group(1), match.group(1)), sql)
