"""SQL that may be shown: without the passwords in it."""

from __future__ import annotations

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.tokens import Token, tokenize

_ANY = Dialect("", "", other_quotes=("`",))
_TELLING = ("PASSWORD", "IDENTIFIED")
_NEAR = 5
"""How many tokens behind such a word its text may stand."""


def masked(sql: str) -> str:
    """All is left out from the first text on that stands behind PASSWORD or IDENTIFIED BY."""
    found = _secrets(sql)
    return f"{sql[: found[0].start]}***" if found else sql


def without_secrets(text: str, sql: str) -> str:
    """A text that may repeat parts of the SQL."""
    for token in _secrets(sql):
        if len(token.text) > 2:
            text = text.replace(token.text[1:-1], "***")
    return text


def _secrets(sql: str) -> list[Token]:
    """The texts from the first that is one on."""
    if not any(word in sql.upper() for word in _TELLING):
        return []
    tokens = tokenize(sql, _ANY)
    for place, token in enumerate(tokens):
        if not token.is_word(*_TELLING):
            continue
        for near, behind in enumerate(tokens[place + 1 : place + 1 + _NEAR]):
            if _is_text(behind):
                return [each for each in tokens[place + 1 + near :] if _is_text(each)]
    return []


def _is_text(token: Token) -> bool:
    return token.kind in ("string", "unreadable") or token.text.startswith('"')
