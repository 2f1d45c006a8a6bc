"""A cursor over tokens, with the few steps that reading SQLite's DDL takes."""

from __future__ import annotations

from kit_django.exceptions import KitError
from kit_django.schema.introspection.sqlite.tokens import Token, bare_expression, tokenize


class UnreadableStatement(KitError):
    """SQLite keeps a statement that kit cannot follow, so what it holds is not known."""

    def __init__(self, sql: str) -> None:
        super().__init__(
            f"kit_django cannot follow this statement, which SQLite keeps for one of its tables: "
            f"{sql!r}. Nothing was touched. Write the table or index anew in plainer SQL, and "
            f"please report the statement."
        )


class TokenReader:
    """Reads tokens one after the other; every step either takes what it looks for or leaves it."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.tokens = tokenize(sql)
        self.position = 0

    @property
    def token(self) -> Token | None:
        """The token that is next, or None at the end."""
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def at_words(self, *words: str) -> bool:
        """Whether these key words come next, in this order."""
        ahead = self.tokens[self.position : self.position + len(words)]
        return len(ahead) == len(words) and all(
            token.is_word(word) for token, word in zip(ahead, words, strict=True)
        )

    def at_one_of(self, words: frozenset[str]) -> bool:
        return self.token is not None and self.token.is_word(*words)

    def take_words(self, *words: str) -> bool:
        if not self.at_words(*words):
            return False
        self.position += len(words)
        return True

    def at_symbol(self, symbol: str) -> bool:
        token = self.token
        return token is not None and token.kind == "symbol" and token.text == symbol

    def take_symbol(self, symbol: str) -> bool:
        if not self.at_symbol(symbol):
            return False
        self.position += 1
        return True

    def take(self) -> Token:
        """The next token, whatever it is. Raises UnreadableStatement at the end."""
        token = self.token
        if token is None:
            raise UnreadableStatement(self.sql)
        self.position += 1
        return token

    def expect_symbol(self, symbol: str) -> Token:
        token = self.take()
        if token.kind != "symbol" or token.text != symbol:
            raise UnreadableStatement(self.sql)
        return token

    def take_parenthesized(self) -> str:
        """The text between a parenthesis, which must come next, and the one that closes it."""
        start = self.expect_symbol("(").end
        depth = 1
        while True:
            token = self.take()
            depth += token.nesting
            if depth == 0:
                return bare_expression(self.sql[start : token.start])

    def take_list(self) -> tuple[list[Token], ...]:
        """The tokens between parentheses, cut at the commas that are not nested deeper."""
        self.expect_symbol("(")
        items: list[list[Token]] = [[]]
        depth = 1
        while True:
            token = self.take()
            depth += token.nesting
            if depth == 0:
                return tuple(items)
            if depth == 1 and token.kind == "symbol" and token.text == ",":
                items.append([])
            else:
                items[-1].append(token)

    def text_between(self, first: Token, last: Token) -> str:
        return self.sql[first.start : last.end]
