"""What a string or a number in SQL stands for."""

from __future__ import annotations

import re
from decimal import Decimal

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.nodes import Coded, Literal
from kit_django.schema.sql.tokens import Token, pieces

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "\\": "\\", "'": "'", '"': '"'}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# A character set in front says nothing of the text.
_STRING = re.compile(
    r"""(?P<tag>\$\w*\$)(?P<dollars>.*)(?P=tag)
    |   (?:_\w+\s*)?(?P<prefix>[eEnNxXbB]|[uU]&|)['"](?P<body>.*)['"]""",
    re.DOTALL | re.VERBOSE,
)


def string_value(text: str, dialect: Dialect) -> Literal | Coded | None:
    """The value of a string with its quotes; None for escapes that not all databases read alike."""
    match = _STRING.fullmatch(text)
    assert match is not None  # the tokenizer's strings are nothing else
    if match["tag"] is not None:
        return Literal(match["dollars"])
    prefix, quote = match["prefix"].lower(), text[-1]
    body = match["body"].replace(quote * 2, quote)
    if prefix not in ("", "e", "n"):
        return Coded(prefix, body.lower() if prefix in ("x", "b") else body)
    if "\\" not in body or not (prefix == "e" or dialect.backslash_escapes):
        return Literal(body)
    return _unescaped(body)


def _unescaped(body: str) -> Literal | None:
    is_known = all(escape in _ESCAPES for escape in _ESCAPE.findall(body))
    return Literal(without_escapes(body)) if is_known else None


def without_escapes(text: str) -> str:
    """The text with what its backslashes make of the characters behind them."""
    return _ESCAPE.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), text)


def respelled(sql: str, told: Dialect, wanted: Dialect) -> str:
    """The SQL with its strings as the other of two dialects writes them."""
    if told.backslash_escapes == wanted.backslash_escapes:
        return sql
    return "".join(_respelled(piece, told, wanted) for piece in pieces(sql, told))


def _respelled(piece: Token, told: Dialect, wanted: Dialect) -> str:
    value = string_value(piece.text, told) if piece.kind == "string" else None
    if not isinstance(value, Literal):
        return piece.text
    prefix = piece.text[: piece.text.index(piece.text[-1])]
    return prefix + wanted.quote_literal(str(value.value))


def number_value(text: str) -> Literal | Coded:
    """A hexadecimal one is bytes to some databases."""
    text = text.replace("_", "").lower()
    if text.startswith("0x"):
        return Coded("0x", text[2:])
    return Literal(int(text) if text.isdigit() else Decimal(text))
