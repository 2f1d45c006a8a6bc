"""Which columns a text names, and the text with another name for one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.cursor import Beyond, Cursor
from kit_django.schema.sql.expressions import read
from kit_django.schema.sql.primaries import RESERVED
from kit_django.schema.sql.tokens import Token, pieces, tokenize

_VALUES = ("NULL", "TRUE", "FALSE", "END", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME")
_BEFORE_FROM = ("BOTH", "LEADING", "TRAILING")


def mentioned_columns(sql: str | None, columns: Iterable[str], dialect: Dialect) -> set[str]:
    """Those of the columns that the SQL names, in whatever quotes and case."""
    if not sql:
        return set()
    keys = {_key(token, dialect) for token in naming_tokens(sql, dialect)}
    return {name for name in columns if dialect.folded(name) in keys}


def renamed(sql: str, old: str, new: str, dialect: Dialect) -> str:
    """The SQL with a column's new name wherever its old one stands, and nothing else changed."""
    key, quoted = dialect.folded(old), dialect.quote_name(new)
    places = {token.start for token in naming_tokens(sql, dialect) if _key(token, dialect) == key}
    return "".join(
        quoted if token.start in places else token.text for token in pieces(sql, dialect)
    )


def mentions_row(sql: str, column: str, dialect: Dialect) -> bool:
    """Whether a trigger's text has ``NEW.column`` or ``OLD.column``."""
    key, tokens = dialect.folded(column), tokenize(sql, dialect)
    return any(
        row.is_word("NEW", "OLD") and dot.is_symbol(".") and _key(name, dialect) == key
        for row, dot, name in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )


def fires_on(sql: str, column: str, dialect: Dialect) -> bool:
    """Whether a trigger's ``UPDATE OF`` names the column."""
    cursor = Cursor(sql, dialect)
    while cursor.token and not cursor.accept("UPDATE", "OF"):
        cursor.position += 1
    key = dialect.folded(column)
    while cursor.token and cursor.word() != "ON":
        if _key(cursor.take(), dialect) == key:
            return True
    return False


def _key(token: Token, dialect: Dialect) -> str:
    return dialect.folded(token.name, quoted=token.kind == "quoted")


@lru_cache(maxsize=2048)
def naming_tokens(sql: str, dialect: Dialect) -> tuple[Token, ...]:
    """The tokens that name columns: from the tree, or else by what stands beside each."""
    reading = read(sql, dialect)
    return reading.named if reading else tuple(_LikelyNames(sql, dialect).find())


class _LikelyNames(Cursor):
    """Names where an operand may stand, in a text that is no expression or none that is understood.

    A word behind an operand is none: it is an operator, a direction, a class of operators.
    """

    def find(self) -> Iterator[Token]:
        awaits_operand = True
        while (token := self.token) is not None:
            self.position += 1
            if token.is_symbol("::") or token.is_word("AS", "COLLATE"):
                self._skip_type()
                awaits_operand = False
            elif not token.is_name:
                awaits_operand = token.kind == "symbol" and token.text not in (")", "]")
            elif token.is_word(*_VALUES):
                awaits_operand = False
            else:
                is_column = awaits_operand and not self._is_no_column(token)
                if is_column:
                    yield token
                awaits_operand = not is_column

    def _skip_type(self) -> None:
        start = self.position
        try:
            self.type_name()
        except Beyond:
            self.position = start

    def _is_no_column(self, token: Token) -> bool:
        """Whether it is a key word, a function, a table before its dot, a type before its text."""
        following = self.token
        if token.is_word(*RESERVED, *_BEFORE_FROM) or "USING" in (self.word(), self.word(-2)):
            return True
        if self.word() == "BY":
            return True
        if following is None:
            return False
        if following.is_symbol("("):
            return token.kind == "word" or self.dialect.reading.quoted_functions
        return following.is_symbol(".") or following.kind == "string" or self._is_unit()

    def _is_unit(self) -> bool:
        """Whether it stands between ``EXTRACT (`` and FROM."""
        return self.word(-3) == "EXTRACT" and self.word() == "FROM"
