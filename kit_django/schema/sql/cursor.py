"""A place among tokens, with the small steps of the expressions' parser."""

from __future__ import annotations

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.tokens import Token, tokenize

_WORDS = {"word", "symbol"}
_FIELDS = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "TO"}


class Beyond(Exception):
    """The text goes beyond what the reader knows."""


class Cursor:
    """Every step either takes what it looks for, or leaves it, or raises Beyond."""

    def __init__(self, sql: str, dialect: Dialect, tokens: tuple[Token, ...] | None = None) -> None:
        self.sql = sql
        self.tokens = tokenize(sql, dialect) if tokens is None else tokens
        self.dialect = dialect
        self.position = 0
        self._words = [each.text.upper() if each.kind in _WORDS else "" for each in self.tokens]

    @property
    def token(self) -> Token | None:
        """The token that is next, or None at the end."""
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def word(self, ahead: int = 0) -> str:
        """A word in upper case or a symbol; the empty text for anything else."""
        place = self.position + ahead
        return self._words[place] if 0 <= place < len(self._words) else ""

    def take(self) -> Token:
        token = self.token
        if token is None or token.kind in ("unreadable", "parameter"):
            raise Beyond
        self.position += 1
        return token

    def take_name(self) -> Token:
        token = self.take()
        if not token.is_name:
            raise Beyond
        return token

    def accept(self, *words: str) -> bool:
        """Whether these come next, in this order, which are then stepped over."""
        if self.word() != words[0] or any(
            self.word(ahead) != word for ahead, word in enumerate(words)
        ):
            return False
        self.position += len(words)
        return True

    def expect(self, *words: str) -> None:
        if not self.accept(*words):
            raise Beyond

    def expect_end(self) -> None:
        if self.token is not None:
            raise Beyond

    # Types

    def type_name(self) -> str:
        """PostgreSQL's name of a type, which any expression may go on behind."""
        start = self.position
        self.take_name()
        while self.accept("."):
            self.take_name()
        self._type_tail()
        if self.accept("("):
            while not self.accept(")"):
                self.take()
        self._type_tail()
        while self.accept("["):
            if not self.accept("]"):
                self.take()
                self.expect("]")
        return _spelled(self.tokens[start : self.position])

    def _type_tail(self) -> None:
        if self.accept("VARYING") or self.accept("PRECISION"):
            return
        if self.accept("WITH", "TIME", "ZONE") or self.accept("WITHOUT", "TIME", "ZONE"):
            return
        if self.tokens[self.position - 1].is_word("INTERVAL"):
            self.interval_fields()

    def interval_fields(self) -> list[str]:
        """``HOUR TO MINUTE`` behind an interval."""
        found = []
        while self.word() in _FIELDS:
            found.append(self.take().text)
        return found

    def until_closed(self) -> str:
        """What stands up to the parenthesis that closes the present one."""
        start, depth = self.position, 0
        while depth or self.word() != ")":
            depth += self.take().nesting
        return _spelled(self.tokens[start : self.position])


def _spelled(tokens: tuple[Token, ...]) -> str:
    """The tokens of a type, with one blank between words."""
    text, before = "", "("
    for token in tokens:
        is_apart = token.kind != "symbol" and before not in ("(", ",", ".", "[")
        text += f"{' ' if is_apart else ''}{token.text if token.kind == 'quoted' else token.text.lower()}"
        before = token.text
    return text
