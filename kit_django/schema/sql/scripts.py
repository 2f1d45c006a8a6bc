"""A script cut into its statements, each word for word as it was written.

It may be a dump: what is said to a client and not to the database (``DELIMITER``, psql's ``\\restrict``)
is taken as that client takes it, or refused with a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kit_django.exceptions import OperationError
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.tokens import Token, end_of_pieces, token_at, whole_statement

# What is made of statements that end in semicolons of their own, and what else is made.
_COMPOUND = ("TRIGGER", "FUNCTION", "PROCEDURE", "EVENT", "PACKAGE")
_OBJECTS = (
    *("TABLE", "VIEW", "INDEX", "DATABASE", "SCHEMA", "SEQUENCE", "SERVER", "USER", "ROLE"),
    *("TYPE", "DOMAIN", "EXTENSION", "RULE", "POLICY", "OPERATOR", "CAST"),
)
# They begin a statement where another one could end, and are functions or parts of one elsewhere.
_OPENING = ("IF", "LOOP", "WHILE", "REPEAT", "FOR")
_BEFORE_STATEMENT = ("BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", "ROW", "ATOMIC")
_CLOSED = (*_OPENING, "CASE")
# What a body without a block begins with, and what stands before such a word in the head of one.
_BODIES = ("RETURN", "SET", "INSERT", "UPDATE", "DELETE", "SELECT", "CALL", "REPLACE", "WITH")
_IN_HEAD = ("BEFORE", "AFTER", "OR", "CHARACTER", "RETURNS")
# No semicolon stands within them but in a string, a name or a comment.
_OF_ROWS = ("INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "VALUES")
_GUARDS = ("restrict", "unrestrict")


def statements_of(script: str, dialect: Dialect) -> list[str]:
    """The statements without what ends them; a comment goes with what follows it.

    Raises OperationError for what only a client can do.
    """
    return list(_Script(script, dialect).statements())


class _Statement:
    """The tokens of the statement that is being read, as far as its end depends on them."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.words: list[str] = []
        self.depth = 0
        self.is_compound: bool | None = None
        self.has_body = False
        """Whether its body has begun, which is no block."""

    def take(self, token: Token) -> None:
        word = token.text.upper() if token.kind in ("word", "symbol") else ""
        before = self.words[-1] if self.words else ""
        self.depth = max(0, self.depth + token.nesting + self._nesting(word, before))
        self.words.append(word)
        if self.is_compound is None and word:
            self._look(word)

    def _look(self, word: str) -> None:
        if self.words[:3] == ["BEGIN", "NOT", "ATOMIC"]:
            self.is_compound, self.depth = True, 1
        elif self.words[0] == "ALTER" and word == "EVENT":
            self.is_compound = True
        elif self.words[0] not in ("CREATE", "ALTER") and len(self.words) > 2:
            self.is_compound = False
        elif self.words[0] == "CREATE" and word in _COMPOUND:
            self.is_compound = True
        elif self.words[0] == "CREATE" and word in _OBJECTS:
            self.is_compound = False

    def _nesting(self, word: str, before: str) -> int:
        """What a word adds to the depth of BEGIN ... END, within what is made of statements."""
        if not self.is_compound or (before == "END" and word in _CLOSED):
            return 0
        if word == "END":
            return -1
        if self.depth == 0 and word in _BODIES and before not in _IN_HEAD:
            self.has_body = True
        return 1 if word == "CASE" or self._opens(word, before) else 0

    def _opens(self, word: str, before: str) -> bool:
        if not self.dialect.reading.code_comments:
            return (before, word) == ("BEGIN", "ATOMIC") or (word == "BEGIN" and self._has_blocks)
        if word in ("AS", "IS"):
            return self.depth == 0 and "PACKAGE" in self.words
        if word in _OPENING and self.depth == 0 and word != "FOR":
            return not self.has_body and before not in _COMPOUND
        starts = before in (";", ":") or before in _BEFORE_STATEMENT
        return word == "BEGIN" or (word in _OPENING and starts)

    @property
    def _has_blocks(self) -> bool:
        """Where code is a string between dollars, BEGIN may be a name as any other."""
        return not self.dialect.dollar_strings

    @property
    def is_of_rows(self) -> bool:
        return self.words[:1] != [] and self.words[0] in _OF_ROWS

    @property
    def copies_from_client(self) -> bool:
        return self.words[:1] == ["COPY"] and ("FROM", "STDIN") in pairwise(self.words)


