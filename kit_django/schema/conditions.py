"""The text of checks and expressions: which columns it names, and whether two say the same.

A column is told from a function by the parenthesis behind it, and from a string by its quotes;
``vendor`` says which quotes those are. Nothing is understood beyond that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kit_django.schema import facts
from kit_django.schema.names import default_name
from kit_django.schema.quoting import quote_name

_NAMES = r'"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]\s]*\]|\w+'
_PLAIN = re.compile(rf"(?P<string>'(?:[^']|'')*')|(?P<name>{_NAMES})|(?P<other>\s+|.)", re.DOTALL)
_BACKSLASHED = re.compile(
    rf"(?P<string>'(?:[^'\\]|''|\\.)*')|(?P<name>{_NAMES})|(?P<other>\s+|.)", re.DOTALL
)


@dataclass(frozen=True)
class _Token:
    text: str
    kind: str
    is_called: bool = False

    @property
    def name(self) -> str:
        """What a name stands for, without its quotes."""
        if self.text[0] not in '"`[':
            return self.text
        closing = "]" if self.text[0] == "[" else self.text[0]
        return self.text[1:-1].replace(closing * 2, closing)

    def is_column(self, name: str) -> bool:
        return self.kind == "name" and not self.is_called and self.name.lower() == name.lower()


def _tokens(sql: str, vendor: str) -> Iterator[_Token]:
    pattern = _BACKSLASHED if vendor == "mysql" else _PLAIN
    for match in pattern.finditer(sql):
        is_bare = match.lastgroup == "name" and match.group()[0] not in '"`['
        is_called = is_bare and sql[match.end() :].lstrip().startswith("(")
        yield _Token(match.group(), str(match.lastgroup), is_called)


def mentioned_columns(sql: str | None, table: facts.Table, vendor: str) -> set[str]:
    """The columns of the table whose names stand in the SQL, in any quotes and any case."""
    tokens = list(_tokens(sql, vendor)) if sql else []
    return {name for name in table.column_names if any(token.is_column(name) for token in tokens)}


def renamed(sql: str, old: str, new: str, vendor: str) -> str:
    """The SQL with a column's new name wherever its old one stands."""
    quoted = quote_name(vendor, new)
    return "".join(quoted if token.is_column(old) else token.text for token in _tokens(sql, vendor))


def same_condition(one: str, other: str, vendor: str) -> bool:
    """Whether two conditions differ in quotes, blanks, parentheses and case alone."""
    return _words(one, vendor) == _words(other, vendor)


def _words(sql: str, vendor: str) -> list[str]:
    tokens = (token for token in _tokens(sql, vendor) if token.text.strip() not in ("", "(", ")"))
    return [token.text if token.kind == "string" else token.name.lower() for token in tokens]


def check_of_type(table: facts.Table, column: str, vendor: str) -> facts.Check | None:
    """The check that the column's type brought along: kit's own, or MariaDB's for JSON."""
    own_name = default_name(table.name, (column,), "check")
    for check in table.checks:
        is_own = check.column == column if vendor == "mysql" else check.name == own_name
        if is_own and _is_of_type(_words(check.sql, vendor), column.lower()):
            return check
    return None


def _is_of_type(words: list[str], column: str) -> bool:
    if words[:2] == [column, "in"]:
        return all(word[0] in "',:" or word in ("varchar", "text") for word in words[2:])
    is_json = words[:2] == ["json_valid", column] and words[2:] in (
        [],
        ["or", column, "is", "null"],
    )
    return is_json or words == [column, ">", "=", "0"]
