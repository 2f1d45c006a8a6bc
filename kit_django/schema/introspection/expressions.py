"""The text of SQL expressions, without the parentheses that a database wraps around them."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
    '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | `(?:[^`]|``)*`
    | [()]
    """,
    re.VERBOSE,
)
_TOKEN_WITH_BACKSLASHES = re.compile(
    r"""
    '(?:[^'\\]|\\.|'')*'
    | "(?:[^"\\]|\\.|"")*"
    | `(?:[^`]|``)*`
    | [()]
    """,
    re.VERBOSE | re.DOTALL,
)


def without_parentheses(sql: str, *, backslashes: bool = False) -> str:
    """The expression without the pairs of parentheses that enclose all of it.

    ``backslashes`` says that they escape inside strings, as on MySQL.
    """
    sql = sql.strip()
    while _is_enclosed(sql, _TOKEN_WITH_BACKSLASHES if backslashes else _TOKEN):
        sql = sql[1:-1].strip()
    return sql


def _is_enclosed(sql: str, token: re.Pattern[str]) -> bool:
    if not (sql.startswith("(") and sql.endswith(")")):
        return False
    depth = 0
    for match in token.finditer(sql):
        if match.group() == "(":
            depth += 1
        elif match.group() == ")":
            depth -= 1
            if depth == 0:
                return match.end() == len(sql)
    return False