class _Script:
    def __init__(self, script: str, dialect: Dialect) -> None:
        self.script = script
        self.dialect = dialect
        self.delimiter = ";"
        self.position = 0

    def statements(self) -> Iterator[str]:
        start, statement = 0, _Statement(self.dialect)
        while True:
            if self.position == start:
                yield from self._rows()
                start = self.position
            if self.position == len(self.script):
                break
            token = self._token()
            if not statement.words and self._is_said_to_client(token):
                start = self.position
                continue
            end = self._end_in(token, statement)
            if end is None:
                self.position = token.end
                if token.kind != "blank":
                    statement.take(token)
                    self._leap(statement)
                continue
            if statement.words or end > token.start:
                yield self._statement(start, end, statement)
            self.position = start = end + len(self.delimiter)
            statement = _Statement(self.dialect)
        if statement.words:
            yield self._statement(start, len(self.script), statement)

    def _rows(self) -> Iterator[str]:
        """A dump is of rows for the most part: each statement of them is found by one look."""
        find = whole_statement(_OF_ROWS, self.dialect).match
        while self.delimiter == ";" and (found := find(self.script, self.position)):
            yield found[0][:-1].strip()
            self.position = found.end()

    def _leap(self, statement: _Statement) -> None:
        """To where the end may be of what is long, and often: a dump is of rows for the most part."""
        if statement.is_of_rows and self.delimiter == ";":
            statement.depth = 0
            self.position = end_of_pieces(self.script, self.position, self.dialect)

    def _token(self) -> Token:
        """MySQL runs what is in ``/*! ... */``: a piece of the statement, whatever it holds."""
        token = token_at(self.script, self.position, self.dialect)
        if token.kind == "unreadable" and self.dialect.reading.code_comments:
            close = self.script.find("*/", token.start)
            if token.text.startswith("/*") and close >= 0:
                end = close + 2
                return Token("string", self.script[token.start : end], token.start, end)
        return token

    def _end_in(self, token: Token, statement: _Statement) -> int | None:
        if self.delimiter == ";":
            return token.start if token.is_symbol(";") and not statement.depth else None
        if token.kind in ("string", "quoted", "blank"):
            return None
        return next(
            (
                place
                for place in range(token.start, token.end)
                if self.script.startswith(self.delimiter, place)
            ),
            None,
        )

    def _statement(self, start: int, end: int, statement: _Statement) -> str:
        if statement.copies_from_client:
            raise OperationError(
                "COPY ... FROM stdin is for psql, which sends the rows that follow it. Have the dump "
                "written with INSERT (pg_dump --inserts), or load it with psql."
            )
        return self.script[start:end].strip()

    def _is_said_to_client(self, token: Token) -> bool:
        """Whether it was a line for the client alone, which is behind us then."""
        is_delimiter = token.is_word("DELIMITER") and self.dialect.reading.code_comments
        if not is_delimiter and not (token.text.startswith("\\") and self.dialect.dollar_strings):
            return False
        end = self.script.find("\n", token.start)
        line = self.script[token.start : end if end >= 0 else len(self.script)]
        if is_delimiter:
            self.delimiter = line.split()[1] if len(line.split()) > 1 else ";"
        elif line[1:].split()[:1] and line[1:].split()[0] not in _GUARDS:
            raise OperationError(
                f"{line.strip()!r} is said to psql, and is no SQL. Leave it out of the script, or load "
                "that with psql."
            )
        self.position = token.start + len(line)
        return True
